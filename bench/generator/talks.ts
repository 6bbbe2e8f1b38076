/** Rooms of two synthetic participants each: filled, left to flow, and counted. */
import { setTimeout as delay } from 'node:timers/promises'
import type { types } from 'mediasoup'
import type { StreamCount } from '../packets.ts'
import type { Participant, Streams } from './guest.ts'
import type { Source } from './source.ts'

const pollMs = 50
/** A starved server may stand still for a while with packets waiting in its sockets. */
const stillMs = 2_000
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
    await Promise.all(pair.map(({ settled }) => settled))
    return pair
  } catch (error) {
    await sendAway(pair)
    throw error
  }
}

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
export async function flow(source: Source, seconds: number, guests: readonly Streams[]): Promise<number> {
  const startedAt = performance.now()
  source.start()
  await delay(seconds * 1_000)
  source.stop()
  const flowed = (performance.now() - startedAt) / 1_000
  await drained(guests)
  return flowed
}

/** Until all that was sent has arrived, or nothing has moved for so long that what is missing is lost. */
export async function drained(guests: readonly Streams[]): Promise<void> {
  let movedAt = performance.now()
  for (let last = -1; performance.now() - movedAt < stillMs; await delay(pollMs)) {
    const streams = await counts(guests)
    const now = streams.reduce((sum, { sent, received }) => sum + sent + received, 0)
    // Twice the same: the source's last packets may not have reached the worker at the first look.
    if (now === last && streams.every(({ sent, received }) => sent === received)) return
    if (now !== last) movedAt = performance.now()
    last = now
  }
}

/** Every stream from where it leaves to where it arrives. */
export async function counts(guests: readonly Streams[]): Promise<StreamCount[]> {
  const leaving = new Map(guests.flatMap((guest) => [...guest.leaving]))
  return Promise.all(
    guests.flatMap(({ arriving }) =>
      [...arriving].map(async ([id, producer]) => {
        const [sent, received] = await Promise.all([
          packets(leaving.get(id)?.getStats(), 'outbound-rtp'),
          packets(producer.getStats(), 'inbound-rtp'),
        ])
        return { stream: `${producer.kind} ${id}`, sent, received }
      }),
    ),
  )
}

type Statistics = readonly (types.ConsumerStat | types.ProducerStat)[]

async function packets(statistics: Promise<Statistics> | undefined, type: string): Promise<number> {
  const found = (await statistics)?.filter((entry) => entry.type === type) ?? []
  return found.reduce((sum, { packetCount }) => sum + packetCount, 0)
}

export function since(before: readonly StreamCount[], after: readonly StreamCount[]): StreamCount[] {
  const earlier = new Map(before.map((count) => [count.stream, count]))
  return after.map(({ stream, sent, received }) => {
    const { sent: sentThen = 0, received: receivedThen = 0 } = earlier.get(stream) ?? {}
    return { stream, sent: sent - sentThen, received: received - receivedThen }
  })
}
