import fc from 'fast-check'
import t from 'tap'
import {
  type Protection,
  protect,
  steadyMs,
  strainMs,
  strainOf,
  trialMs,
  unprotected,
  waitMs,
} from '../../src/media/protection.ts'

const well = { starved: false, lossy: false }
const starved = { starved: true, lossy: false }
const lossy = { starved: false, lossy: true }
const everyMs = 1_000
const longestWaitMs = waitMs(100)

/** Looks every second, at a line that is as told. */
function run(strains: readonly { starved: boolean; lossy: boolean }[]): Protection[] {
  let state = unprotected(0)
  return strains.map((strain, n) => {
    state = protect(state, strain, (n + 1) * everyMs)
    return state
  })
}

const strain = fc.record({ starved: fc.boolean(), lossy: fc.boolean() })
const seconds = (n: number, what: typeof well) => Array.from({ length: n }, () => what)

t.test('a dip is left to itself; a strain that lasts lets pictures give way', async (t) => {
  t.same(
    run([starved, starved, well, starved, starved, well]).map(({ state }) => state),
    Array.from({ length: 6 }, () => 'open'),
  )
  for (const what of [starved, lossy])
    t.equal(run(seconds(1 + Math.ceil(strainMs / everyMs), what)).at(-1)?.state, 'held')
})

t.test('pictures come back on trial; one in vain makes the next wait twice as long', async (t) => {
  const states = run(seconds(200, starved))
  const enteredAt = (state: Protection['state']) =>
    states.flatMap((is, n) => (is.state === state && states[n - 1]?.state !== state ? [n + 1] : []))
  const [holds, trials] = [enteredAt('held'), enteredAt('trying')]
  t.same(
    trials.slice(0, 4).map((at, n) => at - (holds[n] ?? 0)),
    [8, 16, 32, 60],
  )
})

t.test('while it is held a line that carries nothing says nothing of what it could carry', async (t) => {
  const held = run(seconds(4, starved)).at(-1)
  if (held === undefined) throw new Error('there were looks')
  t.equal(held.state, 'held')
  t.equal(protect(held, starved, held.since + waitMs(1)).state, 'trying')
  t.equal(protect(held, lossy, held.since + waitMs(1)).state, 'held', 'but loss does')
})

t.test('whatever happened, a line that is well is open again after the longest wait and a trial', async () => {
  fc.assert(
    fc.property(fc.array(strain, { maxLength: 300 }), (before) => {
      const rest = Math.ceil((longestWaitMs + trialMs) / everyMs) + 2
      return run([...before, ...seconds(rest, well)]).at(-1)?.state === 'open'
    }),
  )
})

t.test('whatever happened, a line that loses sound carries no pictures after a strain', async () => {
  fc.assert(
    fc.property(fc.array(strain, { maxLength: 300 }), (before) => {
      return run([...before, ...seconds(Math.ceil(strainMs / everyMs) + 1, lossy)]).at(-1)?.state === 'held'
    }),
  )
})

t.test('pictures come and go ever more rarely: in ten minutes of any line there are few trials', async () => {
  fc.assert(
    fc.property(fc.array(strain, { minLength: 600, maxLength: 600 }), (looks) => {
      const states = run(looks)
      const trials = states.filter(({ state }, n) => state === 'trying' && states[n - 1]?.state !== 'trying')
      // Only a minute without a hold makes the waits short again: at worst two minutes for the first three.
      return trials.length <= 20
    }),
  )
})

t.test('after a steady minute a hold is a first one again', async (t) => {
  const looks = [...seconds(60, starved), ...seconds(200, well), ...seconds(5, starved)]
  t.ok(200 * everyMs > steadyMs + longestWaitMs + trialMs)
  t.match(run(looks).at(-1), { state: 'held', holds: 1 })
})

t.test(
  'a line is strained when the estimate is below what sound and the smallest picture need, or much is lost',
  async (t) => {
    t.same(strainOf(undefined, 0), well)
    t.same(strainOf(200_000, 0.1), well)
    t.same(strainOf(119_999, 0), starved)
    t.same(strainOf(1_000_000, 0.2), lossy)
  },
)
