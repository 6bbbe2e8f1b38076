/** The check of what people were told about callbacks finds each fault that it is there to find. */
import t from 'tap'
import type { Callback } from '../../src/protocol/index.ts'
import { type Act, type ActName, type End, type Journal, violations } from './callback-truth.ts'

const callback = (changedAt: number, more: Partial<Callback> = {}): Callback =>
  ({ id: 'c', state: 'waiting', changedAt, declines: 0, ...more }) as Callback
const acted = (act: ActName, at: number, answer: Callback | string, more: Partial<Act> = {}): Act => ({
  ...{ act, by: 'anne', callback: 'c', sentAt: at, answeredAt: at + 1, answer },
  ...more,
})

const asked = callback(1)
const taken = callback(2, { state: 'active' })
const tried = callback(3, { state: 'active', attempts: [{ at: 3, by: 'anne', outcome: 'reached' }] })
const done = callback(4, { ...tried, changedAt: 4, state: 'done', disposition: 'answered' })
const whole: readonly Act[] = [
  acted('request', 10, asked, { by: 'x' }),
  acted('accept', 20, taken, { token: 1 }),
  acted('attempt', 30, tried, { token: 1 }),
  acted('complete', 40, done, { token: 1 }),
]
const endOf = (last: Callback, all: readonly Callback[]): Map<string, End> =>
  new Map([['c', { callback: last, history: all.map(({ state, changedAt: at }) => ({ state, at })) }]])
const all = [asked, taken, tried, done]

const cases: readonly [what: string, journal: Partial<Journal>, ends: ReadonlyMap<string, End>, found: RegExp][] = [
  ['a callback that is lost', {}, new Map(), /the callback is lost/],
  ['an act that is not on record', {}, endOf(done, [asked, tried, done]), /accept .* is not on record/],
  ['an act that was undone', {}, endOf(tried, all), /complete .* was acknowledged and undone/],
  ['an attempt that is lost', {}, endOf({ ...done, attempts: [] }, all), /an attempt is lost/],
  ['an end that is another', {}, endOf(callback(5, { ...tried, changedAt: 5, state: 'active' }), all), /ended as done/],
  [
    'two who hold it at once',
    { acts: [...whole, acted('accept', 25, taken, { by: 'bruno', token: 2 })] },
    endOf(done, all),
    /held by anne \(1\) and by bruno \(2\) at once/,
  ],
  [
    'an old token that is accepted',
    { acts: [...whole, acted('pick', 42, taken, { token: 2 }), acted('decline', 50, asked, { token: 1 })] },
    endOf(done, all),
    /decline of c with 1 was accepted after 2 was known/,
  ],
  [
    'one lease for two',
    { offers: ['anne', 'bruno'].map((advisor) => ({ callback: 'c', token: 1, advisor })) },
    endOf(done, all),
    /offered to anne and to bruno/,
  ],
]

t.test('nothing is found where nothing is wrong, refusals and what is begun anew included', async (t) => {
  t.same(violations({ acts: whole, offers: [{ callback: 'c', token: 1, advisor: 'anne' }] }, endOf(done, all)), [])
  const late = callback(6, { state: 'active' })
  const again = [
    ...whole.slice(0, 2),
    acted('reschedule', 24, callback(5), { by: 'x' }),
    acted('accept', 26, late, { by: 'bruno', token: 2 }),
    acted('complete', 28, 'GONE', { token: 1 }),
  ]
  t.same(violations({ acts: again, offers: [] }, endOf(late, [asked, taken, callback(5), late])), [])
})

for (const [what, journal, ends, found] of cases) {
  t.test(`twin: ${what} is found`, async (t) => {
    t.match(violations({ acts: whole, offers: [], ...journal }, ends).join('\n'), found)
  })
}
