/** The transports of one participant: at most one to send with and one to receive with. */
import { isIP } from 'node:net'
import type { types } from 'mediasoup'
import type { ParamsOf, ResultOf } from '../protocol/index.ts'
import { VisavisError } from '../protocol/index.ts'
import { ask, gone } from './failures.ts'
import { checkDtlsParameters, checkSrtpParameters, srtpCryptoSuite } from './parameters.ts'
import type { MediaWorker } from './worker.ts'

export type Direction = ParamsOf<'room.openTransport'>['direction']
export type Transport = types.WebRtcTransport | types.PlainTransport

/** Where a synthetic participant's packets go, and the key they are sent with. */
export type SyntheticPeer = Omit<ParamsOf<'room.connectSyntheticTransport'>, 'room' | 'transport'>

/**
 * Bits per second a browser is told it may send: the three encodings the SDK asks for (2.15 Mbit/s in all), Opus, and
 * some for retransmissions. Without a limit browsers probe upwards and crowd out the rest of a poor line.
 */
const maxIncomingBitrate = 2_500_000
/** What a screen takes beside it: one encoding, sharp rather than smooth (client/encodings.ts). */
const screenBitrate = 2_000_000
/** Bits per second assumed for a receiver before its bandwidth is known: enough for one camera in full at once. */
const initialAvailableOutgoingBitrate = 1_000_000

export interface TransportsOptions {
  readonly router: types.Router
  readonly worker: MediaWorker
  /** After so long without a check by the browser (it makes one every 2.5 s) a transport counts as lost, in ms. */
  readonly consentMs: number
  /** The last transport that was connected is so no more. */
  readonly onLost: () => void
}

/**
 * A transport that is never connected is not closed by a timer: a browser connects its sending transport only once the
 * person has granted the camera, which may take minutes, and an idle one is bounded in number (two) and in life (the
 * session's). Lost connectivity does not close it either, since an ICE restart revives it. Failed DTLS does: nothing
 * revives that.
 */
export class Transports {
  readonly #options: TransportsOptions
  readonly #open = new Map<Direction, Transport>()
  /** Those that were given their peer's parameters. */
  readonly #connected = new WeakSet<Transport>()
  /** Those that a browser reaches. */
  readonly #reached = new Set<Transport>()
  #closed = false

  constructor(options: TransportsOptions) {
    this.#options = options
  }

  get size(): number {
    return this.#open.size
  }

  /** Whether a browser reaches at least one. Of synthetic participants nobody knows. */
  get flowing(): boolean {
    return this.#reached.size > 0
  }

  /** @throws VisavisError GONE when none is open for this direction. */
  get(direction: Direction): Transport {
    const transport = this.#open.get(direction)
    if (transport === undefined) throw gone(`no transport is open to ${direction}`)
    return transport
  }

  /** @throws VisavisError GONE when this participant has no such transport. */
  byId(id: string): Transport {
    for (const transport of this.#open.values()) if (transport.id === id) return transport
    throw gone('that transport has ended, or is not yours')
  }

  /** The one for this direction, if it is open. */
  find(direction: Direction): Transport | undefined {
    return this.#open.get(direction)
  }

  /** A screen is sent beside the camera, or no more. A transport that has ended needs nothing. */
  async allowScreen(sharing: boolean): Promise<void> {
    const transport = this.#open.get('send')
    if (transport?.type !== 'webrtc' || transport.closed) return
    const bitrate = maxIncomingBitrate + (sharing ? screenBitrate : 0)
    await ask(() => transport.setMaxIncomingBitrate(bitrate), 'UNAVAILABLE')
  }

  async openWebRtc(direction: Direction): Promise<ResultOf<'room.openTransport'>> {
    const { router, worker, consentMs } = this.#options
    const transport = await ask(
      () =>
        router.createWebRtcTransport({
          ...worker.webRtcWays,
          initialAvailableOutgoingBitrate,
          iceConsentTimeout: Math.ceil(consentMs / 1_000),
        }),
      'UNAVAILABLE',
    )
    this.#keep(direction, transport)
    transport.on('dtlsstatechange', (state) => {
      if (state === 'failed' || state === 'closed') transport.close()
    })
    transport.on('icestatechange', (state) => this.#reach(transport, state === 'connected' || state === 'completed'))
    if (direction === 'send') {
      await ask(() => transport.setMaxIncomingBitrate(maxIncomingBitrate), 'UNAVAILABLE')
      if (transport.closed) throw gone('the participant left, or opened another transport')
    }
    const { id, iceParameters, iceCandidates, dtlsParameters } = transport
    return { id, iceParameters, iceCandidates, dtlsParameters }
  }

  async connectWebRtc(id: string, dtlsParameters: unknown): Promise<void> {
    const transport = this.byId(id)
    if (transport.type !== 'webrtc') throw new VisavisError('BAD_REQUEST', 'this is not a WebRTC transport')
    const checked = checkDtlsParameters(dtlsParameters)
    await this.#connectOnce(transport, () => transport.connect({ dtlsParameters: checked }))
  }

  async restartIce(id: string): Promise<types.IceParameters> {
    const transport = this.byId(id)
    if (transport.type !== 'webrtc') throw new VisavisError('BAD_REQUEST', 'this is not a WebRTC transport')
    const iceParameters = await ask(() => transport.restartIce(), 'UNAVAILABLE')
    if (transport.closed) throw gone('the transport has ended')
    return iceParameters
  }

  async openSynthetic(direction: Direction): Promise<ResultOf<'room.openSyntheticTransport'>> {
    const { router, worker } = this.#options
    const transport = await ask(
      () =>
        router.createPlainTransport({
          listenInfo: worker.plainListenInfo,
          rtcpMux: true,
          comedia: false,
          enableSctp: false,
          enableSrtp: true,
          srtpCryptoSuite,
        }),
      'UNAVAILABLE',
    )
    this.#keep(direction, transport)
    const { id, tuple, srtpParameters } = transport
    if (srtpParameters === undefined) throw new Error('a transport with SRTP on has no SRTP parameters')
    return { id, ip: tuple.localAddress, port: tuple.localPort, srtpParameters }
  }

  /** @param address of the connection that asks, see `mayTarget`. */
  async connectSynthetic(id: string, { ip, port, srtpParameters }: SyntheticPeer, address?: string): Promise<void> {
    const transport = this.byId(id)
    if (transport.type !== 'plain') throw new VisavisError('BAD_REQUEST', 'this is not a synthetic transport')
    if (!mayTarget(ip, address))
      throw new VisavisError('FORBIDDEN', 'synthetic media goes to the address it is asked from, and nowhere else')
    const checked = checkSrtpParameters(srtpParameters)
    await this.#connectOnce(transport, () => transport.connect({ ip, port, srtpParameters: checked }))
  }

  close(): void {
    if (this.#closed) return
    this.#closed = true
    for (const transport of [...this.#open.values()]) transport.close()
  }

  /** Keeps a new transport in place of an earlier one, unless its participant left while it was being made. */
  #keep(direction: Direction, transport: Transport): void {
    if (this.#closed || transport.closed) {
      transport.close()
      throw gone('the participant has left')
    }
    const earlier = this.#open.get(direction)
    this.#open.set(direction, transport)
    earlier?.close()
    const forget = () => {
      if (this.#open.get(direction) === transport) this.#open.delete(direction)
      this.#reach(transport, false)
    }
    if (transport.type === 'webrtc') transport.observer.once('close', forget)
    else transport.observer.once('close', forget)
  }

  #reach(transport: Transport, reached: boolean): void {
    if (reached) this.#reached.add(transport)
    else if (this.#reached.delete(transport) && this.#reached.size === 0 && !this.#closed) this.#options.onLost()
  }

  /** Parameters that are refused may be corrected and given again; ones that were accepted may not be changed. */
  async #connectOnce(transport: Transport, connect: () => Promise<void>): Promise<void> {
    if (this.#connected.has(transport)) throw new VisavisError('CONFLICT', 'this transport is connected already')
    this.#connected.add(transport)
    try {
      await ask(connect, 'CONFLICT')
    } catch (error) {
      this.#connected.delete(transport)
      throw error
    }
    if (transport.closed) throw gone('the transport has ended')
  }
}

/**
 * An operator's grant must not become a way to fire packets at anybody: synthetic media may only go back to the
 * address the operator's own connection comes from. Without one (a caller in this process) that is loopback.
 */
export function mayTarget(ip: string, address: string | undefined): boolean {
  const target = plainIp(ip)
  const caller = address === undefined ? undefined : plainIp(address)
  if (isIP(target) === 0) return false
  if (caller === undefined || isLoopback(caller)) return isLoopback(target)
  return target === caller
}

/** An IPv4 address that arrived on an IPv6 socket, as IPv4. */
const plainIp = (ip: string): string => (ip.startsWith('::ffff:') ? ip.slice('::ffff:'.length) : ip)
const isLoopback = (ip: string): boolean => ip === '::1' || (isIP(ip) === 4 && ip.startsWith('127.'))
