/** A workshop in real browsers: planned, invited, entered; a hand, the floor, and back; at 320 px and with the keyboard. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { fr } from '../../web/language/fr.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, seesAndHears, shoot, signIn } from './chromium.ts'

// With a whole machine to itself it takes half a minute.
t.setTimeout(400_000)

const node = await testNode(t)
const browser = await openBrowser(t)
const title = 'Lire une offre d’emploi'

async function look(t: Test, page: Page, name: string, within: string): Promise<void> {
  await nothingCutOff(t, page, name)
  await noViolations(t, page, name, { within })
  await shoot(page, `workshop-${name}`)
}

/** How many tracks the page sends. */
const sent = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      (globalThis as unknown as { peerConnections: RTCPeerConnection[] }).peerConnections
        .filter(({ connectionState }) => connectionState !== 'closed')
        .flatMap((connection) => connection.getSenders())
        .filter(({ track }) => track?.readyState === 'live').length,
  )

t.test('an advisor plans a workshop, speaks to those who come, and gives one of them the floor', async (t) => {
  const [host, guest] = await Promise.all([
    signIn(browser, node.url, anne),
    signIn(browser, node.url, jeanne, { viewport: { width: 320, height: 640 } }),
  ])
  for (const { page } of [host, guest]) page.setDefaultTimeout(90_000)
  await host.page.getByRole('link', { name: 'Tous les ateliers' }).click()
  await host.page.getByText('Aucun atelier n’est prévu.').waitFor()
  await host.page.getByRole('button', { name: 'Prévoir un atelier' }).click()
  const dialog = host.page.getByRole('dialog', { name: 'Prévoir un atelier' })
  await dialog.getByRole('button', { name: 'Prévoir', exact: true }).click()
  await dialog.getByText('Indiquez le titre').waitFor()
  await dialog.getByLabel('Titre').fill(title)
  // In a few minutes: its door is open.
  const soon = new Date(Date.now() + 10 * 60_000)
  const padded = (n: number) => String(n).padStart(2, '0')
  await dialog.getByLabel('Jour').fill(`${soon.getFullYear()}-${padded(soon.getMonth() + 1)}-${padded(soon.getDate())}`)
  await dialog.getByLabel('Début').fill(`${padded(soon.getHours())}:${padded(soon.getMinutes())}`)
  await look(t, host.page, 'plan', 'dialog')
  await dialog.getByRole('button', { name: 'Prévoir', exact: true }).click()
  const item = host.page.getByRole('listitem').filter({ hasText: title })
  await item.getByText('Places prises : 0 sur 20').waitFor()
  await item.getByRole('button', { name: /^Inviter/ }).click()
  await host.page.getByRole('dialog').getByLabel(jeanne.name).check()
  await look(t, host.page, 'invite', 'dialog')
  await host.page.getByRole('dialog').getByRole('button', { name: 'Inviter les personnes choisies' }).click()
  await item.getByText('Places prises : 1 sur 20').waitFor()
  await look(t, host.page, 'host-list', 'main')

  // On the jobseeker's own page, beside their appointments.
  await guest.page.getByRole('link', { name: new RegExp(title) }).click()
  const own = guest.page.getByRole('listitem').filter({ hasText: title })
  await own.getByText('Une place vous est réservée.').waitFor()
  await own.getByLabel('Le nom que les autres verront').fill('Une lectrice')
  await look(t, guest.page, 'door-320', 'main')
  await own.getByRole('button', { name: 'Entrer' }).click()
  await guest.page.getByText(`Vous y êtes. ${anne.name} n’est pas encore là.`).waitFor()
  await look(t, guest.page, 'alone-320', '.workshop-live')

  await item.getByRole('button', { name: 'Commencer' }).click()
  await seesAndHears(guest.page, 'whoever takes part', 60_000)
  t.equal(await sent(guest.page), 0, 'and sends nothing')
  const hand = guest.page.getByRole('button', { name: 'Lever la main' })
  await hand.focus()
  await guest.page.keyboard.press('Enter')
  await guest.page.getByText(`Votre main est levée. ${anne.name} vous donnera la parole.`).first().waitFor()
  await look(t, guest.page, 'raised-320', '.floor')
  await host.page.getByText('Une main levée.').waitFor()
  await look(t, host.page, 'hand', '.floor')
  await host.page.getByRole('button', { name: `Donner la parole à ${jeanne.name}` }).click()

  await guest.page.getByRole('button', { name: 'Allumer mon micro' }).click()
  await guest.page.getByRole('button', { name: 'Allumer ma caméra' }).click()
  await seesAndHears(host.page, 'the host', 60_000)
  await host.page.locator('.stage').getByText('Une lectrice').first().waitFor()
  await look(t, host.page, 'speaking', '.workshop-live')
  await look(t, guest.page, 'speaking-320', '.workshop-live')

  await host.page.getByRole('button', { name: `Couper le micro de ${jeanne.name}` }).click()
  await guest.page.getByRole('button', { name: fr.roomUnmute }).waitFor()
  await host.page.getByRole('button', { name: `Reprendre la parole à ${jeanne.name}` }).click()
  await guest.page.getByRole('button', { name: 'Lever la main' }).waitFor()
  await until(async () => (await sent(guest.page)) === 0, { what: 'camera and microphone that are off' })
  t.equal(await guest.page.locator('.stage__self').count(), 0)

  await host.page.getByRole('button', { name: 'Terminer l’atelier' }).click()
  await look(t, host.page, 'end', 'dialog')
  await host.page.getByRole('button', { name: 'Terminer pour tous' }).click()
  await guest.page.getByText('L’atelier est terminé. Merci de votre participation.').first().waitFor()
  await look(t, guest.page, 'over-320', 'main')
  t.same([...host.complaints, ...guest.complaints], [])
})
