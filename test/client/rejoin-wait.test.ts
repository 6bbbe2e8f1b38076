import t from 'tap'
import { hastyNow, rejoinWaitMs } from '../../client/rejoin-wait.ts'

t.test('after a join that lasted for a second the next one is at once, however often', async (t) => {
  let hasty = 0
  for (let n = 0; n < 30; n += 1) {
    hasty = hastyNow(hasty, 1_000)
    t.equal(rejoinWaitMs(hasty, 1), 0)
  }
})

t.test('bad luck twice is made good at once; joins that end again and again come ever more slowly', async (t) => {
  const bounds: number[] = []
  for (let n = 0, hasty = 0; n < 50; n += 1) {
    hasty = hastyNow(hasty, 999)
    bounds.push(rejoinWaitMs(hasty, 1))
    t.equal(rejoinWaitMs(hasty, 0), 0, 'full jitter')
  }
  t.same(bounds.slice(0, 6), [0, 0, 600, 1_200, 2_400, 4_800])
  t.equal(bounds.at(-1), 20_000)
})
