/** What is asked for at the same time is done together, and what cannot be done keeps nobody else from theirs. */
import t from 'tap'
import { VisavisError } from '../../src/protocol/errors.ts'
import { Gathered } from '../../src/store/gathered.ts'

const double = (n: number) => 2 * n

t.test('one turn is done together, at most so many at a time, each with its own answer', async (t) => {
  const runs: (readonly number[])[] = []
  const gathered = new Gathered<number, number>(3, async (acts) => {
    runs.push(acts)
    return acts.map(double)
  })
  const answers = await Promise.all([1, 2, 3, 4, 5].map((n) => gathered.do(n)))
  t.same(answers, [2, 4, 6, 8, 10])
  t.same(runs, [
    [1, 2, 3],
    [4, 5],
  ])
  t.equal(await gathered.do(6), 12)
  t.same(runs.at(-1), [6])
})

t.test('what fails for one of them is tried by itself, and fails for that one only', async (t) => {
  const gathered = new Gathered<number, number>(16, async (acts) => {
    if (acts.includes(2)) throw new Error('two cannot be doubled')
    return acts.map(double)
  })
  const settled = await Promise.allSettled([1, 2, 3].map((n) => gathered.do(n)))
  t.match(settled, [{ value: 2 }, { status: 'rejected', reason: { message: 'two cannot be doubled' } }, { value: 6 }])
})

t.test('with storage away all of them are told at once', async (t) => {
  let runs = 0
  const gathered = new Gathered<number, number>(16, async () => {
    runs += 1
    throw new VisavisError('UNAVAILABLE', 'storage is away')
  })
  const settled = await Promise.allSettled([1, 2, 3].map((n) => gathered.do(n)))
  t.same(
    settled.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  )
  t.equal(runs, 1)
})
