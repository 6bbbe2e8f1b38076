/** Taking part in a real browser: the agency and leaving from any page, the receipt, coming back, and the supervisor's report. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { type TestNode, testNode } from '../support/node.ts'
import { type AxeOptions, nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, openPage, shoot, signIn } from './chromium.ts'

t.setTimeout(420_000)
const agencyToken = 'agency'.repeat(8)
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
  const done = page.getByRole('dialog', { name: 'Rendez-vous en agence', exact: true })
  await done.getByText('Votre demande est enregistrée').waitFor()
  await done.getByText(/^Récépissé [0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}$/).waitFor()
  await noViolations(t, page, 'the receipt', { within: 'dialog' })
  await shoot(page, 'scheme-asked')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Ma participation' }).click()
  await page.getByRole('menuitem', { name: 'Ma participation et mes récépissés' }).click()
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
  await page.getByText('Le texte tel que vous l’avez lu').click()
  await page.locator('.receipts__text').getByText('Vous êtes libre de participer').waitFor()
  await shoot(page, 'scheme-back', { fullPage: true })
  await page.getByRole('link', { name: 'Aller à ma page' }).click()
  await page.getByText('Connecté', { exact: true }).waitFor()
  await page.getByText('Est de retour dans le dispositif en ligne').first().waitFor()
  t.same(
    complaints.filter((text) => !text.includes('409')),
    [],
  )
})

/** What the systems of the agency do. */
const agencyOf =
  (t: Test, { url }: TestNode) =>
  async (method: string, path: string, body: object) => {
    const response = await fetch(`${url}/api/regions/bretagne/${path}`, {
      method,
      headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    t.ok(response.ok, await response.text())
  }

t.test('on a telephone, in English and in the dark, all of it is there', async (t) => {
  const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
  const agency = agencyOf(t, node)
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
  const looked = async (one: Page, what: string, options: AxeOptions = {}) => {
    await noViolations(t, one, what, options)
    await nothingCutOff(t, one, what)
    await shoot(one, `scheme-telephone-${what}`, { fullPage: options.within === undefined })
  }
  const main = page.locator('main')
  await main.getByRole('button', { name: 'Ask for an appointment in the agency' }).click()
  await looked(page, 'agency', { within: 'dialog' })
  await page.getByRole('dialog').getByRole('button', { name: 'Ask for an appointment in the agency' }).click()
  await page
    .getByText(/^Receipt [0-9A-Z]{4}-/)
    .first()
    .waitFor()
  await looked(page, 'receipt', { within: 'dialog' })
  await page.keyboard.press('Escape')
  await main.getByRole('button', { name: 'Leave the scheme' }).click()
  await looked(page, 'leaving', { within: 'dialog' })
  await page.getByRole('dialog').getByRole('button', { name: 'Leave the scheme' }).click()
  await page.getByText('You have left').first().waitFor()
  await page.locator('button:enabled', { hasText: 'Come back' }).waitFor()
  await looked(page, 'left')
  t.match(await page.locator('.receipts__one').first().innerText(), /\d+ \w+ 20\d\d/, 'the day before the month')

  await agency('PATCH', 'scheme', { joinFirst: true, checkRequired: true })
  await agency('PUT', 'people/jobseeker-nina', { role: 'jobseeker', name: 'Nina Novak', advisor: anne.id })
  const nina = await openPage(browser, small)
  await nina.page.goto(`${node.url}/scheme`)
  await nina.page.getByRole('button', { name: 'Nina Novak' }).click()
  await nina.page.getByText('First check your device').waitFor()
  await looked(nina.page, 'awaiting')
})

t.test('the supervisor sees the report and the appointments of the team, and who follows too many', async (t) => {
  const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
  const agency = agencyOf(t, node)
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

  await agency('PATCH', 'scheme', { target: 3, ceiling: 90 })
  await agency('PUT', 'people/jobseeker-new', { role: 'jobseeker', name: 'Nina Novak', advisor: anne.id })
  await page.getByText(/Anne Kermarrec accompagne 4 personnes\s; la cible est de 3, le plafond de 90\./).waitFor()
  await noViolations(t, page, 'a portfolio beyond the target')
  await shoot(page, 'supervisor-over-target')
  t.same([...complaints], [])
})
