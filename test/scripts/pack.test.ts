import fc from 'fast-check'
import t from 'tap'
import { most, nextToRun, usual } from '../../scripts/setup/pack.mjs'

const idle = { idleCores: 1, memoryMb: 4_000 }
const busy = { idleCores: 0.2, memoryMb: 4_000 }
const job = (seconds: number, { alone = false, heavy = false } = {}) => ({ seconds, alone, heavy })
const full = Array.from({ length: usual }, () => job(5))

t.test('the longest goes first, and those that run alone when all others have ended', async (t) => {
  const [long, short, alone] = [job(60), job(5), job(90, { alone: true })]
  t.equal(nextToRun([short, alone, long], [], busy), long)
  t.equal(nextToRun([alone], [long], idle), undefined)
  t.equal(nextToRun([alone], [], busy), alone)
  t.equal(nextToRun([short], [alone], idle), undefined, 'nothing goes beside it')
})

t.test('a machine that is idle all the same, and has the memory, is given more', async (t) => {
  const next = job(5)
  t.equal(nextToRun([next], full.slice(1), busy), next, 'there is a core for it')
  t.equal(nextToRun([next], full, busy), undefined)
  t.equal(nextToRun([next], full, idle), next)
  t.equal(nextToRun([next], full, { ...idle, memoryMb: 500 }), undefined)
})

t.test('what is heavy never meets one of its kind, and of others one more than is usual', async (t) => {
  const [talk, other] = [job(30, { heavy: true }), job(20, { heavy: true })]
  const next = job(5)
  t.equal(nextToRun([other, next], [talk], idle), next)
  t.equal(nextToRun([next], [talk, ...full.slice(1)], idle), next)
  t.equal(nextToRun([next], [talk, ...full], idle), undefined)
  t.equal(nextToRun([other], full, idle), undefined, 'nor is it begun beside more than is usual')
  t.equal(nextToRun([next, other], full.slice(1), busy), other, 'it goes before others: it has to go one by one')
})

t.test('whatever there is, and however idle the machine, all are run', async (t) => {
  const kinds = fc.constantFrom('light', 'heavy', 'alone')
  const anyJob = fc
    .tuple(fc.integer({ min: 1, max: 99 }), kinds)
    .map(([seconds, kind]) => job(seconds, { heavy: kind === 'heavy', alone: kind === 'alone' }))
  const jobs = fc.array(anyJob, { maxLength: 30 })
  const moments = fc.infiniteStream(fc.record({ idleCores: fc.constantFrom(0, 2), whichEnds: fc.nat() }))
  fc.assert(
    fc.property(jobs, moments, (all, rest) => {
      const waiting = new Set(all)
      const running: typeof all = []
      for (const { idleCores, whichEnds } of rest) {
        const next = nextToRun([...waiting], running, { idleCores, memoryMb: 4_000 })
        if (next !== undefined && waiting.delete(next)) running.push(next)
        else if (running.length > 0) running.splice(whichEnds % running.length, 1)
        else return waiting.size === 0
        if (running.length > most || (running.length > 1 && running.some(({ alone }) => alone))) return false
        if (running.filter(({ heavy }) => heavy).length > 1) return false
      }
      return false
    }),
    { numRuns: 500 },
  )
  t.pass()
})
