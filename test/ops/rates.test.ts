import t from 'tap'
import { Rates } from '../../src/ops/rates.ts'

t.test('a counter that rises by ten in two seconds rises by five a second', async (t) => {
  const rates = new Rates()
  t.equal(rates.look(new Map([['a', 100]]), 1_000).size, 0, 'one look tells nothing')
  t.equal(rates.look(new Map([['a', 110]]), 3_000).get('a'), 5)
  t.equal(rates.look(new Map([['a', 110]]), 4_000).get('a'), 0)
})

t.test('one that was not there before tells nothing yet, and one that began anew has risen from nothing', async (t) => {
  const rates = new Rates()
  rates.look(new Map([['a', 100]]), 0)
  const found = rates.look(
    new Map([
      ['a', 4],
      ['b', 7],
    ]),
    1_000,
  )
  t.strictSame([...found], [['a', 4]])
  t.equal(rates.look(new Map(), 2_000).size, 0, 'and one that is gone is told no more')
})

t.test('two looks at the same moment tell nothing', async (t) => {
  const rates = new Rates()
  rates.look(new Map([['a', 1]]), 0)
  t.equal(rates.look(new Map([['a', 2]]), 0).size, 0)
})
