import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import t from 'tap'
import { CpuOwners, type Process, readStat } from '../../bench/cpu-owners.ts'
import { type MachineUse, neighboursSaid, sharesBetween, useOfMachine } from '../../bench/neighbours.ts'
import { until } from '../support/until.ts'

const one = (pid: number, parent: number, cpuUs: number, more: Partial<Process> = {}): Process => ({
  ...{ pid, parent, cpuUs, startedAt: '1', name: `p${pid}`, childrenUs: 0, ...more },
})

t.test('a process is told by what the kernel says of it, whatever its name is', async (t) => {
  const stat = `17 (a (b) c) S 5 17 17 0 -1 4194560 99 0 0 0 30 12 700 800 20 0 1 0 7174247 5382144 657`
  const expected = { pid: 17, parent: 5, name: 'a (b) c', startedAt: '7174247', cpuUs: 420_000, childrenUs: 15_000_000 }
  t.same(readStat(stat), expected)
  t.equal(readStat(''), undefined)
})

/** Looks again and again, at whatever is said to run. */
function looking() {
  let running: readonly Process[] = []
  const owners = new CpuOwners(10, () => running)
  return (...processes: readonly Process[]) => {
    running = processes
    return owners.look()
  }
}

t.test('children of children count, orphans stay ours, and strangers never do', async (t) => {
  const look = looking()
  // The child of a child stands before its parent: the order of ids says nothing.
  t.equal(look(one(13, 12, 40), one(10, 0, 100), one(12, 10, 10), one(19, 0, 5_000)).ownUs, 150)
  t.equal(look(one(10, 0, 110), one(13, 77, 60)).ownUs, 180, 'its parent is gone, and counts as it was last seen')
  t.equal(look(one(10, 0, 110), one(13, 77, 60), one(14, 13, 7)).ownUs, 187, 'what an orphan has started')
  const again = look(one(10, 0, 110), one(12, 0, 9_000, { startedAt: '2' }))
  t.equal(again.ownUs, 187, 'an id that was given again is another process')
  t.equal(again.others.get('p12'), 9_000)
})

t.test('what nobody saw run is known by what its parent was told, and counts once', async (t) => {
  const look = looking()
  const others = () => [...look(...last).others.values()].reduce((sum, us) => sum + us, 0)
  let last = [one(10, 0, 100, { childrenUs: 900 }), one(11, 10, 50), one(1, 0, 0), one(30, 1, 7, { childrenUs: 40 })]
  t.equal(look(...last).ownUs, 150, 'children that ended before the first look are none of this')
  last = [one(10, 0, 100, { childrenUs: 1_000 }), one(1, 0, 0), one(30, 1, 7, { childrenUs: 90 })]
  t.equal(look(...last).ownUs, 200, '50 were seen of its child, and 50 are new')
  t.equal(others(), 57, 'a child of another program began and ended between two looks')
  // A child and its own child, both seen, and both ended: the second is in what the first was told.
  last = [...last, one(12, 10, 20, { childrenUs: 5 }), one(13, 12, 30)]
  t.equal(look(...last).ownUs, 250)
  last = [one(10, 0, 100, { childrenUs: 1_061 }), one(1, 0, 0), one(30, 1, 7, { childrenUs: 90 })]
  t.equal(look(...last).ownUs, 256, 'and no more than the 6 that are new')
  // An orphan of ours is taken in by init, to whom it is told when it ends.
  last = [one(10, 0, 100, { childrenUs: 1_061 }), one(1, 0, 0), one(14, 10, 0), one(15, 14, 500)]
  look(...last)
  const before = others()
  last = [one(10, 0, 100, { childrenUs: 1_061 }), one(1, 0, 0, { childrenUs: 500 })]
  look(...last)
  t.equal(others(), before, 'no stranger has done that')
})

t.test('kernel threads are nobody’s program', async (t) => {
  const look = looking()
  const kernel = [one(2, 0, 0, { name: 'kthreadd' }), one(21, 2, 300, { name: 'ksoftirqd/0' })]
  const found = look(one(10, 0, 1), ...kernel)
  t.match(found, { kernelUs: 300, ownUs: 1, isWhole: true })
  t.equal(found.others.size, 0)
  t.equal(look(one(10, 0, 1), one(2, 1, 5, { name: 'sh' })).isWhole, false, 'a container has another second process')
})

const use = (
  busyUs: number,
  ownUs: number,
  others: Record<string, number>,
  more: { kernelUs?: number; stolenUs?: number; isWhole?: boolean } = {},
): MachineUse => {
  const { kernelUs = 0, stolenUs = 0, isWhole = true } = more
  return { busyUs, stolenUs, owned: { ownUs, kernelUs, isWhole, others: new Map(Object.entries(others)) } }
}

t.test(
  'what the machine counts beyond all processes is no other program, unless there are some out of sight',
  async (t) => {
    const before = use(1_000, 400, { cc: 100, sh: 5 })
    const shares = sharesBetween(before, use(3_000, 1_400, { cc: 250, sh: 5, vi: 50 }, { kernelUs: 100 }))
    t.match(shares, { busyUs: 2_000, othersUs: 200, kernelUs: 100, nobodysUs: 700 })
    t.same(shares.names, [
      ['cc', 150],
      ['vi', 50],
    ])
    t.match(sharesBetween(before, use(3_000, 1_400, { cc: 100 }, { isWhole: false })), {
      othersUs: 1_000,
      nobodysUs: 0,
    })
    const stolen = sharesBetween(before, use(3_000, 1_400, { cc: 100 }, { stolenUs: 300 }))
    t.equal(stolen.othersUs, 300, 'what the host takes away is somebody else’s')
    t.same(neighboursSaid(shares, 1_000), [
      'other programs used 0.2 of a core meanwhile (cc 0.15, vi 0.05): measure again on a machine that is idle',
      '0.7 of a core was used that no process owns up to: interrupts, or how the kernel counts',
    ])
    t.same(neighboursSaid(shares, 10_000), [])
  },
)

t.test('the work of an orphan is counted as it goes on', async (t) => {
  const busy = 'process.stdout.write(String(process.pid)); for (;;) Math.random()'
  const starts = `require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(busy)}], { stdio: 'inherit' })`
  const child = spawn(process.execPath, ['-e', starts], { stdio: ['ignore', 'pipe', 'inherit'] })
  const [said] = await once(child.stdout, 'data')
  const orphan = Number(said)
  t.teardown(() => process.kill(orphan, 'SIGKILL'))
  const owners = new CpuOwners()
  owners.look()
  const gone = once(child, 'exit')
  child.kill('SIGKILL')
  await gone
  const cpuUs = () => readStat(readFileSync(`/proc/${orphan}/stat`, 'utf8'))?.cpuUs ?? 0
  const [before, its] = [owners.look().ownUs, cpuUs()]
  await until(() => cpuUs() > its + 200_000, { what: 'the orphan works', timeoutMs: 120_000 })
  const then = cpuUs()
  t.ok(owners.look().ownUs - before >= then - its, 'what it used is ours')
})

t.test('short work that nobody sees is found on the machine itself', async (t) => {
  const before = useOfMachine()
  const loop = 'for n in 1 2 3 4 5 6; do node -e 0; done; echo done; cat'
  const shell = spawn('sh', ['-c', loop], { stdio: ['pipe', 'pipe', 'inherit'] })
  t.teardown(() => shell.kill('SIGKILL'))
  // Whoever never looks meanwhile sees none of the six.
  useOfMachine()
  await once(shell.stdout, 'data')
  const { ownUs } = useOfMachine().owned
  t.ok(ownUs - before.owned.ownUs > 60_000, `${ownUs - before.owned.ownUs} µs for six starts of a program`)
})
