import fc from 'fast-check'
import t from 'tap'
import { type ChannelRecord, judge, type Seen, sabotages, spoil } from '../../bench/delivery.ts'
import { packetFaults } from '../../bench/packets.ts'

/** Four messages after the offset 7, the advisor's first. */
const all: readonly Seen[] = [
  { offset: 8, from: 'advisor', number: 1 },
  { offset: 9, from: 'jobseeker', number: 1 },
  { offset: 10, from: 'jobseeker', number: 2 },
  { offset: 11, from: 'advisor', number: 2 },
]
const good: ChannelRecord = {
  channel: 'c',
  before: 7,
  sent: { jobseeker: 2, advisor: 2 },
  acknowledged: all,
  received: { jobseeker: all, advisor: all },
  stored: all,
}
const without = (place: number) => all.filter((_, n) => n !== place)

t.test('what arrived once and in order, and is stored where it was acknowledged, has no fault', async (t) => {
  t.strictSame(judge(good), { order: [], durability: [] })
  const { stored: _, ...peer } = good
  t.strictSame(judge(peer), { order: [], durability: [] }, 'a peer without history')
})

t.test('a message lost, doubled or swapped for one reader is found, wherever it is', async (t) => {
  fc.assert(
    fc.property(
      fc.constantFrom('jobseeker', 'advisor', 'history'),
      fc.constantFrom(...sabotages),
      fc.integer({ min: 0, max: all.length - 2 }),
      (reader, how, place) => {
        const spoilt = [...all.slice(0, place), ...spoil(all.slice(place), how)]
        const record =
          reader === 'history'
            ? { ...good, stored: spoilt }
            : { ...good, received: { ...good.received, [reader]: spoilt } }
        const { order } = judge(record)
        return order.length > 0 && order.every((fault) => fault.startsWith(`c, the ${reader}: `))
      },
    ),
  )
  t.pass()
})

t.test('the fault says which message and what is wrong with it', async (t) => {
  const advisor = (seen: readonly Seen[]) =>
    judge({ ...good, received: { jobseeker: all, advisor: seen } }).order.join('; ')
  t.match(advisor(without(1)), /offset 10 follows 8.*jobseeker 1 is lost/)
  t.match(advisor(without(3)), /^c, the advisor: advisor 2 is lost$/, 'the last one leaves no gap')
  t.match(advisor([...all, { offset: 12, from: 'advisor', number: 2 }]), /advisor 2 came twice/)
  t.match(advisor([...all, { offset: 12, from: 'advisor', number: 3 }]), /advisor 3 was never sent/)
  const swapped = all.map((seen) => (seen.from === 'jobseeker' ? { ...seen, number: 3 - seen.number } : seen))
  t.match(advisor(swapped), /jobseeker 1 came after jobseeker 2/, 'even when the offsets rise')
})

t.test('acknowledged and stored must be the same messages at the same places, not only as many', async (t) => {
  const stored = (seen: readonly Seen[]) => judge({ ...good, stored: seen }).durability
  t.match(stored(without(2)), [/jobseeker 2 was acknowledged at 10 and is not stored/])
  t.match(stored(all.map((seen, n) => (n === 3 ? { ...seen, offset: 12 } : seen))), [
    /acknowledged at 11 and is stored at 12/,
  ])
  t.match(judge({ ...good, acknowledged: without(0) }).durability, [/advisor 1 is stored, not acknowledged/])
})

t.test('a stream must carry packets, and deliver each', async (t) => {
  t.strictSame(packetFaults([{ stream: 'a', sent: 5, received: 5 }]), [])
  t.match(packetFaults([{ stream: 'a', sent: 5, received: 4 }]), [/5 packets sent, 4 received/])
  t.match(packetFaults([{ stream: 'a', sent: 5, received: 6 }]), [/5 packets sent, 6 received/])
  t.match(packetFaults([{ stream: 'a', sent: 0, received: 0 }]), [/nothing was sent/])
})
