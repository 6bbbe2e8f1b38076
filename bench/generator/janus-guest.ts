/**
 * A participant in a room of Janus's VideoRoom: one peer connection to publish, one to receive, as a browser has. The other end
 * of both is a WebRtcTransport of the generator's worker (ICE lite, DTLS), without bandwidth estimation.
 */
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import type { types } from 'mediasoup'
import { until } from '../condition.ts'
import { ownAddress } from '../own-address.ts'
import { layerCount } from './camera.ts'
import { withoutEstimation } from './capabilities.ts'
import type { Participant } from './guest.ts'
import { candidatesOf, describe, type Line, type Remote, readDescription } from './janus-sdp.ts'
import { type JanusSession, openJanusSession } from './janus-session.ts'
import { roleConflict } from './role-conflict.ts'
import type { Source } from './source.ts'

export interface JanusGuestOptions {
  readonly url: string
  readonly router: types.Router
  readonly source: Source
}

interface Publisher {
  readonly id: string
}

const plugin = 'janus.plugin.videoroom'
const roomExists = '(427)'
const requestEveryMs = 20
const connectMs = 20_000
/** As Visavis's rooms: what is sent is what is received, and nothing is measured on top. */
const roomOptions = {
  ...{ publishers: 2, audiocodec: 'opus', videocodec: 'vp8', bitrate: 0, notify_joining: false },
  ...{ transport_wide_cc_ext: false, audiolevel_ext: false, videoorient_ext: false, playoutdelay_ext: false },
}

class JanusGuest implements Participant {
  readonly leaving = new Map<string, types.Consumer>()
  readonly arriving = new Map<string, types.Producer>()
  /** Of one. */
  readonly layer = layerCount - 1
  readonly #session: JanusSession
  readonly #publishing: number
  readonly #out: types.WebRtcTransport
  readonly #router: types.Router
  readonly #offered: readonly types.Consumer[]
  readonly #seen = Promise.withResolvers<number>()
  readonly #into: types.WebRtcTransport[] = []
  readonly #subscriptions: number[] = []
  #room = ''
  #taking: Promise<unknown> = Promise.resolve()

  constructor(
    { session, handle }: { readonly session: JanusSession; readonly handle: number },
    router: types.Router,
    { out, offered }: { readonly out: types.WebRtcTransport; readonly offered: readonly types.Consumer[] },
  ) {
    this.#session = session
    this.#publishing = handle
    this.#router = router
    this.#out = out
    this.#offered = offered
    this.#seen.promise.catch(() => {})
    session.onTold = ({ publishers = [] }) => this.#takeAll(publishers as Publisher[])
  }

  get firstVideoAt(): Promise<number> {
    return this.#seen.promise
  }

  get settled(): Promise<unknown> {
    return this.#taking
  }

  async enter(room: string): Promise<void> {
    this.#room = room
    const ask = (body: object) => this.#session.ask(this.#publishing, body)
    await ask({ request: 'create', room, ...roomOptions }).catch((error: Error) => {
      if (!error.message.includes(roomExists)) throw error
    })
    const { data } = await ask({ request: 'join', ptype: 'publisher', room })
    const { id, publishers = [] } = data as unknown as { id: string; publishers?: Publisher[] }
    this.#takeAll(publishers)
    await Promise.all([this.#publish(id), this.#taking])
    await this.#taking
  }

  async leave(how: 'politely' | 'by vanishing'): Promise<void> {
    this.#session.onTold = () => {}
    if (how === 'politely') {
      await this.#session.ask(this.#publishing, { request: 'leave' })
      await this.#session.close()
    } else this.#session.vanish()
    for (const transport of [this.#out, ...this.#into]) transport.close()
  }

  async sabotage(): Promise<void> {
    for (const handle of this.#subscriptions) await this.#session.ask(handle, { request: 'pause' })
  }

  async #publish(id: string): Promise<void> {
    const lines = this.#offered.map(({ kind, rtpParameters: { codecs, encodings } }, n): Line => {
      return { mid: String(n), kind, payloadType: codecs[0]?.payloadType ?? 0, ssrc: encodings?.[0]?.ssrc ?? 0 }
    })
    const sdp = describe(this.#out, lines, { setup: 'actpass', direction: 'sendonly', trickle: true })
    const { jsep } = await this.#session.ask(this.#publishing, { request: 'publish' }, { type: 'offer', sdp })
    await giveControl(this.#out, await connect(this.#out, jsep?.sdp))
    this.#session.trickle(this.#publishing, candidatesOf(this.#out))
    await until(() => this.#out.iceState !== 'new', connectMs)
    for (const consumer of this.#offered) {
      this.leaving.set(`${id} ${consumer.kind}`, consumer)
      await consumer.resume()
    }
  }

  #takeAll(publishers: readonly Publisher[]): void {
    for (const { id } of publishers) {
      const taken = this.#subscribe(id)
      taken.catch((error: unknown) => this.#seen.reject(error))
      this.#taking = Promise.all([this.#taking, taken])
      this.#taking.catch(() => {})
    }
  }

  async #subscribe(feed: string): Promise<void> {
    const room = this.#room
    const [into, handle] = await Promise.all([openTransport(this.#router), this.#session.attach(plugin)])
    this.#into.push(into)
    this.#subscriptions.push(handle)
    const { jsep } = await this.#session.ask(handle, {
      request: 'join',
      ptype: 'subscriber',
      room,
      streams: [{ feed }],
    })
    const { lines } = await connect(into, jsep?.sdp)
    for (const line of lines) {
      const arriving = await into.produce({ kind: line.kind, rtpParameters: received(line) })
      this.arriving.set(`${feed} ${line.kind}`, arriving)
      if (line.kind === 'video') await this.#watch(arriving)
    }
    const sdp = describe(into, lines, { setup: 'passive', direction: 'recvonly' })
    await this.#session.ask(handle, { request: 'start', room }, { type: 'answer', sdp })
  }

  /** The worker tells of each packet until the first was seen. */
  async #watch(arriving: types.Producer): Promise<void> {
    arriving.once('trace', () => {
      this.#seen.resolve(performance.now())
      arriving.enableTraceEvent([]).catch(() => {})
    })
    await arriving.enableTraceEvent(['rtp'])
  }
}

const openTransport = (router: types.Router): Promise<types.WebRtcTransport> =>
  router.createWebRtcTransport({ listenInfos: [{ protocol: 'udp', ip: ownAddress() ?? '' }], enableUdp: true })

/** Janus begins DTLS in both directions: as the one who answers "actpass", and because "passive" is answered. */
async function connect(transport: types.WebRtcTransport, sdp: string | undefined) {
  if (sdp === undefined) throw new Error('janus gives no description')
  const remote = readDescription(sdp)
  await transport.connect({ dtlsParameters: { role: 'client', fingerprints: [remote.fingerprint] } })
  return remote
}

/**
 * Until Janus has answered, and so controls. What it sends us before that it repeats as it was until it gives up: it is not to
 * know yet where we are. @throws Error when it never answers.
 */
async function giveControl(
  transport: types.WebRtcTransport,
  { ufrag, password, address, port }: Remote,
): Promise<void> {
  const ownUfrag = transport.iceParameters.usernameFragment
  const socket = createSocket('udp4')
  const request = roleConflict({ theirUfrag: ufrag, theirPassword: password, ownUfrag })
  const ask = () => socket.send(request, port, address)
  const asking = setInterval(ask, requestEveryMs)
  try {
    ask()
    await once(socket, 'message', { signal: AbortSignal.timeout(connectMs) })
  } finally {
    clearInterval(asking)
    socket.close()
  }
}

const received = ({ mid, kind, payloadType, ssrc }: Line): types.RtpParameters => ({
  mid,
  codecs: [
    kind === 'audio'
      ? { mimeType: 'audio/opus', clockRate: 48_000, channels: 2, payloadType }
      : {
          ...{ mimeType: 'video/VP8', clockRate: 90_000, payloadType },
          rtcpFeedback: [{ type: 'nack' }, { type: 'nack', parameter: 'pli' }],
        },
  ],
  encodings: [{ ssrc }],
})

/** Everything before "join" is pressed, as for our own participants. */
export async function prepareJanusGuest({ url, router, source }: JanusGuestOptions): Promise<Participant> {
  const [session, out] = await Promise.all([openJanusSession(url), openTransport(router)])
  const handle = await session.attach(plugin)
  const rtpCapabilities = withoutEstimation(router.rtpCapabilities)
  const offered = await Promise.all(
    source.offer().producers.map(({ id: producerId }) => out.consume({ producerId, rtpCapabilities, paused: true })),
  )
  return new JanusGuest({ session, handle }, router, { out, offered })
}
