import fc from 'fast-check'
import t from 'tap'
import { type Cover, isActive } from '../../src/enrolment/cover.ts'
import { turnOf } from '../../src/enrolment/cover-turn.ts'

const cover = (part: Partial<Cover> = {}): Cover => ({
  ...{ id: 'c', region: 'r', advisor: 'anne', cover: 'bruno', from: 10, until: 20 },
  ...part,
})

t.test('a cover is told of when it begins and when it ends', async (t) => {
  t.same(turnOf(cover(), [], 9), { is: undefined, at: 10 })
  t.same(turnOf(cover(), [], 10), { is: 'started', at: 20 })
  t.same(turnOf(cover(), [], 20), { is: 'ended', at: undefined })
  t.same(turnOf(cover({ endedAt: 15 }), [], 15), { is: 'ended', at: undefined })
  t.same(turnOf(cover({ endedAt: 5 }), [], 15), { is: undefined, at: undefined }, 'it never was')
  const other = cover({ id: 'd', from: 15, until: 30 })
  t.same(turnOf(cover(), [other], 20), { is: undefined, at: undefined }, 'the same colleague goes on')
  t.same(turnOf(cover(), [{ ...other, cover: 'carl' }], 20).is, 'ended')
})

t.test('what is told is so, and the next look is at the next turn', async () => {
  const moment = fc.nat(50)
  fc.assert(
    fc.property(moment, moment, fc.option(moment, { nil: undefined }), moment, (from, until, endedAt, now) => {
      const one = cover({ from, until, ...(endedAt === undefined ? {} : { endedAt }) })
      const { is, at } = turnOf(one, [], now)
      if ((is === 'started') !== isActive(one, now))
        throw new Error('it is told of as active when it is not, or not when it is')
      if (at === undefined) return
      if (at <= now) throw new Error('the next turn is over')
      for (let n = now; n < at; n += 1) if (turnOf(one, [], n).is !== is) throw new Error('a turn is missed')
    }),
    { numRuns: 2_000 },
  )
})
