/** Whoever held a callback and comes back too late can change nothing. */
import t from 'tap'
import { stopHolder, takers } from './stopped-holder.ts'

t.setTimeout(120_000)

for (const next of takers) {
  t.test(`a node that stood still past its lease changes nothing of what is with ${next} by then`, async (t) => {
    t.same(await stopHolder(t, next), [])
  })
}
