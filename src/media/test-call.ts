/** A test call of one person with the service itself: what is sent into it comes back, through a worker like in any room. */
import { randomUUID } from 'node:crypto'
import type { types } from 'mediasoup'
import { type ParamsOf, type ResultOf, VisavisError } from '../protocol/index.ts'
import { ask, gone } from './failures.ts'
import { checkDtlsParameters, checkRtpCapabilities, checkRtpParameters } from './parameters.ts'
import type { MediaWorker } from './worker.ts'

export interface TestCallOptions {
  readonly worker: MediaWorker
  readonly router: types.Router
  /** The session it is of. */
  readonly session: string
  readonly person: string
  /** When it ends by itself, in ms from now. */
  readonly longestMs: number
  readonly onClosed: () => void
}

/** One for each way that is tried, one for the echo, and each once more after a refusal. */
const mostTransports = 8
/** Bits per second. Enough to tell a good line from a poor one, and little beside the rooms of a worker. */
const maxBitrate = 2_000_000

export class TestCall {
  readonly id = randomUUID()
  readonly session: string
  readonly person: string
  readonly #options: TestCallOptions
  readonly #transports = new Map<string, types.WebRtcTransport>()
  readonly #producers = new Map<string, types.Producer>()
  readonly #timer: NodeJS.Timeout
  #opened = 0
  #consumed = false
  #closed = false

  constructor(options: TestCallOptions) {
    this.#options = options
    this.session = options.session
    this.person = options.person
    this.#timer = setTimeout(() => this.close(), options.longestMs)
    // Also when its worker dies.
    options.router.observer.once('close', () => this.close())
  }

  get rtpCapabilities(): ResultOf<'check.start'>['rtpCapabilities'] {
    return this.#options.router.rtpCapabilities as ResultOf<'check.start'>['rtpCapabilities']
  }

  /** @throws VisavisError GONE when it has ended; CONFLICT beyond what a test call needs. */
  async openTransport(): Promise<ResultOf<'check.openTransport'>> {
    const { router, worker } = this.#options
    if (this.#opened >= mostTransports) throw new VisavisError('CONFLICT', 'a test call needs no more transports')
    this.#opened += 1
    const transport = await ask(
      () =>
        router.createWebRtcTransport({
          ...worker.webRtcWays,
          initialAvailableOutgoingBitrate: maxBitrate,
        }),
      'UNAVAILABLE',
    )
    if (!this.#closed) await ask(() => transport.setMaxIncomingBitrate(maxBitrate), 'UNAVAILABLE')
    if (this.#closed || transport.closed) {
      transport.close()
      throw gone('the test call has ended')
    }
    this.#transports.set(transport.id, transport)
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport
    return { id, iceParameters, iceCandidates, dtlsParameters }
  }

  async connectTransport(id: string, dtlsParameters: unknown): Promise<void> {
    const transport = this.#transport(id)
    const checked = checkDtlsParameters(dtlsParameters)
    await ask(() => transport.connect({ dtlsParameters: checked }), 'CONFLICT')
  }

  /** @throws VisavisError CONFLICT for a second one on a transport. */
  async produce({ transport: id, rtpParameters }: Omit<ParamsOf<'check.produce'>, 'call'>): Promise<string> {
    const transport = this.#transport(id)
    const checked = checkRtpParameters(rtpParameters)
    if (!checked.codecs.every(({ mimeType }) => mimeType.startsWith('video/')))
      throw new VisavisError('BAD_REQUEST', 'a test call carries video')
    if (this.#producers.has(id)) throw new VisavisError('CONFLICT', 'this transport sends already')
    const producer = await ask(() => transport.produce({ kind: 'video', rtpParameters: checked }), 'CONFLICT')
    if (this.#closed || producer.closed || this.#producers.has(id)) {
      producer.close()
      throw gone('the test call has ended')
    }
    this.#producers.set(id, producer)
    return producer.id
  }

  /** The echo, of one thing sent: nobody can make a worker send more than it gets. @throws VisavisError CONFLICT for a second. */
  async consume(asked: Omit<ParamsOf<'check.consume'>, 'call'>): Promise<ResultOf<'check.consume'>> {
    const transport = this.#transport(asked.transport)
    const producer = [...this.#producers.values()].find(({ id }) => id === asked.producer)
    if (producer === undefined) throw gone('that is not sent in this test call')
    const rtpCapabilities = checkRtpCapabilities(asked.rtpCapabilities)
    if (this.#consumed) throw new VisavisError('CONFLICT', 'a test call has one echo')
    this.#consumed = true
    try {
      const consumer = await ask(() => transport.consume({ producerId: producer.id, rtpCapabilities }), 'CONFLICT')
      const rtpParameters = consumer.rtpParameters as ResultOf<'check.consume'>['rtpParameters']
      return { id: consumer.id, rtpParameters }
    } catch (error) {
      this.#consumed = false
      throw error
    }
  }

  /** Calling it twice is harmless. */
  close(): void {
    if (this.#closed) return
    this.#closed = true
    clearTimeout(this.#timer)
    this.#options.router.close()
    this.#options.onClosed()
  }

  /** @throws VisavisError GONE. */
  #transport(id: string): types.WebRtcTransport {
    const transport = this.#transports.get(id)
    if (transport === undefined || transport.closed) throw gone('that transport has ended, or is not of this test call')
    return transport
  }
}
