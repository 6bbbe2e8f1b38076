import fc from 'fast-check'
import t from 'tap'
import { beginning, type Continuity, climb, type Happening, type Rung, type Step } from '../../client/continuity.ts'

const relay = { hasRelay: true }
const order: readonly Rung[] = ['steady', 'restarting', 'rejoining', 'audio-only', 'relay-only', 'callback']
const height = ({ rung }: Continuity) => order.indexOf(rung)
const happenings: readonly Happening[] = ['lost', 'broken', 'flows', 'late', 'steady']

function run(all: readonly Happening[], circumstances = relay): Step[] {
  const steps: Step[] = []
  let state = beginning
  for (const happening of all) {
    const step = climb(state, happening, circumstances)
    steps.push(step)
    state = step.state
  }
  return steps
}

const anything = fc.array(fc.constantFrom(...happenings), { maxLength: 60 })

t.test(
  'media that never comes back is tried in every way, one after the other, and a callback is offered',
  async (t) => {
    const steps = run(['lost', 'late', 'late', 'late', 'late', 'late'])
    t.same(
      steps.map(({ state, act }) => [state.rung, act]),
      [
        ['restarting', 'restart-ice'],
        ['rejoining', 'rejoin'],
        ['audio-only', 'rejoin'],
        ['relay-only', 'rejoin'],
        ['callback', 'rejoin'],
        ['callback', 'rejoin'],
      ],
    )
    t.match(steps.at(-1)?.state, { audioOnly: true, relayOnly: true, flows: false })
  },
)

t.test('without a relay the step to it is left out', async (t) => {
  fc.assert(
    fc.property(anything, (all) =>
      run(all, { hasRelay: false }).every(({ state }) => state.rung !== 'relay-only' && !state.relayOnly),
    ),
  )
  t.equal(run(['lost', 'late', 'late', 'late'], { hasRelay: false }).at(-1)?.state.rung, 'callback')
})

t.test('whatever happened before, five rungs in vain end with the offer of a callback', async () => {
  fc.assert(
    fc.property(anything, fc.boolean(), (all, hasRelay) => {
      const before = run(all, { hasRelay }).at(-1)?.state ?? beginning
      let { state } = climb(before, 'lost', { hasRelay })
      for (let n = 0; n < 5; n += 1) ({ state } = climb(state, 'late', { hasRelay }))
      return state.rung === 'callback'
    }),
  )
})

t.test('it climbs one rung at a time, and comes down only when media has flowed for long', async () => {
  fc.assert(
    fc.property(anything, (all) => {
      let before = beginning
      return run(all).every(({ state }, n) => {
        const step = height(state) - height(before)
        // A join that broke goes past the restart, which could not help it.
        const most = all[n] === 'broken' ? 2 : 1
        const right = step <= most && (step >= 0 || (all[n] === 'steady' && before.flows))
        before = state
        return right
      })
    }),
  )
})

t.test('a join that broke is no fault of the line: however often, it climbs no further than a new join', async () => {
  const broken = fc.array(fc.constantFrom<Happening>('broken', 'flows', 'steady'), { maxLength: 40 })
  fc.assert(
    fc.property(broken, (all) =>
      run(all).every(({ state }) => height(state) <= height({ ...beginning, rung: 'rejoining' })),
    ),
  )
})

t.test('media that has flowed for long is steady, with pictures, and nothing is done while it flows', async () => {
  fc.assert(
    fc.property(anything, (all) => {
      const before = run(all).at(-1)?.state ?? beginning
      const { state } = climb(before, 'flows', relay)
      const quiet = (['flows', 'late'] as const).every((happening) => climb(state, happening, relay).act === 'none')
      const { state: after, act } = climb(state, 'steady', relay)
      return quiet && after.rung === 'steady' && !after.audioOnly && (act === 'show-pictures') === before.audioOnly
    }),
  )
})

t.test('what was blocked once is not tried again: a talk through a relay stays there', async () => {
  fc.assert(
    fc.property(anything, (all) => {
      const steps = run(all)
      const first = steps.findIndex(({ state }) => state.relayOnly)
      return first === -1 || steps.slice(first).every(({ state }) => state.relayOnly)
    }),
  )
})
