/** "In the agency, please" and "leave" from every page a jobseeker has, and in whatever they do there: waiting, talking, being called back. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { Scheme } from '../../client/scheme.ts'
import { testNode } from '../support/node.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, seesAndHears, shoot, signIn } from './chromium.ts'

t.setTimeout(400_000)
const agency = 'agency'.repeat(8)
const node = await testNode(t, { VISAVIS_LOBBIES: 'kept', VISAVIS_AGENCY_TOKEN: agency })
const browser = await openBrowser(t)
const acts = ['Ma participation et mes récépissés', 'Demander un rendez-vous en agence', 'Quitter le dispositif']

/** The menu is there, and has both acts. */
async function offersBoth(page: Page) {
  await page.getByRole('button', { name: 'Ma participation' }).click()
  for (const name of acts) await page.getByRole('menuitem', { name }).waitFor()
  await page.keyboard.press('Escape')
}

t.test('every page has both acts, also that of signing in', async (t) => {
  const { page, complaints } = await signIn(browser, node.url, jeanne)
  for (const path of ['jobseeker', 'workshop', 'check', '']) {
    await page.goto(`${node.url}/${path}`)
    await offersBoth(page)
    t.pass(`/${path}`)
  }
  await page.goto(`${node.url}/scheme`)
  for (const name of acts.slice(1)) await page.getByRole('button', { name }).waitFor()
  t.same([...complaints], [])
})

t.test(
  'in the lobby and in a talk one asks for the agency and stays; leaving ends the talk, with a receipt',
  async (t) => {
    const small = { viewport: { width: 320, height: 640 } }
    const [jobseeker, advisor] = await Promise.all([
      signIn(browser, node.url, jeanne, small),
      signIn(browser, node.url, anne),
    ])
    const { page } = jobseeker
    await page.getByRole('button', { name: 'Entrer dans la salle' }).click()
    await page.getByText(`${anne.name} est là.`).waitFor()
    await offersBoth(page)
    await shoot(page, 'leaving-lobby-320')
    await advisor.page.getByRole('button', { name: `Faire entrer ${jeanne.name}` }).click()
    await seesAndHears(page, 'the jobseeker')

    await page.getByRole('button', { name: 'Ma participation' }).click()
    await page.getByRole('menuitem', { name: 'Demander un rendez-vous en agence' }).click()
    const asking = page.getByRole('dialog', { name: 'Demander un rendez-vous en agence' })
    await asking.getByRole('button', { name: 'Demander un rendez-vous en agence' }).click()
    const done = page.getByRole('dialog', { name: 'Rendez-vous en agence', exact: true })
    await done.getByText(/^Récépissé [0-9A-Z]{4}-/).waitFor()
    await noViolations(t, page, 'the receipt in a talk', { within: 'dialog' })
    await nothingCutOff(t, page, 'the receipt in a talk')
    await shoot(page, 'leaving-asked-320')
    await done.getByRole('button', { name: 'Fermer' }).last().click()
    await seesAndHears(page, 'the jobseeker, who talks on')

    await page.getByRole('button', { name: 'Ma participation' }).click()
    await page.getByRole('menuitem', { name: 'Quitter le dispositif' }).click()
    const leaving = page.getByRole('dialog', { name: 'Quitter le dispositif' })
    await shoot(page, 'leaving-in-talk-320')
    await leaving.getByRole('button', { name: 'Quitter le dispositif' }).click()
    await page.getByText('Vous avez quitté le dispositif. Voici votre récépissé.').waitFor()
    await page
      .getByText(/^Récépissé [0-9A-Z]{4}-/)
      .first()
      .waitFor()
    t.equal(page.url(), `${node.url}/scheme`)
    await nothingCutOff(t, page, 'having left a talk')

    await advisor.page.getByRole('button', { name: '1 personne a quitté le dispositif' }).click()
    const former = advisor.page.getByRole('dialog', { name: 'Ont quitté le dispositif' })
    await former.getByText(jeanne.name).waitFor()
    await noViolations(t, advisor.page, 'who has left', { within: 'dialog' })
    await shoot(advisor.page, 'leaving-former')
    await advisor.page.keyboard.press('Escape')

    await page.goto(`${node.url}/jobseeker`)
    await page.getByText('Vous ne participez pas en ligne pour le moment').waitFor()
    await noViolations(t, page, 'the own page of who has left', { within: 'main' })
    await nothingCutOff(t, page, 'the own page of who has left')
    await shoot(page, 'leaving-outside-320')
    await page.getByRole('link', { name: 'Ma participation et mes récépissés' }).click()
    await page.locator('button:enabled', { hasText: 'Revenir' }).waitFor()

    // She wants to come back, and something is in the way: whoever she left sees it on the page that was open all the time.
    const rule = await fetch(`${node.url}/api/regions/bretagne/scheme`, {
      method: 'PATCH',
      headers: { authorization: `Bearer ${agency}`, 'content-type': 'application/json' },
      body: JSON.stringify({ checkRequired: true }),
    })
    t.equal(rule.status, 200)
    const scheme = new Scheme({ url: node.url, token: () => node.token(jeanne.id) })
    const { text } = await scheme.own()
    await t.rejects(scheme.join(text.version), { code: 'CONFLICT' })
    await advisor.page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await advisor.page.getByRole('button', { name: '1 personne souhaite revenir' }).click()
    await former.getByText(/^A demandé à revenir/).waitFor()
    await former.getByRole('button', { name: `Dispenser du test ${jeanne.name}` }).waitFor()
    await noViolations(t, advisor.page, 'who wants to come back', { within: 'dialog' })
    await shoot(advisor.page, 'leaving-wants-back')
  },
)
