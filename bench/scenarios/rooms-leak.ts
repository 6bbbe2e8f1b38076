/** Question: do a thousand joins leave anything behind, on the node or on its worker? */
import { roomsAreEmpty } from '../empty-rooms.ts'
import { metric, type Result } from '../scenario.ts'
import { openSocket, type Socket } from '../socket.ts'
import { residentBytes } from '../usage.ts'
import type { VisavisServer } from '../visavis.ts'

const people = 2
/** Allocators keep what they had once: memory is looked at from here on. */
const warmUp = 0.25
/** One transport that was left behind in each talk would be some 30 KiB each time, 11 MiB in a full run. */
const mostGrownBytes = 4 * 1024 * 1024

const microphone = (ssrc: number) => ({
  codecs: [{ mimeType: 'audio/opus', payloadType: 100, clockRate: 48_000, channels: 2 }],
  encodings: [{ ssrc }],
})

/** @param token of an operator. @param joins in all, two to a room at a time, each with both transports, a track and a consumer. */
export async function measureLeaks(visavis: VisavisServer, token: string, joins: number): Promise<Result> {
  const { workers = [] } = visavis.parts
  const sockets = await Promise.all(Array.from({ length: people }, () => openSocket(visavis.url, token)))
  const talks = Math.ceil(joins / people)
  const resident = async () => (await residentBytes({ workers })).workers ?? 0
  let before = await resident()
  for (let n = 0; n < talks; n += 1) {
    if (n === Math.floor(talks * warmUp)) before = await resident()
    await talk(sockets, `synthetic-leak-${n % 5}`)
  }
  const grown = (await resident()) - before
  const empty = await roomsAreEmpty(visavis.url)
  await Promise.all(sockets.map((socket) => socket.close()))
  return {
    metrics: { worker_grown_kb: metric([Math.round(grown / 1_024)], 'KiB', 'lower') },
    ratios: {},
    checks: { [`no_leak_after_${talks * people}_joins`]: empty && grown <= mostGrownBytes },
    notes: [],
  }
}

async function talk(sockets: readonly Socket[], room: string): Promise<void> {
  const produced: string[] = []
  let rtpCapabilities: unknown
  for (const [n, socket] of sockets.entries()) {
    const call = <R>(method: string, params: object = {}) => socket.call(method, { room, ...params }) as Promise<R>
    const joined = await call<{ rtpCapabilities: unknown }>('room.join')
    rtpCapabilities = joined.rtpCapabilities
    const [{ id: transport }] = await Promise.all([
      call<{ id: string }>('room.openSyntheticTransport', { direction: 'send' }),
      call('room.openSyntheticTransport', { direction: 'receive' }),
    ])
    const track = { transport, kind: 'audio', source: 'microphone', rtpParameters: microphone(1_000 + n) }
    for (const producer of produced) await call('room.consume', { producer, rtpCapabilities })
    produced.push((await call<{ producer: string }>('room.produce', track)).producer)
  }
  await Promise.all(sockets.map((socket) => socket.call('room.leave', { room })))
}
