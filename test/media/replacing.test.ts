import t from 'tap'
import { deathsInRow, replacementWaitMs } from '../../src/media/replacing.ts'

t.test('a worker that lived for a second is replaced at once, however many died before', async (t) => {
  let deaths = 0
  for (let n = 0; n < 30; n += 1) {
    deaths = deathsInRow(deaths, 1_000)
    t.equal(replacementWaitMs(deaths), 0)
  }
})

t.test('one that dies young, or does not start, is replaced ever more slowly, and at least every 10 s', async (t) => {
  const waits: number[] = []
  for (let n = 0, deaths = 0; n < 2_000; n += 1) {
    deaths = deathsInRow(deaths, n % 2 === 0 ? 0 : 999)
    waits.push(replacementWaitMs(deaths))
  }
  t.same(waits.slice(0, 10), [0, 100, 200, 400, 800, 1_600, 3_200, 6_400, 10_000, 10_000])
  t.equal(waits.at(-1), 10_000)
})
