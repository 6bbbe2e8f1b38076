/** A network that drops every packet without a word, as mobile networks do: the socket looks open and is dead. */
import { randomUUID } from 'node:crypto'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { Visavis } from '../../client/index.ts'
import { cuttableNetwork } from '../client/cuttable.ts'
import { testNode } from '../support/node.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { anne, jeanne, openBrowser, openPage, shoot, signIn } from './chromium.ts'
import { type SdkGlobals, sdkScript } from './sdk-page.ts'

t.test('a silent network is noticed within two heartbeats, and nothing said meanwhile is missing', async (t) => {
  const heartbeatMs = 1_000
  const node = await testNode(t, {
    VISAVIS_HEARTBEAT_MS: String(heartbeatMs),
    VISAVIS_PRESENCE_GRACE_MS: '1500',
  })
  await using network = await cuttableNetwork(node.url)
  const browser = await openBrowser(t)
  const { page } = await signIn(browser, network.url, jeanne)
  const advisor = await rawClient(node.url, await node.token(anne.id))
  t.teardown(() => advisor[Symbol.asyncDispose]())
  const answer = setInterval(() => void advisor.call('session.heartbeat', {}).catch(() => {}), heartbeatMs / 2)
  t.teardown(() => clearInterval(answer))
  const say = (text: string) => advisor.result('chat.publish', { channel: jeanne.id, key: randomUUID(), text })
  const presence = () =>
    advisor.events
      .filter(({ event, data }) => event === 'presence.changed' && (data as { person: string }).person === jeanne.id)
      .map(({ data }) => (data as { state: string }).state)
  await say('Avant le silence')
  await page.locator('.message').getByText('Avant le silence').waitFor()

  network.setDown(true)
  network.freeze()
  const frozenAt = performance.now()
  await say('Pendant le silence')
  await page.getByText('Connexion perdue', { exact: false }).first().waitFor()
  const noticedMs = performance.now() - frozenAt
  await shoot(page, 'silence-recovering')
  t.comment(`noticed after ${Math.round(noticedMs)} ms`)
  // Two intervals, the one in which the silence began, and what a busy machine needs to show it: long before anything else
  // would have told (client/connection.ts, silenceMs).
  t.ok(noticedMs < 10_000, `${Math.round(noticedMs)} ms`)
  await until(() => presence().at(-1) === 'offline', { what: 'the server to notice, too' })

  await page.locator('.composer__text').fill('Écrit dans le silence')
  await page.keyboard.press('Enter')
  await page.locator('.message[data-state=sending]').waitFor()
  const asked = page.waitForEvent('dialog')
  await page.evaluate(() => void setTimeout(() => location.reload()))
  const question = await asked
  t.equal(question.type(), 'beforeunload', 'whoever leaves now is asked')
  await question.dismiss()

  network.setDown(false)
  await page.locator('.message').getByText('Pendant le silence').waitFor()
  await until(async () => (await page.locator('.message[data-state=sending]').count()) === 0, {
    what: 'it to be stored',
  })
  await say('Après le silence')
  await page.locator('.message').getByText('Après le silence').waitFor()
  for (const text of ['Avant le silence', 'Pendant le silence', 'Écrit dans le silence', 'Après le silence'])
    t.equal(await page.locator('.message').getByText(text).count(), 1, `${text}: once`)
  await until(() => presence().at(-1) === 'online', { what: 'her return to be seen' })
  await shoot(page, 'silence-back')
})

/** What has come back for the person, as the browser tells it. */
const returns: Readonly<Record<string, (page: Page) => Promise<void>>> = {
  'the network is back': async (page) => {
    await page.context().setOffline(true)
    await page.context().setOffline(false)
  },
  'the page is looked at': (page) => page.evaluate(() => void document.dispatchEvent(new Event('visibilitychange'))),
}

t.test('a lost connection is made anew at once when there is a reason, with the clock standing still', async (t) => {
  const node = await testNode(t)
  await using network = await cuttableNetwork(node.url)
  const { page } = await openPage(await openBrowser(t))
  await page.clock.install()
  await page.goto(network.url)
  await page.evaluate(await sdkScript())
  await page.evaluate(connectBySdk, await node.token(jeanne.id))
  const state = () => page.evaluate(() => (globalThis as unknown as Connected).visavis.state)
  for (const [what, comeBack] of Object.entries(returns)) {
    await until(async () => (await state()) === 'open', { what: 'the connection' })
    // From here on no timer of the page fires, so that no backoff ends.
    await page.clock.pauseAt((await page.evaluate(() => Date.now())) + 2_000)
    network.setDown(true)
    network.cut()
    await until(async () => (await state()) === 'recovering', { what: 'the loss to be noticed' })
    network.setDown(false)
    const before = network.connections
    await comeBack(page)
    await until(async () => (await state()) === 'open', { what: `a connection because ${what}` })
    t.equal(network.connections, before + 1, what)
    await page.clock.resume()
  }
})

interface Connected extends SdkGlobals {
  visavis: Visavis
}

/** Runs in the page. */
function connectBySdk(token: string): void {
  const page = globalThis as unknown as Connected
  page.visavis = page.sdk.connect({ url: location.origin, token: () => token })
}
