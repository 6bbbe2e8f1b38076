import fc from 'fast-check'
import t from 'tap'
import { Admission, type Arrival, fullBucket, take } from '../../src/signaling/rate-limit.ts'

const rate = { perSecond: 10, burst: 20 }

t.test('a burst is let through, then as many as the rate gives', (t) => {
  let bucket = fullBucket(rate, 0)
  const at = (now: number, cost = 1) => {
    const taken = take(bucket, rate, cost, now)
    bucket = taken.bucket
    return taken.waitMs
  }
  for (let n = 0; n < 20; n += 1) t.equal(at(0), 0)
  t.equal(at(0), 100, 'the next token is there after 100 ms')
  t.ok(at(99) <= 2)
  t.equal(at(100), 0)
  t.equal(at(1_100, 10), 0)
  t.equal(at(1_100, 5), 500)
  t.equal(at(1_000_000, 1_000), 0, 'a cost above the burst can be paid by a full bucket')
  t.end()
})

t.test('whoever waits as long as told is let in, and never more than rate and burst allow', (t) => {
  const steps = fc.array(fc.record({ after: fc.nat(3_000), cost: fc.integer({ min: 0, max: 25 }) }), { maxLength: 60 })
  fc.assert(
    fc.property(steps, (all) => {
      let [bucket, now, spent] = [fullBucket(rate, 0), 0, 0]
      for (const { after, cost } of all) {
        now += after
        const first = take(bucket, rate, cost, now)
        bucket = first.bucket
        if (first.waitMs > 0) {
          now += first.waitMs
          const second = take(bucket, rate, cost, now)
          if (second.waitMs !== 0) return false
          bucket = second.bucket
        }
        spent += Math.min(cost, rate.burst)
        if (spent > rate.burst + (now * rate.perSecond) / 1_000 + 1e-6) return false
      }
      return true
    }),
  )
  t.end()
})

t.test('a clock that stands still or jumps back gives nothing away', (t) => {
  const empty = { tokens: 0, at: 1_000 }
  t.equal(take(empty, rate, 1, 1_000).waitMs, 100)
  t.equal(take(empty, rate, 1, 0).waitMs, 100)
  t.end()
})

const longest = { holdMs: 1_000, comeBackMs: 5_000 }
const told = (arrival: Arrival) => ('comeBackMs' in arrival ? [arrival.comeBackMs] : [])

t.test('a crowd is let in, kept waiting or given later places, and nobody waits longer than the bounds', (t) => {
  const admission = new Admission({ perSecond: 100, burst: 100 }, longest)
  const arrivals = Array.from({ length: 1_000 }, () => admission.ask(0))
  const held = arrivals.flatMap((arrival) => ('holdMs' in arrival ? [arrival.holdMs] : []))
  t.equal(held.filter((ms) => ms === 0).length, 100, 'the burst is in at once')
  t.equal(held.length, 200, 'and those of one second wait')
  t.same(
    held,
    held.toSorted((a, b) => a - b),
    'in the order of their arrival',
  )
  t.equal(Math.max(...held), longest.holdMs)
  const away = arrivals.flatMap(told)
  t.same(
    away,
    away.toSorted((a, b) => a - b),
  )
  t.ok(Math.min(...away) > longest.holdMs, 'nobody comes back before those who wait are in')
  t.equal(Math.max(...away), longest.comeBackMs)
  const inOneSecond = away.filter((ms) => ms > 2_000 && ms <= 3_000).length
  t.ok(inOneSecond <= 101, `${inOneSecond} are told to come within the same second`)
  t.end()
})

t.test('no more are let in than the rate allows, whoever waits and whoever comes back', (t) => {
  const admission = new Admission({ perSecond: 100, burst: 50 }, { ...longest, comeBackMs: 60_000 })
  let crowd = Array.from({ length: 500 }, () => 0)
  const inAt: number[] = []
  let rounds = 0
  for (let now = 0; crowd.length > 0 && now < 60_000; now += 1) {
    const due = crowd.filter((at) => at <= now)
    crowd = crowd.filter((at) => at > now)
    for (const _ of due) {
      rounds += 1
      const arrival = admission.ask(now)
      if ('holdMs' in arrival) inAt.push(now + arrival.holdMs)
      else crowd.push(now + arrival.comeBackMs)
    }
  }
  t.equal(inAt.length, 500, 'all are in')
  t.ok(rounds <= 500 * 2, `${rounds} attempts of 500`)
  for (let from = 0; from < 6_000; from += 100) {
    const many = inAt.filter((at) => at >= from && at < from + 1_000).length
    t.ok(many <= 151, `${many} are let in within the second after ${from}`)
  }
  t.end()
})
