/** What this browser can send and receive in rooms of one kind: found out once, and good for every join after. */
import { Device } from 'mediasoup-client'
import { VisavisError } from '../src/protocol/errors.ts'
import type { ResultOf } from '../src/protocol/index.ts'

type RtpCapabilities = ResultOf<'room.join'>['rtpCapabilities']

export interface KnownDevice {
  readonly device: Device
  /** Of the routers it can talk to, as JSON. */
  readonly routers: string
}

/**
 * To find out, the browser has to make two peer connections and close them again, which a join after a lost worker need
 * not wait for: routers of one service are all alike.
 * @throws VisavisError UNSUPPORTED when this browser has no WebRTC that mediasoup knows.
 */
export async function deviceFor(rtpCapabilities: RtpCapabilities, known?: KnownDevice): Promise<KnownDevice> {
  const routers = JSON.stringify(rtpCapabilities)
  if (known?.routers === routers) return known
  const device = await Device.factory().catch((cause: unknown) => {
    throw new VisavisError('UNSUPPORTED', 'this browser cannot take part in a webcam talk', { cause })
  })
  await device.load({ routerRtpCapabilities: rtpCapabilities })
  return { device, routers }
}
