/** A test call with the service: which ways media can take, and how good the best of them is. */
import { Device, type types } from 'mediasoup-client'
import type { PathName, PathState } from '../src/protocol/check-rule.ts'
import { VisavisError } from '../src/protocol/errors.ts'
import type { ResultOf } from '../src/protocol/index.ts'
import { type CheckNetwork, type CheckProgress, type Counted, count, figuresOf } from './call-figures.ts'
import type { Connection } from './connection.ts'
import { makeNoise } from './noise.ts'

export interface TestCallOptions {
  readonly connection: Connection
  readonly onProgress: (progress: CheckProgress) => void
  readonly signal: AbortSignal | undefined
}

/** A way that is not open by then is not: TCP behind a slow proxy takes two or three seconds. */
const reachMs = 6_000
/** The line is given time to find its speed, then it is looked at for so long. */
const measuring = { settleMs: 2_500, forMs: 4_000 }
/** Enough to tell whether a way is open. */
const trickle = { width: 64, height: 36, framesPerSecond: 2 }
const stream = { width: 320, height: 180, framesPerSecond: 20 }
/** bits per second; what a talk sends at most is not much more (encodings.ts) */
const maxBitrate = 1_500_000
const startKbps = 900

type Started = ResultOf<'check.start'>

export async function makeTestCall({ connection, onProgress, signal }: TestCallOptions): Promise<CheckNetwork> {
  const device = await Device.factory().catch((cause: unknown) => {
    throw new VisavisError('UNSUPPORTED', 'this browser cannot take part in a webcam talk', { cause })
  })
  const started = await begin(connection, signal, onProgress)
  const call = new Call(connection, device, started)
  const stop = () => call.close()
  signal?.addEventListener('abort', stop)
  try {
    await device.load({ routerRtpCapabilities: started.rtpCapabilities })
    return await run(call, onProgress)
  } finally {
    signal?.removeEventListener('abort', stop)
    call.close()
    void connection.call('check.end', { call: started.call }).catch(() => {})
  }
}

/** While others test, one waits. */
async function begin(
  connection: Connection,
  signal: AbortSignal | undefined,
  onProgress: TestCallOptions['onProgress'],
): Promise<Started> {
  const deadline = performance.now() + 60_000
  for (;;) {
    signal?.throwIfAborted()
    try {
      return await connection.call('check.start', {})
    } catch (error) {
      if (!(error instanceof VisavisError) || error.code !== 'UNAVAILABLE' || performance.now() > deadline) throw error
      onProgress({ step: 'waiting', paths: untested })
      await wait(error.retryAfterMs ?? 3_000)
    }
  }
}

const untested: CheckNetwork['paths'] = { udp: 'untested', tcp: 'untested', relay: 'untested' }
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

async function run(call: Call, onProgress: TestCallOptions['onProgress']): Promise<CheckNetwork> {
  let paths = { ...untested }
  let step: CheckProgress['step'] = 'paths'
  const tell = () => onProgress({ step, paths })
  const tried = async (path: PathName): Promise<PathState> => {
    const state = await call.reach(path)
    paths = { ...paths, [path]: state }
    tell()
    return state
  }
  tell()
  const udp = tried('udp')
  const others = Promise.all([tried('tcp'), tried('relay')])
  // The best way is measured while the others are still being tried.
  if ((await udp) !== 'reached') await others
  const best = (['udp', 'tcp', 'relay'] as const).find((path) => paths[path] === 'reached')
  step = 'measuring'
  tell()
  const network = best === undefined ? undefined : await call.measure(best)
  await others
  return { paths, ...(network === undefined || best === undefined ? {} : { network: { path: best, ...network } }) }
}

class Call {
  readonly #connection: Connection
  readonly #device: Device
  readonly #started: Started
  readonly #transports = new Set<types.Transport>()
  #closed = false

  constructor(connection: Connection, device: Device, started: Started) {
    this.#connection = connection
    this.#device = device
    this.#started = started
  }

  /** Whether media gets to the service this way. */
  async reach(path: PathName): Promise<PathState> {
    if (path === 'relay' && !this.#started.iceServers.some(({ urls }) => urls.some((url) => /^turns?:/.test(url))))
      return 'not-offered'
    using noise = makeNoise(trickle)
    const transport = await this.#open(path, 'send')
    if (transport === undefined) return 'not-offered'
    const connected = reached(transport)
    try {
      // What is asked of the server may fail; a way on which nothing comes back is told by the clock.
      await transport.produce({ track: noise.track, stopTracks: false, encodings: [{ maxBitrate: 100_000 }] })
      return (await connected) ? 'reached' : 'blocked'
    } finally {
      this.#forget(transport)
    }
  }

  /** @returns undefined when nothing came back. */
  async measure(path: PathName) {
    using noise = makeNoise(stream)
    const [sending, receiving] = await Promise.all([this.#open(path, 'send'), this.#open(path, 'receive')])
    if (sending === undefined || receiving === undefined) return undefined
    const producer = await sending.produce({
      track: noise.track,
      stopTracks: false,
      encodings: [{ maxBitrate }],
      codecOptions: { videoGoogleStartBitrate: startKbps },
    })
    const { call } = this.#started
    const { id, rtpParameters } = await this.#connection.call('check.consume', {
      call,
      transport: receiving.id,
      producer: producer.id,
      rtpCapabilities: this.#device.recvRtpCapabilities,
    })
    await receiving.consume({ id, producerId: producer.id, kind: 'video', rtpParameters })
    if (!(await reached(receiving))) return undefined
    await wait(measuring.settleMs)
    const before = await counted(sending, receiving)
    await wait(measuring.forMs)
    return figuresOf(before, await counted(sending, receiving))
  }

  close(): void {
    this.#closed = true
    for (const transport of [...this.#transports]) this.#forget(transport)
  }

  /** @returns undefined when the service does not offer this way. */
  async #open(path: PathName, direction: 'send' | 'receive'): Promise<types.Transport | undefined> {
    const { call, iceServers } = this.#started
    const told = await this.#connection.call('check.openTransport', { call })
    // Candidates of another protocol are not tried if they are not known.
    const wanted = path === 'tcp' ? 'tcp' : 'udp'
    const iceCandidates = told.iceCandidates.filter(({ protocol }) => protocol === wanted)
    if (iceCandidates.length === 0) return undefined
    const relayed = { iceServers: iceServers as RTCIceServer[], iceTransportPolicy: 'relay' as const }
    const options = { ...told, iceCandidates, ...(path === 'relay' ? relayed : {}) }
    const transport =
      direction === 'send' ? this.#device.createSendTransport(options) : this.#device.createRecvTransport(options)
    this.#transports.add(transport)
    if (this.#closed) this.#forget(transport)
    transport.on('connect', ({ dtlsParameters }, done, failed) => {
      this.#connection
        .call('check.connectTransport', { call, transport: transport.id, dtlsParameters })
        .then(() => done(), failed)
    })
    transport.on('produce', ({ rtpParameters }, done, failed) => {
      this.#connection
        .call('check.produce', { call, transport: transport.id, rtpParameters })
        .then(({ producer }) => done({ id: producer }), failed)
    })
    return transport
  }

  #forget(transport: types.Transport): void {
    this.#transports.delete(transport)
    transport.close()
  }
}

/** Whether it is connected in time. */
function reached(transport: types.Transport): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), reachMs)
    const look = () => {
      const { connectionState } = transport
      if (connectionState !== 'connected' && connectionState !== 'failed' && connectionState !== 'closed') return
      clearTimeout(timer)
      resolve(connectionState === 'connected')
    }
    transport.on('connectionstatechange', look)
    look()
  })
}

async function counted(sending: types.Transport, receiving: types.Transport): Promise<Counted> {
  const [sent, received] = await Promise.all([sending.getStats(), receiving.getStats()])
  return count(performance.now(), reportsOf(sent), reportsOf(received))
}

/** Their fields differ by type, which the types of browsers leave open. */
const reportsOf = (stats: RTCStatsReport): { readonly type: string }[] => {
  const reports: { readonly type: string }[] = []
  stats.forEach((report: { readonly type: string }) => void reports.push(report))
  return reports
}
