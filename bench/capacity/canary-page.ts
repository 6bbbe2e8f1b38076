/** Runs in the page of a canary: joins a room by the SDK, and measures what it sees. */
import { connect, openCamera, type Room } from '../../client/index.ts'
import type { Moment } from './sight.ts'

const connections: RTCPeerConnection[] = []
/** When media could arrive for the last time that it was new (`performance.now`). */
let receivingSince = Number.NaN
globalThis.RTCPeerConnection = class extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration)
    connections.push(this)
    this.addEventListener('connectionstatechange', () => {
      const receives = this.getTransceivers().some(({ direction }) => direction === 'recvonly')
      if (receives && this.connectionState === 'connected') receivingSince = performance.now()
    })
  }
}

interface Settings {
  readonly url: string
  readonly token: string
  readonly cameraWidth: number
}

const { url, token, cameraWidth } = (globalThis as unknown as { canarySettings: Settings }).canarySettings
const visavis = connect({ url, token: () => token })
const video = document.querySelector('video')
let room: Room | undefined

/** Whoever waits sees the other a little later than they are seen; after so long they see nothing. */
const firstMs = 5_000
const lookEveryMs = 50
/** Often, and yet not so often that looking keeps the browser from what is waited for. */
const lookOftenMs = 20

interface Received {
  readonly freezesMs: number
  readonly frames: number
  readonly samples: number
  readonly concealed: number
}
const nothing: Received = { freezesMs: 0, frames: 0, samples: 0, concealed: 0 }

/** What each stream has received so far, of the living connections. */
async function received(): Promise<Map<string, Received>> {
  const streams = new Map<string, Received>()
  for (const [n, connection] of connections.entries()) {
    if (connection.connectionState === 'closed') continue
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue
      streams.set(`${n} ${report.id}`, {
        freezesMs: (report.totalFreezesDuration ?? 0) * 1_000,
        frames: report.framesDecoded ?? 0,
        samples: report.totalSamplesReceived ?? 0,
        concealed: report.concealedSamples ?? 0,
      })
    }
  }
  return streams
}

/** Of streams that come and go: one that is new began at nothing, and one that is gone adds nothing. */
function since(before: ReadonlyMap<string, Received>, now: ReadonlyMap<string, Received>): Received {
  const sum = { ...nothing }
  for (const [id, stream] of now) {
    const then = before.get(id) ?? nothing
    for (const name of Object.keys(sum) as (keyof Received)[]) sum[name] += stream[name] - then[name]
  }
  return sum
}

const canary = {
  async join(id: string, withinMs: number) {
    await visavis.opened
    // The camera is there before somebody joins, as on the page of a room.
    const { stream } = await openCamera()
    const [camera] = stream.getVideoTracks()
    await camera?.applyConstraints({ width: cameraWidth, height: (cameraWidth * 9) / 16 })
    const startedAt = performance.now()
    const entered = visavis.rooms.join(id, { stream })
    room = entered
    const firstFrame = new Promise<number>((resolve) => {
      video?.requestVideoFrameCallback(() => resolve(performance.now() - startedAt))
    })
    let answeredMs = Number.NaN
    const show = () => {
      if (Number.isNaN(answeredMs)) answeredMs = performance.now() - startedAt
      const other = entered.remotes[0]?.stream
      if (video !== null && other != null && video.srcObject !== other) video.srcObject = other
    }
    entered.onChange(show)
    await entered.ready
    const joinMs = performance.now() - startedAt
    show()
    const late = new Promise<never>((_, reject) => {
      setTimeout(() => reject(new Error(`no picture within ${withinMs} ms`)), withinMs)
    })
    late.catch(() => {})
    const firstFrameMs = await Promise.race([firstFrame, late])
    return { answeredMs, connectedMs: receivingSince - startedAt, joinMs, firstFrameMs }
  },
  async watch(forMs: number, everyMs: number) {
    // Until there is a first picture nothing stands still: that is the time of a join, and not a freeze.
    const sees = async () => [...(await received()).values()].some(({ frames }) => frames > 0)
    for (const until = performance.now() + firstMs; !(await sees()) && performance.now() < until; ) {
      await new Promise((resolve) => setTimeout(resolve, lookEveryMs))
    }
    const moments: Omit<Moment, 'page'>[] = []
    const startedAt = performance.now()
    let before = await received()
    for (let from = performance.now(); from - startedAt < forMs; ) {
      await new Promise((resolve) => setTimeout(resolve, everyMs))
      const now = await received()
      const to = performance.now()
      moments.push({ atMs: from - startedAt, ms: to - from, ...since(before, now) })
      before = now
      from = to
    }
    return moments
  },
  isIn: () => room?.state === 'in',
  connections: () => connections.length,
  /** RTP packets that the living connections have received. */
  async packets() {
    let sum = 0
    for (const connection of connections) {
      if (connection.connectionState === 'closed') continue
      for (const report of (await connection.getStats()).values())
        if (report.type === 'inbound-rtp') sum += report.packetsReceived
    }
    return sum
  },
  /** When (ms since the epoch) a connection made after the first `known` has decoded a picture; Infinity: in vain. */
  async pictureAfter(known: number, withinMs: number) {
    for (const until = performance.now() + withinMs; performance.now() < until; ) {
      for (const connection of connections.slice(known)) {
        if (connection.connectionState === 'closed') continue
        for (const report of (await connection.getStats()).values())
          if (report.type === 'inbound-rtp' && report.framesDecoded > 0) return Date.now()
      }
      await new Promise((resolve) => setTimeout(resolve, lookOftenMs))
    }
    return Number.POSITIVE_INFINITY
  },
  /** Into all of these at once, by one session, with sound alone. @returns when the last transport was connected. */
  async storm(ids: readonly string[], withinMs: number) {
    await visavis.opened
    const sound = await navigator.mediaDevices.getUserMedia({ audio: true })
    const known = connections.length
    const startedAt = performance.now()
    const entered = ids.map((id) => visavis.rooms.join(id, { stream: new MediaStream(sound.getTracks()) }))
    await Promise.all(entered.map(({ ready }) => ready))
    const until = startedAt + withinMs
    const through = () => connections.slice(known).filter(({ connectionState }) => connectionState === 'connected')
    while (through().length < ids.length && performance.now() < until)
      await new Promise((resolve) => setTimeout(resolve, lookOftenMs))
    const done = { joined: through().length, ms: performance.now() - startedAt }
    for (const one of entered) one.leave()
    return done
  },
  leave() {
    room?.leave()
    if (video !== null) video.srcObject = null
  },
}
Object.assign(globalThis, { canary })
