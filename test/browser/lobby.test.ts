/** The way into a talk by the lobby, in real browsers: announced, let in by one click, a third person by a link. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, openPage, seesAndHears, shoot, signIn } from './chromium.ts'

// With a whole machine to itself it takes half a minute.
t.setTimeout(400_000)

const node = await testNode(t, { VISAVIS_LOBBIES: 'kept' })
const browser = await openBrowser(t)

/** Axe takes its time beside moving pictures: it looks at what is new, and not at all where nothing is. */
async function look(t: Test, page: Page, name: string, within?: string): Promise<void> {
  await nothingCutOff(t, page, name)
  if (within !== undefined) await noViolations(t, page, name, { within })
  await shoot(page, `lobby-${name}`)
}

t.test('a jobseeker arrives, waits, is let in by one click; a third person comes by a link', async (t) => {
  const [jobseeker, advisor] = await Promise.all([signIn(browser, node.url, jeanne), signIn(browser, node.url, anne)])
  await jobseeker.page.getByRole('button', { name: 'Entrer dans la salle' }).click()
  await jobseeker.page.getByText(`${anne.name} est là.`).waitFor()
  await jobseeker.page.getByText('C’est à vous ensuite.').waitFor()
  await look(t, jobseeker.page, 'waiting', '.lobby')
  const arrivals = advisor.page.getByRole('region', { name: 'Salle d’attente' })
  await arrivals.getByText(jeanne.name).waitFor()
  t.match(await advisor.page.title(), /^\(1\) /, 'the tab counts who waits')
  await look(t, advisor.page, 'arrivals', '.arrivals')

  await t.test('the page loaded again waits at the same place, without a click', async () => {
    await jobseeker.page.reload()
    await jobseeker.page.getByText('C’est à vous ensuite.').waitFor()
  })

  await t.test('who waits is before the eyes of an advisor who reads on a telephone', async (t) => {
    await advisor.page.getByRole('heading', { name: 'Ma journée' }).waitFor()
    await advisor.page.setViewportSize({ width: 320, height: 640 })
    await advisor.page.locator('.day').getByRole('button', { name: jeanne.name }).first().click()
    await advisor.page.locator('.person').waitFor()
    const admit = await advisor.page.getByRole('button', { name: `Faire entrer ${jeanne.name}` }).boundingBox()
    t.ok(admit && admit.y + admit.height < 640, 'without scrolling')
    await look(t, advisor.page, 'arrivals-320', '.arrivals')
    await advisor.page.setViewportSize({ width: 1360, height: 860 })
  })

  await advisor.page.getByRole('button', { name: `Faire entrer ${jeanne.name}` }).click()
  await Promise.all([seesAndHears(jobseeker.page, 'the jobseeker'), seesAndHears(advisor.page, 'the advisor')])
  t.equal(await arrivals.count(), 0, 'nobody waits any more')
  t.notMatch(await advisor.page.title(), /^\(/)
  await look(t, advisor.page, 'talk', '.stage')

  await advisor.page.locator('.stage__more').click()
  await look(t, advisor.page, 'talk-menu', '.menu')
  await advisor.page.getByRole('menuitem', { name: 'Inviter une troisième personne' }).click()
  const dialog = advisor.page.getByRole('dialog', { name: 'Inviter une troisième personne' })
  await dialog.getByRole('button', { name: 'Créer le lien' }).click()
  await dialog.getByText('Écrivez son nom').waitFor()
  await dialog.getByLabel('Son nom').fill('Ivo Interprète')
  await look(t, advisor.page, 'invite', 'dialog')
  await dialog.getByRole('button', { name: 'Créer le lien' }).click()
  const link = await dialog.getByLabel('Lien pour Ivo Interprète').inputValue()
  t.match(link, `${node.url}/guest#room=`)
  await look(t, advisor.page, 'invited')
  await advisor.page.keyboard.press('Escape')

  const guest = await openPage(browser, { viewport: { width: 320, height: 640 } })
  await guest.page.goto(link)
  await guest.page.getByText('On vous verra sous le nom de Ivo Interprète.').waitFor()
  t.equal(guest.page.url(), `${node.url}/guest`, 'the token does not stay in the address')
  await look(t, guest.page, 'guest-320', 'main')
  await guest.page.getByRole('button', { name: 'Arriver' }).click()
  await guest.page.getByRole('heading', { name: 'Salle d’attente' }).waitFor()
  await guest.page.getByText('la personne qui vous reçoit est là.').waitFor()
  await look(t, guest.page, 'guest-waiting-320', '.lobby')
  await advisor.page.getByRole('button', { name: 'Faire entrer Ivo Interprète' }).click()
  await seesAndHears(guest.page, 'the guest')
  await advisor.page.locator('.stage__other').nth(1).waitFor()
  await look(t, advisor.page, 'three')
  await look(t, guest.page, 'three-320', '.stage')

  await t.test('layouts: all of the same size, and one chosen to be large', async (t) => {
    await advisor.page.locator('.stage__more').click()
    await advisor.page.getByRole('menuitem', { name: 'Tout le monde de même taille' }).click()
    t.equal(await advisor.page.locator('.stage__picture').getAttribute('data-layout'), 'grid')
    await look(t, advisor.page, 'three-grid')
    await advisor.page.locator('.stage__more').click()
    await advisor.page.getByRole('menuitem', { name: 'En grand qui parle' }).click()
    const choose = advisor.page.locator('.stage__choose')
    const name = await choose.innerText()
    await choose.click()
    const large = advisor.page.locator('.stage__other[data-large=true] .stage__name bdi')
    await until(async () => name.includes(await large.innerText()), { what: `the one chosen in large: ${name}` })
  })

  await t.test('whoever is sent out is out, and their link works no more', async (t) => {
    await advisor.page.locator('.stage__more').click()
    await advisor.page.getByRole('menuitem', { name: 'Faire sortir Ivo Interprète' }).click()
    await guest.page.getByText(/L’entretien est terminé pour vous|Cette invitation n’est plus valable/).waitFor()
    await look(t, guest.page, 'guest-out-320')
    await guest.page.reload()
    await guest.page.getByText('Cette invitation n’est plus valable').waitFor()
  })
  t.same([...jobseeker.complaints, ...advisor.complaints, ...guest.complaints], [])
})

t.test('a link without its invitation says so', async (t) => {
  const { page } = await openPage(browser, { locale: 'en-GB' })
  await page.goto(`${node.url}/guest`)
  await page.getByText('This page needs the whole link of an invitation').waitFor()
  await look(t, page, 'guest-no-link', 'main')
})
