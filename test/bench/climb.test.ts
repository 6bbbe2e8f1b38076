import t from 'tap'
import { climb, ladder, nearby } from '../../bench/climb.ts'

const steps = [10, 20, 30, 40, 50]

/** Holds steps up to `limit`; the first attempt at each step of `stumbles` fails. */
function machine(limit: number, stumbles: readonly number[] = []) {
  const tried: number[] = []
  const load = async (step: number) => {
    tried.push(step)
    return stumbles.includes(step) && tried.filter((each) => each === step).length === 1
      ? Number.POSITIVE_INFINITY
      : step
  }
  return { tried, way: { load, held: (load: number) => load <= limit } }
}

t.test('the largest step that holds is found, and the one that broke is told', async (t) => {
  const { tried, way } = machine(30)
  const { best, broken } = await climb(steps, 0, way)
  t.match([best, broken], [{ step: 30 }, { step: 40 }])
  t.strictSame(tried, [10, 20, 30, 40, 40], 'what fails twice is not held')
})

t.test('one bad moment does not end a climb', async (t) => {
  const { best, broken, loads } = await climb(steps, 0, machine(50, [20, 50]).way)
  t.equal(best?.step, 50)
  t.equal(broken, undefined)
  t.equal(loads.length, 7, 'what failed is among the loads that are checked')
})

t.test('a climb that begins too high goes down', async (t) => {
  const { tried, way } = machine(20)
  t.match(await climb(steps, 3, way), { best: { step: 20 } })
  t.strictSame(tried, [40, 40, 30, 30, 20])
})

t.test('a climb may go down by several steps, and then up to the best of those between', async (t) => {
  const many = Array.from({ length: 10 }, (_, n) => (n + 1) * 10)
  const { tried, way } = machine(50)
  t.match(await climb(many, 9, { ...way, stride: 3 }), { best: { step: 50 }, broken: { step: 60 } })
  t.strictSame(tried, [100, 100, 70, 70, 40, 50, 60, 60])
  const known = machine(60)
  await climb(many, 9, { ...known.way, stride: 3 })
  t.strictSame(known.tried, [100, 100, 70, 70, 40, 50, 60], 'what is known to be too high is not tried again')
})

t.test('when nothing holds, nothing is claimed', async (t) => {
  const { best, broken } = await climb(steps, 1, machine(5).way)
  t.equal(best, undefined)
  t.equal(broken?.step, 10)
})

t.test('a further climb begins a little below the first, never below the bottom', async (t) => {
  t.equal(nearby(steps, 40, 2), 1)
  t.equal(nearby(steps, 20, 3), 0)
})

t.test('the steps of a ladder rise by about the same factor, up to the last one', async (t) => {
  t.strictSame(ladder(250, 1.25, 800), [250, 310, 390, 490, 610, 760])
  const steps = ladder(250, 1.25, 30_000)
  const factors = steps.slice(1).map((step, n) => step / (steps[n] ?? 1))
  t.ok(factors.every((factor) => factor > 1.2 && factor < 1.3))
  t.ok((steps.at(-1) ?? 0) * 1.25 > 30_000)
})
