/** Taking part in a real browser: the agency and leaving from any page, the receipt, coming back, and the supervisor's report. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'

t.setTimeout(300_000)
const claire = { id: 'supervisor-claire', name: 'Claire Le Goff' }

t.test('a jobseeker asks for the agency, leaves and comes back, by keyboard, each with a receipt', async (t) => {
  const node = await testNode(t)
  const browser = await openBrowser(t)
  const { page, complaints } = await signIn(browser, node.url, jeanne)
  const advisor = await signIn(browser, node.url, anne)
  const menu = page.getByRole('button', { name: 'Ma participation' })
  await menu.focus()
  await page.keyboard.press('Enter')
  await page.getByRole('menuitem', { name: 'Quitter le dispositif' }).waitFor()
  await noViolations(t, page, 'the menu')
  await shoot(page, 'scheme-menu')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  const asking = page.getByRole('dialog', { name: 'Demander un rendez-vous en agence' })
  await noViolations(t, page, 'asking for the agency', { within: 'dialog' })
  await asking.getByRole('button', { name: 'Demander un rendez-vous en agence' }).click()
  await page.getByText('Votre demande est enregistrée').waitFor()
  await page.getByText(/^Récépissé [0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}$/).waitFor()
  await noViolations(t, page, 'the page of the scheme')
  await nothingCutOff(t, page, 'the page of the scheme')
  await shoot(page, 'scheme-agency', { fullPage: true })
  await advisor.page
    .getByRole('button', { name: new RegExp(jeanne.name) })
    .first()
    .click()
  await advisor.page.getByText('Souhaite un rendez-vous en agence').first().waitFor()

  await page.getByRole('link', { name: 'Aller à ma page' }).click()
  await page.getByText('Connecté', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Ma participation' }).click()
  await page.getByRole('menuitem', { name: 'Quitter le dispositif' }).click()
  const leaving = page.getByRole('dialog', { name: 'Quitter le dispositif' })
  await leaving.getByLabel('Pour quelle raison').selectOption('work')
  await noViolations(t, page, 'leaving', { within: 'dialog' })
  await shoot(page, 'scheme-leaving')
  await leaving.getByRole('button', { name: 'Quitter le dispositif' }).click()
  await page.getByText('Vous avez quitté le dispositif. Voici votre récépissé.').waitFor()
  await page.getByRole('button', { name: 'Revenir' }).waitFor()
  await page.locator('button:enabled', { hasText: 'Revenir' }).waitFor()
  await noViolations(t, page, 'having left')
  await shoot(page, 'scheme-left', { fullPage: true })

  await page.getByRole('button', { name: 'Revenir' }).click()
  await page.getByText('Cochez la case').waitFor()
  await page.keyboard.press('Space')
  await page.keyboard.press('Enter')
  await page.getByText('Vous participez. Voici votre récépissé.').waitFor()
  t.equal(await page.locator('.receipts__one').count(), 3)
  await shoot(page, 'scheme-back', { fullPage: true })
  await page.getByRole('link', { name: 'Aller à ma page' }).click()
  await page.getByText('Connecté', { exact: true }).waitFor()
  await page.getByText('Est de retour dans le dispositif en ligne').first().waitFor()
  t.same(
    complaints.filter((text) => !text.includes('409')),
    [],
  )
})

t.test('on a telephone, in English and in the dark, all of it is there', async (t) => {
  const node = await testNode(t)
  const browser = await openBrowser(t)
  const small = { locale: 'en-GB', viewport: { width: 320, height: 640 }, colorScheme: 'dark' } as const
  const { page } = await signIn(browser, node.url, jeanne, small)
  await nothingCutOff(t, page, 'the jobseeker’s page with the menu')
  await page.getByRole('button', { name: 'Taking part' }).click()
  await page.getByRole('menuitem', { name: 'My participation and receipts' }).click()
  await page.getByRole('heading', { name: 'Taking part' }).waitFor()
  await noViolations(t, page, 'the page on a telephone')
  await nothingCutOff(t, page, 'the page on a telephone')
  await shoot(page, 'scheme-telephone', { fullPage: true })
})

t.test('the supervisor sees the report and the appointments of the team', async (t) => {
  const node = await testNode(t)
  const browser = await openBrowser(t)
  const { page, complaints } = await signIn(browser, node.url, claire)
  await page.getByRole('link', { name: 'Bilan' }).click()
  await page.getByRole('heading', { name: 'Bilan d’étape de la région' }).waitFor()
  await page.getByRole('rowheader', { name: 'Ont demandé à participer' }).first().waitFor()
  await page.getByText('Aucun portefeuille ne dépasse la cible de 100.').waitFor()
  await shoot(page, 'supervisor-report', { fullPage: true })
  await noViolations(t, page, 'the report')
  await nothingCutOff(t, page, 'the report')
  const saved = page.waitForEvent('download')
  await page.getByRole('button', { name: 'En fichier CSV' }).click()
  t.equal((await saved).suggestedFilename(), 'bilan-bretagne.csv')
  await page.getByRole('link', { name: 'Rendez-vous' }).click()
  await page.getByText('Aucun rendez-vous de ce genre.').waitFor()
  await noViolations(t, page, 'the appointments of the team')
  await shoot(page, 'supervisor-appointments')
  t.same([...complaints], [])
})
