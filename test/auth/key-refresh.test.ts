import t from 'tap'
import { nextStep, type RefreshState, type Step } from '../../src/auth/key-refresh.ts'

const rules = { refreshMs: 1_000, maxStaleMs: 10_000, cooldownMs: 100 }
const state = (fetchedAt: number | undefined, triedAt: number | undefined, failing = false): RefreshState => ({
  fetchedAt,
  triedAt,
  failing,
})

const table: readonly [what: string, known: boolean, now: number, state: RefreshState, expected: Step][] = [
  ['the first token of all fetches', false, 0, state(undefined, undefined), { do: 'refresh' }],
  ['fresh keys are used', true, 500, state(0, 0), { do: 'use' }],
  ['ageing keys are used and fetched behind', true, 850, state(0, 0), { do: 'use-and-refresh' }],
  ['but not while a fetch has just begun', true, 850, state(0, 800), { do: 'use' }],
  ['old keys are fetched before they are used', true, 1_000, state(0, 0), { do: 'refresh' }],
  ['an unknown key fetches', false, 500, state(0, 0), { do: 'refresh' }],
  ['an unknown key waits for the pause to end', false, 30, state(0, 0), { do: 'wait', ms: 70 }],
  [
    'in an outage old keys are used, and tried again behind',
    true,
    5_000,
    state(0, 4_000, true),
    { do: 'use-and-refresh' },
  ],
  ['in an outage the pause holds too', true, 5_000, state(0, 4_950, true), { do: 'use' }],
  ['in an outage keys have a last day', true, 10_000, state(0, 9_000, true), { do: 'refresh' }],
  ['after which nothing can be said', true, 10_000, state(0, 9_960, true), { do: 'away', ms: 60 }],
  ['in an outage an unknown key waits for nobody', false, 5_000, state(0, 4_950, true), { do: 'away', ms: 50 }],
  ['in an outage an unknown key tries again after the pause', false, 5_000, state(0, 4_900, true), { do: 'refresh' }],
  ['an issuer that never answered is away', false, 50, state(undefined, 0, true), { do: 'away', ms: 50 }],
]

for (const [what, known, now, before, expected] of table) {
  t.test(what, async (t) => {
    t.same(nextStep(known, now, before, rules), expected)
  })
}
