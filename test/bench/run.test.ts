import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { until } from '../support/until.ts'
import { bench, failsBy } from './bench.ts'

t.test('the list names every scenario with its question; an unknown one is an error', async (t) => {
  t.match(
    (await bench('list')).stdout,
    /^chat .+\?\nconnect .+\?\nfanout .+\?\ndeflate .+\?\nhttp .+\?\nrooms .+\?\ncallbacks .+\?\ncapacity .+\?\nsoak .+\?\n$/,
  )
  await t.rejects(bench('nonsense'), { code: 2, stderr: /there is no scenario nonsense/ })
  await t.rejects(bench('chat', '--peer', 'bullmq'), { code: 2, stderr: /chat has ws, socket.io/ })
})

// Two at once: no figure of theirs is looked at, and half of the time goes into starting and ending servers.
t.test('a run whose check fails exits 1 and gives no figure', { jobs: 2 }, async (t) => {
  for (const [scenario, check] of [
    ['connect', 'nothing_lost'],
    ['fanout', 'every_event_once_in_order'],
    ['http', 'every_answer_right'],
    ['rooms', 'all_packets_delivered'],
    ['callbacks', 'nothing_lost'],
  ] as const)
    t.test(scenario, { buffered: true }, (t) => failsBy(t, scenario, [check]))
})

/** Every process below this one, and the parents of all. */
function descendants(pid: number): number[] {
  const below = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => statusOf(Number(name))?.includes(`\nPPid:\t${pid}\n`))
    .map(Number)
  return [...below, ...below.flatMap(descendants)]
}

/** Undefined when there is no such process; one that nobody has waited for yet has ended too. */
function statusOf(pid: number): string | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return status.includes('\nState:\tZ') ? undefined : status
  } catch {
    return undefined
  }
}

t.test('Ctrl-C leaves no process behind, neither a server nor its Redis', async (t) => {
  // Short: the path of a socket lies in it.
  const TMPDIR = mkdtempSync(join(tmpdir(), 'bench-test-'))
  t.teardown(() => rmSync(TMPDIR, { recursive: true, force: true }))
  const child = spawn(process.execPath, ['bench/run.ts', 'chat', '--smoke'], {
    env: { ...process.env, TMPDIR },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  t.teardown(() => child.kill('SIGKILL'))
  const pid = child.pid ?? 0
  const names = () => descendants(pid).map((each) => /^Name:\t(.*)/.exec(statusOf(each) ?? '')?.[1] ?? '')
  // The server under test with its Redis and worker, two peers with a Redis each, and a generator.
  const running = await until(() => (names().length >= 8 ? descendants(pid) : undefined), {
    timeoutMs: 60_000,
    what: 'a benchmark in full swing',
  })
  t.equal(names().filter((name) => /redis|valkey/.test(name)).length, 3)
  child.kill('SIGINT')
  const [code] = await once(child, 'exit')
  t.equal(code, 2)
  await until(() => running.every((each) => statusOf(each) === undefined), { what: 'the end of all processes' })
  t.strictSame(readdirSync(TMPDIR), [], 'no data folder is left')
})

/** Every process that works in a folder, whoever its parent is. */
const workingIn = (folder: string): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder) && statusOf(pid) !== undefined
      } catch {
        return false
      }
    })

t.test('Ctrl-C while the server is down ends the Redis that has outlived it', async (t) => {
  const TMPDIR = mkdtempSync(join(tmpdir(), 'bench-test-'))
  t.teardown(() => rmSync(TMPDIR, { recursive: true, force: true }))
  const child = spawn(process.execPath, ['bench/run.ts', 'connect', '--smoke'], {
    env: { ...process.env, TMPDIR },
    stdio: 'ignore',
  })
  t.teardown(() => child.kill('SIGKILL'))
  const pid = child.pid ?? 0
  await until(() => workingIn(TMPDIR).some((each) => !descendants(pid).includes(each)), {
    timeoutMs: 60_000,
    everyMs: 2,
    what: 'a Redis without its node',
  })
  child.kill('SIGINT')
  const [code] = await once(child, 'exit')
  t.equal(code, 2)
  await until(() => workingIn(TMPDIR).length === 0, { what: 'the end of that Redis' })
  t.strictSame(readdirSync(TMPDIR), [], 'no data folder is left')
})
