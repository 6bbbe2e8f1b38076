/** kill -9 of the media worker under a workshop: all come back by themselves, with hands and the floor as they were. */
import type { Browser, Page } from 'playwright-core'
import t, { type Test } from 'tap'
import type * as Sdk from '../../client/index.ts'
import type { FloorView, ResultOf } from '../../src/protocol/index.ts'
import { killMediaWorker } from '../support/media-workers.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { eventOf, type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { openBrowser, openPage, peerConnections, seesAndHears } from './chromium.ts'
import { sdkScript } from './sdk-page.ts'

interface Globals {
  readonly sdk: typeof Sdk
  visavis: Sdk.Visavis
  workshop: Sdk.WorkshopRoom
}

const patience = { timeoutMs: 90_000, everyMs: 100 }
const silentPeople = ['jobseeker-2', 'jobseeker-3', 'jobseeker-4', 'jobseeker-5']
t.setTimeout(400_000)

async function openSdk(browser: Browser, node: TestNode, person: string): Promise<Page> {
  const { page } = await openPage(browser)
  await page.goto(node.url)
  await page.mouse.click(1, 1)
  await page.evaluate(await sdkScript())
  await page.evaluate(
    async ({ url, token }) => {
      const globals = globalThis as unknown as Globals
      globals.visavis = globals.sdk.connect({ url, token: () => token })
      await globals.visavis.opened
    },
    { url: node.url, token: await node.token(person) },
  )
  return page
}

/** Runs in the page: shows whoever else is seen, because a browser decodes what is played somewhere. */
async function enterWorkshop({ id, camera }: { id: string; camera: boolean }): Promise<void> {
  const globals = globalThis as unknown as Globals
  const { stream } = camera ? await globals.sdk.openCamera() : {}
  const workshop = globals.visavis.workshops.join(id, stream)
  globals.workshop = workshop
  const player = document.body.appendChild(document.createElement('video'))
  player.autoplay = true
  workshop.onChange(() => {
    const other = workshop.room.remotes.find(({ sources }) => sources.has('camera'))
    if (other !== undefined && player.srcObject !== other.stream) player.srcObject = other.stream
  })
  await workshop.room.ready
}

const floorOf = (page: Page): Promise<FloorView> =>
  page.evaluate(() => (globalThis as unknown as Globals).workshop.floor)
const key = () => `key-${crypto.randomUUID()}`

async function silentPerson(t: Test, node: TestNode, person: string, workshop: string): Promise<RawClient> {
  const client = await rawClient(node.url, await node.token(person))
  t.teardown(() => client[Symbol.asyncDispose]())
  await client.result('workshop.signUp', { workshop, key: key() })
  await client.result('room.join', { room: workshop })
  return client
}

t.test('a worker dies under a workshop: everybody is in again, hands in their order, the speaker heard', async (t) => {
  const node = await testNode(t, { VISAVIS_REQUESTS_PER_SECOND: '1000' })
  const browser = await openBrowser(t)
  const host = await openSdk(browser, node, 'advisor-anne')
  const guest = await openSdk(browser, node, 'jobseeker-1')
  const room = await host.evaluate(async () => {
    const { visavis } = globalThis as unknown as Globals
    const times = { from: Date.now() + 60_000, lengthMs: 3_600_000 }
    const draft = { title: 'Lire une offre', language: 'fr', capacity: 10, open: true, ...times } as const
    return (await visavis.workshops.create(draft)).id
  })
  await guest.evaluate((id) => (globalThis as unknown as Globals).visavis.workshops.signUp(id), room)
  await host.evaluate(enterWorkshop, { id: room, camera: true })
  await guest.evaluate(enterWorkshop, { id: room, camera: false })
  const silent: RawClient[] = []
  for (const person of silentPeople) silent.push(await silentPerson(t, node, person, room))

  await guest.evaluate(() => (globalThis as unknown as Globals).workshop.raiseHand())
  const { seat } = await floorOf(guest)
  await host.evaluate((to) => (globalThis as unknown as Globals).workshop.giveFloor(to ?? ''), seat)
  await until(async () => (await floorOf(guest)).maySpeak, { ...patience, what: 'the floor' })
  await guest.evaluate(async () => {
    const { workshop } = globalThis as unknown as Globals
    await workshop.room.openDevice('microphone')
    await workshop.room.openDevice('camera')
  })
  // One after the other: it is their order that must last.
  for (const client of [...silent].reverse()) await client.result('floor.raise', { room, key: key() })
  await until(async () => (await floorOf(host)).order?.length === silent.length, { ...patience, what: 'all hands' })
  await Promise.all([seesAndHears(host, 'the host', 60_000), seesAndHears(guest, 'the speaker', 60_000)])
  const before = await floorOf(host)
  t.match(before, { hands: silent.length, speakers: [{ seat }] })
  const known = await Promise.all([host, guest].map(peerConnections))

  await killMediaWorker()
  for (const client of silent) {
    t.match(await eventOf(client, 'room.closed'), { room, reason: 'worker-died' })
    const answer = async () => {
      const response = await client.call('room.join', { room })
      return 'error' in response ? undefined : (response.result as ResultOf<'room.join'>)
    }
    t.ok(await until(answer, { ...patience, what: 'the way back in' }))
  }
  const pages = [host, guest]
  await until(
    async () => (await Promise.all(pages.map(peerConnections))).every((count, n) => count > (known[n] ?? 0)),
    { ...patience, what: 'a new join of both pages' },
  )
  await Promise.all([seesAndHears(host, 'the host', 60_000), seesAndHears(guest, 'the speaker', 60_000)])

  t.same(await floorOf(host), before, 'hands and the floor are what they were')
  t.match(await floorOf(guest), { maySpeak: true, seat, raised: false, hands: silent.length })
  for (const client of silent)
    t.match(await client.result('floor.state', { room }), { floor: { raised: true, maySpeak: false } })
  const [next] = before.order ?? []
  await host.evaluate((to) => (globalThis as unknown as Globals).workshop.giveFloor(to ?? ''), next?.seat)
  t.match(
    await floorOf(host),
    { hands: silent.length - 1, speakers: [{ seat }, { seat: next?.seat }] },
    'and it goes on',
  )
})
