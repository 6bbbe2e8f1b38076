import fc from 'fast-check'
import t from 'tap'
import { unreadBy } from '../../src/chat/unread-by.ts'
import type { Message } from '../../src/protocol/index.ts'
import { type Member, planOf } from '../../src/reminders/plan.ts'

const minute = 60_000
const member = (part: Partial<Member> = {}): Member => ({
  ...{ person: 'j', unread: { first: 3, at: 0 }, present: false, delayMs: 15 * minute },
  ...part,
})
const plan = (now: number, part: Partial<Member> = {}, reminded: readonly [string, string][] = []) => {
  const { remind, withdraw, lookAt } = planOf({ channel: 'j', lastAt: 0 }, [member(part)], new Map(reminded), now)
  return { remind: [...remind], withdraw: [...withdraw], lookAt }
}

t.test('whoever is not there is written to after the delay, once', async (t) => {
  t.same(plan(minute), { remind: [], withdraw: [], lookAt: 15 * minute })
  const remind: [string, string][] = [['j', 'unread/j/3-0/j']]
  t.same(plan(15 * minute), { remind, withdraw: [], lookAt: undefined })
  t.same(plan(20 * minute, {}, remind), { remind: [], withdraw: [], lookAt: undefined })
  t.same(plan(20 * minute, { present: true }), { remind: [], withdraw: [], lookAt: 21 * minute })
  t.same(plan(20 * minute, { unread: undefined }, remind), { remind: [], withdraw: remind, lookAt: undefined })
  t.match(plan(20 * minute, { unread: { first: 4, at: 2 } }, remind), {
    remind: [['j', 'unread/j/4-2/j']],
    withdraw: remind,
  })
  t.same(planOf({ channel: 'j', lastAt: 0 }, [], new Map(remind), 1).withdraw, new Map(remind), 'no member any more')
})

t.test(
  'the look that an advisor waits for does not delay the mail to a jobseeker who is written to meanwhile',
  async (t) => {
    const advisor = { person: 'anne', unread: { first: 2, at: 0 }, present: false, delayMs: 60 * minute }
    const members = [member({ unread: undefined }), advisor]
    const { lookAt } = planOf({ channel: 'j', lastAt: 0 }, members, new Map(), 15 * minute)
    t.equal(lookAt, 30 * minute)
    const { lookAt: next } = planOf(
      { channel: 'j', lastAt: 0 },
      [member({ unread: undefined })],
      new Map(),
      15 * minute,
    )
    t.equal(next, undefined, 'a talk that is over, with everything read, is looked at no longer')
  },
)

t.test('nobody is written to early, twice, while they are there, or about what they have read', async () => {
  const one = fc.record({
    person: fc.constantFrom('j', 'anne', 'bruno'),
    unread: fc.option(fc.record({ first: fc.integer({ min: 1, max: 4 }), at: fc.nat(100) }), { nil: undefined }),
    present: fc.boolean(),
    delayMs: fc.integer({ min: 1, max: 100 }),
  })
  const members = fc.uniqueArray(one, { selector: ({ person }) => person })
  fc.assert(
    fc.property(members, members, fc.nat(300), fc.nat(300), fc.nat(100), (all, before, earlier, later, lastAt) => {
      const channel = { channel: 'j', lastAt }
      const reminded = planOf(channel, before, new Map(), earlier).remind
      const now = earlier + later
      const { remind, withdraw, lookAt } = planOf(channel, all, reminded, now)
      if (lookAt !== undefined && lookAt <= now) throw new Error('the next look is not later')
      // While it is looked at, what is written meanwhile moves no look.
      const soonest = now + Math.min(...all.map(({ delayMs }) => delayMs))
      if (lookAt !== undefined && lookAt > soonest) throw new Error('late for what is written next')
      for (const [person, key] of remind) {
        const found = all.find((member) => member.person === person)
        if (found?.unread === undefined || found.present) throw new Error('written to for nothing')
        if (found.unread.at + found.delayMs > now) throw new Error('too early')
        if (reminded.get(person) === key) throw new Error('twice')
      }
      for (const { person, unread, delayMs } of all) {
        const known = remind.has(person) || (reminded.has(person) && !withdraw.has(person))
        if (unread === undefined && known) throw new Error('it was read')
        if (unread === undefined || known) continue
        // Whoever is not written to now is looked at in time.
        if (lookAt === undefined || lookAt > Math.max(unread.at + delayMs, now + minute)) throw new Error('forgotten')
      }
    }),
    { numRuns: 3_000 },
  )
})

t.test('unread is what the other side has said and stands', async (t) => {
  const message = (offset: number, from: string, more: Partial<Message> = {}): Message => ({
    ...{ offset, key: 'k'.repeat(8), from, text: 'x', at: offset * 10 },
    ...more,
  })
  const messages = [
    message(1, 'j'),
    message(2, 'visavis', { system: { code: 'coverStarted' } }),
    message(3, 'anne', { deletedAt: 5 }),
    message(4, 'bruno'),
    message(5, 'anne'),
  ]
  t.same(unreadBy('j', 'j', messages), { first: 4, at: 40, count: 2, from: ['bruno', 'anne'] })
  t.same(unreadBy('anne', 'j', messages), { first: 1, at: 10, count: 1, from: ['j'] })
  t.same(unreadBy('anne', 'j', messages.slice(1)), undefined, 'colleagues speak to the jobseeker')
})
