import fc from 'fast-check'
import t from 'tap'
import { most, nextToRun, usual } from '../../scripts/setup/pack.mjs'

const idle = { idleCores: 1, memoryMb: 4_000 }
const busy = { idleCores: 0.2, memoryMb: 4_000 }
const job = (seconds: number, { cores = 1, alone = false, heavy = false } = {}) => ({ seconds, cores, alone, heavy })
const full = Array.from({ length: usual }, () => job(5))

t.test('the longest goes first, and those that run alone when all others have ended', async (t) => {
  const [long, short, alone] = [job(60), job(5), job(90, { alone: true })]
  t.equal(nextToRun([short, alone, long], [], busy), long)
  t.equal(nextToRun([alone], [long], idle), undefined)
  t.equal(nextToRun([alone], [], busy), alone)
  t.equal(nextToRun([short], [alone], idle), undefined, 'nothing goes beside it')
})

t.test('what mostly waits goes into the gaps', async (t) => {
  const [works, waits] = [job(60), job(30, { cores: 0.1 })]
  t.equal(nextToRun([works, waits], full, busy), waits, 'longer ones have no room')
  const halves = Array.from({ length: usual }, () => job(5, { cores: 0.5 }))
  t.equal(nextToRun([works, waits], [...halves, ...halves], busy), waits)
  t.equal(nextToRun([works, waits], [...halves, waits], busy), usual > 1 ? works : waits, 'there is room for it')
  t.equal(nextToRun([waits], [...full, waits, waits, waits, waits], busy), undefined, 'many that wait are busy, too')
  const many = Array.from({ length: most }, () => job(5, { cores: 0 }))
  t.equal(nextToRun([waits], many, idle), undefined)
})

t.test('a machine that is idle all the same, and has the memory, is given more', async (t) => {
  const next = job(5)
  t.equal(nextToRun([next], full.slice(1), busy), next, 'there is a core for it')
  t.equal(nextToRun([next], full, busy), undefined)
  t.equal(nextToRun([next], full, idle), next)
  t.equal(nextToRun([next], full, { ...idle, memoryMb: 500 }), undefined)
  t.equal(nextToRun([job(5, { cores: 0.1 })], full, { ...busy, memoryMb: 500 }), undefined)
})

t.test('what is heavy goes before what is not, and keeps some cores free of its kind', async (t) => {
  const heavy = (share: number) => job(30, { cores: usual * share, heavy: true })
  const [large, middle, small] = [heavy(0.5), heavy(0.4), heavy(0.1)]
  const next = job(90)
  t.equal(nextToRun([next, middle], [], busy), middle)
  t.equal(nextToRun([middle, next], [large], idle), next)
  t.equal(nextToRun([middle, small, next], [large], idle), small)
})

t.test('whatever there is, and however idle the machine, all are run', async (t) => {
  const kinds = fc.constantFrom('light', 'heavy', 'alone')
  const anyJob = fc
    .tuple(fc.integer({ min: 1, max: 99 }), fc.double({ min: 0, max: 2, noNaN: true }), kinds)
    .map(([seconds, cores, kind]) => job(seconds, { cores, heavy: kind === 'heavy', alone: kind === 'alone' }))
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
        const heavy = running.filter((job) => job.heavy)
        if (heavy.length > 1 && heavy.reduce((sum, { cores }) => sum + cores, 0) > usual) return false
      }
      return false
    }),
    { numRuns: 500 },
  )
  t.pass()
})
