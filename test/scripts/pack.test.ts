import fc from 'fast-check'
import t from 'tap'
import { nextToRun } from '../../scripts/setup/pack.mjs'

const machine = { cores: 2, memoryMb: 4_000, jobs: 4 }
const job = (seconds: number, cores: number, further = {}) => ({
  ...{ seconds, cores, memoryMb: 300, alone: false },
  ...further,
})

t.test('the longest goes first, and those that mostly wait go beside it', async (t) => {
  const [long, waits, short] = [job(60, 1.5), job(30, 0.2), job(5, 1)]
  t.equal(nextToRun([short, waits, long], [], machine), long)
  t.equal(nextToRun([short, waits], [long], machine), waits)
  t.equal(nextToRun([short], [long, waits], machine), undefined, 'until there is a core for it')
  t.equal(nextToRun([short], [waits], machine), short)
})

t.test('what needs more than the machine has runs by itself', async (t) => {
  const large = job(10, 5, { memoryMb: 9_000 })
  t.equal(nextToRun([large], [job(1, 0.2)], machine), undefined)
  t.equal(nextToRun([large], [], machine), large)
})

t.test(
  'whatever there is, all are run, none beside one that runs alone, and the machine is never overfull',
  async (t) => {
    const jobs = fc.array(
      fc.record({
        seconds: fc.integer({ min: 1, max: 99 }),
        cores: fc.integer({ min: 1, max: 30 }).map((tenths) => tenths / 10),
        memoryMb: fc.integer({ min: 1, max: 5_000 }),
        alone: fc.boolean(),
      }),
      { maxLength: 12 },
    )
    fc.assert(
      fc.property(jobs, fc.infiniteStream(fc.nat()), (all, whichEnds) => {
        const waiting = new Set(all)
        const running: typeof all = []
        const ends = whichEnds[Symbol.iterator]()
        while (waiting.size + running.length > 0) {
          const next = nextToRun([...waiting], running, machine)
          if (next !== undefined) {
            waiting.delete(next)
            running.push(next)
          } else running.splice(Number(ends.next().value) % running.length, 1)
          if (running.length < 2) continue
          const sum = (what: 'cores' | 'memoryMb') => running.reduce((total, each) => total + each[what], 0)
          if (running.some(({ alone }) => alone) || running.length > machine.jobs) return false
          if (sum('cores') > machine.cores + 0.01 || sum('memoryMb') > machine.memoryMb) return false
        }
        return true
      }),
      { numRuns: 500 },
    )
  },
)
