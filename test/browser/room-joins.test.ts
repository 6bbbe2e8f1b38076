/** What a join makes a browser do. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { openBrowser } from './chromium.ts'
import { enterBySdk, ofRoom, received, showOther, type Talk } from './room-sdk.ts'

interface Frame {
  readonly id: number
  readonly method: string
  readonly params: Readonly<Record<string, unknown>>
}

/** Remembers what the page asks of rooms, by method. */
function listen(page: Page, asked: string[]): void {
  page.on('websocket', (socket) => {
    socket.on('framesent', ({ payload }) => {
      const { method } = JSON.parse(String(payload)) as Frame
      if (method.startsWith('room.')) asked.push(method)
    })
  })
}

/** A node as it was: what it does not know it refuses. */
async function beforeConsumersOfJoins(page: Page, refused: string[], asked: string[]): Promise<void> {
  await page.routeWebSocket(/./, (socket) => {
    const node = socket.connectToServer()
    socket.onMessage((message) => {
      const { id, method, params } = JSON.parse(String(message)) as Frame
      const unknown = { 'room.join': 'rtpCapabilities', 'room.consume': 'paused' }[method]
      if (unknown === undefined || params[unknown] === undefined) {
        asked.push(method)
        node.send(message)
        return
      }
      refused.push(method)
      const details = { path: '/', rule: 'additionalProperties', additionalProperty: unknown }
      const error = { code: 'BAD_REQUEST', message: `params of ${method}`, details, retryable: false }
      socket.send(JSON.stringify({ id, error }))
    })
  })
}

t.test(
  'what a browser can do is found out once: the next join makes one connection each way, and no more',
  async (t) => {
    const node = await testNode(t)
    const page = await enterBySdk(await openBrowser(t), node, 'jobseeker-1')
    const made = await page.evaluate(async () => {
      const talk = globalThis as unknown as Talk
      talk.room.leave()
      let count = 0
      globalThis.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(configuration?: RTCConfiguration) {
          super(configuration)
          count += 1
        }
      }
      const { stream } = await talk.sdk.openCamera()
      talk.room = talk.visavis.rooms.join('jobseeker-1', { stream })
      await talk.room.ready
      return count
    })
    t.equal(made, 2)
  },
)

/** Both tracks of the other are here. */
const hasTracks = (page: Page): Promise<unknown> =>
  until(() => ofRoom(page, ({ room }) => room.remotes[0]?.stream.getTracks().length === 2), {
    ...{ what: 'the tracks of the other', timeoutMs: 45_000 },
  })

/** They are seen, and heard. */
async function seesAndHears(page: Page): Promise<void> {
  await showOther(page, 'camera', 320)
  const arrives = async () => {
    const { framesDecoded, energy } = await received(page)
    return framesDecoded > 5 && energy > 0
  }
  await until(arrives, { what: 'pictures and sound', timeoutMs: 45_000 })
}

t.test('a join asks one thing, and then connects and sends: what it receives came with the answer', async (t) => {
  const node = await testNode(t)
  const browser = await openBrowser(t)
  const waits: string[] = []
  const advisor = await enterBySdk(browser, node, 'advisor-anne', (page) => listen(page, waits))
  const joins: string[] = []
  const jobseeker = await enterBySdk(browser, node, 'jobseeker-1', (page) => listen(page, joins))
  await Promise.all([advisor, jobseeker].map(hasTracks))
  t.equal(joins[0], 'room.join')
  const both = ['room.connectTransport', 'room.connectTransport', 'room.produce', 'room.produce']
  t.strictSame(joins.slice(1).toSorted(), both)
  const consumed = ['room.connectTransport', 'room.connectTransport', 'room.consume', 'room.consume']
  const sent = ['room.produce', 'room.produce']
  t.strictSame(waits.slice(1).toSorted(), [...consumed, ...sent], 'whoever waits consumes, and resumes nothing either')
  await Promise.all([advisor, jobseeker].map(seesAndHears))

  joins.length = 0
  await ofRoom(jobseeker, ({ room }) => room.setAudioOnly(true))
  await until(() => joins.includes('room.setConsumerPaused'), { what: 'the pause of a picture that flowed by itself' })
})

/** What a page negotiates, by connection. */
interface Negotiation {
  readonly remote: string[]
  /** Of every offer but the first: whether media could flow by then, and how long after the first it was, ms. */
  readonly later: { readonly connected: boolean; readonly afterMs: number }[]
}
type Watched = typeof globalThis & { negotiations: Negotiation[] }

function watchNegotiations(): void {
  const negotiations: Negotiation[] = []
  ;(globalThis as Watched).negotiations = negotiations
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    readonly #own: Negotiation = { remote: [], later: [] }
    #firstAt: number | undefined

    override setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      if (this.#own.remote.push(description.sdp ?? '') === 1) negotiations.push(this.#own)
      return super.setRemoteDescription(description)
    }

    override createOffer(options?: unknown): Promise<never> {
      const now = performance.now()
      const connected = this.connectionState === 'connected'
      if (this.#firstAt !== undefined) this.#own.later.push({ connected, afterMs: now - this.#firstAt })
      this.#firstAt ??= now
      return super.createOffer(options as RTCOfferOptions) as Promise<never>
    }
  }
}

t.test(
  'a browser that joins negotiates what it needs for the first picture, and the rest when it is connected',
  async (t) => {
    const node = await testNode(t)
    const browser = await openBrowser(t)
    const advisor = await enterBySdk(browser, node, 'advisor-anne')
    const jobseeker = await enterBySdk(browser, node, 'jobseeker-1', (page) => page.addInitScript(watchNegotiations))
    await Promise.all([advisor, jobseeker].map(seesAndHears))
    const negotiations = await jobseeker.evaluate(() => (globalThis as Watched).negotiations)
    const received = negotiations.filter(({ remote }) => remote[0]?.includes('a=mid:probator'))
    t.equal(received.length, 1)
    t.equal(received[0]?.remote.length, 1, 'sound, picture and padding in one round')
    // Those that follow make the picture larger.
    const microphone = negotiations.find(({ later }) => later.length > 0)?.later[0]
    t.ok(
      microphone?.connected === true || (microphone?.afterMs ?? 0) >= 1_000,
      `the microphone when the camera is connected, or late: ${JSON.stringify(microphone)}`,
    )
  },
)

t.test('a node of an earlier version, which knows nothing of that, is asked one by one', async (t) => {
  const node = await testNode(t)
  const browser = await openBrowser(t)
  const [refused, asked]: [string[], string[]] = [[], []]
  const advisor = await enterBySdk(browser, node, 'advisor-anne')
  const jobseeker = await enterBySdk(browser, node, 'jobseeker-1', (page) =>
    beforeConsumersOfJoins(page, refused, asked),
  )
  await Promise.all([advisor, jobseeker].map(hasTracks))
  t.strictSame(refused, ['room.join'], 'and is asked nothing else that it does not know')
  t.equal(asked.filter((method) => method === 'room.consume').length, 2)
  t.equal(asked.filter((method) => method === 'room.setConsumerPaused').length, 2, 'and then resumed')
  await Promise.all([advisor, jobseeker].map(seesAndHears))
})
