import fc from 'fast-check'
import t from 'tap'
import { type Cover, checkCover, endOfRun, isActive, maxCoverMs, nextChange } from '../../src/enrolment/cover.ts'

const cover: Cover = { id: 'c', region: 'r', advisor: 'anne', cover: 'bruno', from: 10, until: 20 }

t.test('a cover is active from its first moment until before its last, or until it is taken back', async (t) => {
  t.same(
    [9, 10, 19, 20].map((now) => isActive(cover, now)),
    [false, true, true, false],
  )
  t.same(
    [14, 15].map((now) => isActive({ ...cover, endedAt: 15 }, now)),
    [true, false],
  )
  t.same(
    [9, 10].map((now) => isActive({ ...cover, endedAt: 5 }, now)),
    [false, false],
  )
})

t.test('between two changes nothing changes, and at each something does', async (t) => {
  const period = fc.record({
    from: fc.nat(30),
    until: fc.nat(30),
    endedAt: fc.option(fc.nat(30), { nil: undefined }),
  }) as fc.Arbitrary<Cover>
  fc.assert(
    fc.property(fc.array(period, { maxLength: 5 }), fc.nat(30), (covers, now) => {
      const at = (moment: number) => covers.map((one) => isActive(one, moment)).join()
      const next = nextChange(covers, now) ?? 40
      for (let moment = now; moment < next; moment++) if (at(moment) !== at(now)) return false
      return next === 40 || at(next) !== at(next - 1)
    }),
    { numRuns: 2_000 },
  )
  t.pass()
})

t.test('a cover is of another person, ends after it begins, and is bounded', async (t) => {
  checkCover(cover)
  checkCover({ ...cover, from: 0, until: maxCoverMs })
  const bad: [Partial<Cover>, string][] = [
    [{ cover: 'anne' }, '/cover'],
    [{ until: 10 }, '/until'],
    [{ until: 9 }, '/until'],
    [{ from: 0, until: maxCoverMs + 1 }, '/until'],
  ]
  for (const [change, path] of bad) {
    t.throws(() => checkCover({ ...cover, ...change }), { code: 'BAD_REQUEST', details: { path } })
  }
})

t.test('covers that adjoin are one: who stands in does so without a break', async (t) => {
  t.equal(
    endOfRun(
      [
        { from: 0, until: 10 },
        { from: 10, until: 20 },
      ],
      5,
    ),
    20,
  )
  t.equal(
    endOfRun(
      [
        { from: 15, until: 30 },
        { from: 0, until: 10 },
        { from: 8, until: 20 },
      ],
      5,
    ),
    30,
  )
  t.equal(
    endOfRun(
      [
        { from: 0, until: 10 },
        { from: 11, until: 20 },
      ],
      5,
    ),
    10,
  )
  t.equal(
    endOfRun(
      [
        { from: 0, until: 10, endedAt: 7 },
        { from: 10, until: 20 },
      ],
      5,
    ),
    7,
  )
})
