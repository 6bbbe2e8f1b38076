/** Rooms of two synthetic participants each: filled, left to flow, and counted. */
import { setTimeout as delay } from 'node:timers/promises'
import type { types } from 'mediasoup'
import { until } from '../condition.ts'
import type { StreamCount } from '../packets.ts'
import { layerCount, packetRate } from './camera.ts'
import type { Participant, Streams } from './guest.ts'
import { type Source, soundRate } from './source.ts'

const pollMs = 50
/** A starved server may stand still for a while with packets waiting in its sockets. */
const stillMs = 2_000
/** Until layers are settled: what is missing of a layer that was changed never comes. */
const changingMs = 400
const burstSeconds = 1
/** After so long it is no matter of time. */
const settleMs = 60_000
/** The same for announcements. */
const announceMs = 30_000
/** Rooms that are filled at the same time. */
const lanes = 4

/** Two guests in each of so many rooms. */
export async function fill<P extends Participant>(
  name: string,
  rooms: number,
  prepare: () => Promise<P>,
): Promise<P[][]> {
  const filled: P[][] = []
  const numbers = Array.from({ length: rooms }, (_, n) => n).values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const n of numbers) {
        filled[n] = await openTalk(roomName(name, n), prepare)
      }
    }),
  )
  return filled
}

/** Two guests in one room, each receiving the other. @throws when one of them cannot come; then neither stays. */
export async function openTalk<P extends Participant>(room: string, prepare: () => Promise<P>): Promise<P[]> {
  const pair = await prepareTwo(prepare)
  try {
    for (const guest of pair) await guest.enter(room)
    const settled = () => Promise.all(pair.map((guest) => guest.settled))
    // Who was there first may not have been told yet of who came next.
    await until(async () => {
      await settled()
      return pair.every((guest) => pair.every((other) => other === guest || receives(guest, other)))
    }, announceMs)
    await settled()
    return pair
  } catch (error) {
    await sendAway(pair)
    throw error
  }
}

const receives = ({ arriving }: Streams, { leaving }: Streams): boolean =>
  [...leaving.keys()].every((producer) => arriving.has(producer))

/** @throws when one of them cannot be had; then the other has left. */
export async function prepareTwo<P extends Participant>(prepare: () => Promise<P>): Promise<[P, P]> {
  const [first, second] = await Promise.allSettled([prepare(), prepare()])
  if (first.status === 'fulfilled' && second.status === 'fulfilled') return [first.value, second.value]
  await sendAway([first, second].flatMap((one) => (one.status === 'fulfilled' ? [one.value] : [])))
  throw first.status === 'rejected' ? first.reason : second.status === 'rejected' ? second.reason : undefined
}

export const sendAway = (guests: readonly Participant[]): Promise<unknown> =>
  Promise.all(guests.map((guest) => guest.leave('politely').catch(() => {})))

export const roomName = (name: string, n: number): string => `synthetic-${name}-${n}`

/** Lets media flow, and waits until the last packet has arrived. @returns how many seconds it really flowed. */
export const flow = async (source: Source, seconds: number, guests: readonly Streams[]): Promise<number> =>
  (await countedFlow(source, seconds, guests)).seconds

/** The same, with every packet counted that was sent and received meanwhile. */
export async function countedFlow(source: Source, seconds: number, guests: readonly Streams[], lostAfterMs = stillMs) {
  const before = await quiet(guests)
  const startedAt = performance.now()
  source.start()
  await delay(seconds * 1_000)
  source.stop()
  const flowed = (performance.now() - startedAt) / 1_000
  return { seconds: flowed, streams: since(before, await arrived(guests, before, lostAfterMs)) }
}

/**
 * Lets media flow until everybody receives exactly the layer they asked for: a worker that is new to a stream sends what it has,
 * and changes to another layer once it knows how their clocks belong together (by RTCP, some seconds).
 */
export async function settle(source: Source, guests: readonly Streams[]): Promise<void> {
  for (const startedAt = performance.now(); performance.now() - startedAt < settleMs; ) {
    const { streams } = await countedFlow(source, burstSeconds, guests, changingMs)
    if (streams.every(({ sent, received }) => sent === received && sent > 0)) return
  }
}

/** Counts that are the same twice: nothing is on its way. */
async function quiet(guests: readonly Streams[]): Promise<StreamCount[]> {
  const sum = (streams: readonly StreamCount[]) => streams.reduce((all, one) => all + one.sent + one.received, 0)
  for (let before = await counts(guests); ; ) {
    await delay(pollMs)
    const now = await counts(guests)
    if (sum(before) === sum(now)) return now
    before = now
  }
}

/** Counts when all that was sent since has arrived; or when what is missing has not become less for so long that it is lost. */
async function arrived(
  guests: readonly Streams[],
  before: readonly StreamCount[],
  lostAfterMs: number,
): Promise<StreamCount[]> {
  let missing = Number.NaN
  for (let changedAt = performance.now(); ; ) {
    await delay(pollMs)
    const now = await quiet(guests)
    const left = since(before, now).reduce((all, { sent, received }) => all + Math.abs(sent - received), 0)
    if (left === 0 || (left === missing && performance.now() - changedAt > lostAfterMs)) return now
    if (left !== missing) changedAt = performance.now()
    missing = left
  }
}

/** Packets that everybody together is to receive in so many seconds. */
export const packetsDue = (guests: readonly Streams[], seconds: number): number =>
  guests
    .flatMap(({ arriving, layer }) =>
      [...arriving.values()].map(({ kind }) => (kind === 'audio' ? soundRate : packetRate(layer))),
    )
    .reduce((sum, rate) => sum + rate * seconds, 0)

/** Every stream from where it leaves to where it arrives; of a camera the layer that was asked for. */
export async function counts(guests: readonly Streams[]): Promise<StreamCount[]> {
  const leaving = new Map(guests.flatMap((guest) => [...guest.leaving]))
  return Promise.all(
    guests.flatMap(({ arriving, layer }) =>
      [...arriving].map(async ([id, producer]) => {
        const out = leaving.get(id)
        const { encodings = [] } = out?.rtpParameters ?? {}
        const ssrc = (encodings.length === layerCount ? encodings[layer] : encodings[0])?.ssrc
        const [left, came] = await Promise.all([
          tally(out?.getStats(), 'outbound-rtp', ssrc),
          tally(producer.getStats(), 'inbound-rtp'),
        ])
        return { stream: `${producer.kind} ${id}`, sent: left.packets, received: came.packets, bytes: came.bytes }
      }),
    ),
  )
}

type Statistics = readonly (types.ConsumerStat | types.ProducerStat)[]

/** @param of this stream alone. */
async function tally(statistics: Promise<Statistics> | undefined, type: string, of?: number) {
  const found = (await statistics)?.filter(({ type: is, ssrc }) => is === type && (of ?? ssrc) === ssrc) ?? []
  return {
    packets: found.reduce((sum, { packetCount }) => sum + packetCount, 0),
    bytes: found.reduce((sum, { byteCount }) => sum + byteCount, 0),
  }
}

export function since(before: readonly StreamCount[], after: readonly StreamCount[]): StreamCount[] {
  const earlier = new Map(before.map((count) => [count.stream, count]))
  return after.map(({ stream, sent, received, bytes }) => {
    const then = earlier.get(stream) ?? { sent: 0, received: 0, bytes: 0 }
    return { stream, sent: sent - then.sent, received: received - then.received, bytes: bytes - then.bytes }
  })
}
