/** What this browser can send and receive in rooms of one kind: found out once, and good for every join after. */
import { Device, detectDeviceAsync, type types } from 'mediasoup-client'
import { Chrome74 } from 'mediasoup-client/handlers/Chrome74'
import { Chrome111 } from 'mediasoup-client/handlers/Chrome111'
import { Firefox120 } from 'mediasoup-client/handlers/Firefox120'
import { Safari12 } from 'mediasoup-client/handlers/Safari12'
import { VisavisError } from '../src/protocol/errors.ts'
import type { ResultOf } from '../src/protocol/index.ts'
import { probingAtOnce } from './probation.ts'

type RtpCapabilities = ResultOf<'room.join'>['rtpCapabilities']
type Direction = Parameters<types.HandlerFactory['getNativeRtpCapabilities']>[0]['direction']

export interface KnownDevice {
  readonly device: Device
  /** Of the routers it can talk to, as JSON. */
  readonly routers: string
}

const handlers = { Chrome111, Chrome74, Firefox120, Safari12 }
/** Of this browser, as long as the page lives. */
let browser: Promise<types.HandlerFactory> | undefined
/** What it can receive; undefined until that is found out. */
let receivable: types.RtpCapabilities | undefined

/**
 * Begins to find out what this browser can do, whatever the routers are: it has to make two peer connections for that and close
 * them again, while a camera opens, or a server its side of a join, and no other join of the page has to wait for it.
 */
export function exploreBrowser(): void {
  void handlerOfBrowser()
    .then((handler) => explored.map((direction) => handler.getNativeRtpCapabilities({ direction })))
    .then((found) => Promise.all(found))
    .then(([received]) => {
      receivable = received === undefined ? undefined : spokenOf(received)
    })
    // Whoever needs it is told.
    .catch(() => {})
}

/** What this browser can receive, as it says itself: good for a router that is not known yet. Undefined until it is explored. */
export const knownReceivable = (): types.RtpCapabilities | undefined => receivable

/**
 * Routers of one service are all alike: a join after a lost worker takes the device of the one before.
 * @throws VisavisError UNSUPPORTED when this browser has no WebRTC that mediasoup knows.
 */
export async function deviceFor(rtpCapabilities: RtpCapabilities, known?: KnownDevice): Promise<KnownDevice> {
  const routers = JSON.stringify(rtpCapabilities)
  if (known?.routers === routers) return known
  const handlerFactory = await handlerOfBrowser().catch((cause: unknown) => {
    throw new VisavisError('UNSUPPORTED', 'this browser cannot take part in a webcam talk', { cause })
  })
  const device = new Device({ handlerFactory })
  await device.load({ routerRtpCapabilities: rtpCapabilities })
  return { device, routers }
}

const explored: readonly Direction[] = ['recvonly', 'sendonly']

/** Codecs of rooms: browsers list dozens, and each is sent with the join. What is missing here is asked for after it. */
const spoken: readonly string[] = ['audio/opus', 'video/vp8', 'video/h264', 'video/rtx']

/** Of the codec that repairs the others one is enough: for a router it is always the same. */
function spokenOf({ codecs = [], headerExtensions = [] }: types.RtpCapabilities): types.RtpCapabilities {
  const named = codecs.map((codec) => ({ codec, name: codec.mimeType.toLowerCase() }))
  const repairs = named.find(({ name }) => name === 'video/rtx')
  const kept = named.filter((one) => spoken.includes(one.name) && (one.name !== 'video/rtx' || one === repairs))
  return { codecs: kept.map(({ codec }) => codec), headerExtensions }
}

function handlerOfBrowser(): Promise<types.HandlerFactory> {
  browser ??= detectDeviceAsync().then((name) => {
    const handler = Object.entries(handlers).find(([each]) => each === name)?.[1]
    if (handler === undefined) throw new Error('mediasoup does not know this browser')
    return remembering(handler.createFactory({}))
  })
  return browser
}

/** Asks the browser once for each direction, and again only after a failure. */
function remembering(handler: types.HandlerFactory): types.HandlerFactory {
  const found = new Map<Direction, Promise<types.RtpCapabilities>>()
  return {
    ...handler,
    factory: (options) => probingAtOnce(handler.factory(options)),
    getNativeRtpCapabilities({ direction }) {
      const asked = found.get(direction) ?? handler.getNativeRtpCapabilities({ direction })
      found.set(direction, asked)
      asked.catch(() => found.delete(direction))
      return asked
    },
  }
}
