/** The command itself for some seconds, with something that grows put into its server from outside. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import t from 'tap'
import { childrenOf } from '../../../bench/processes.ts'
import type { Judged } from '../../../bench/soak/leaks.ts'

/** Of the node that a benchmark has started. */
function socketBelow(pid: number): string {
  const [node] = childrenOf(pid, 'src/main.ts')
  const [redis] = childrenOf(node ?? 0, 'redis')
  return join(readlinkSync(`/proc/${redis}/cwd`), 'redis.sock')
}

t.test(
  'what grows in a server is found though the command is not told, and nothing else is accused',
  { timeout: 900_000 },
  async (t) => {
    const folder = t.testdir()
    const json = join(folder, 'out.json')
    const args = [
      ...['soak', '--minutes', '0.1', '--seconds', '1', '--load', '1', '--registered', '1000', '--volunteers', '60'],
      ...['--online-share', '0.05', '--workers', '1', '--out', folder, '--json', json],
    ]
    const child = spawn(process.execPath, ['bench/run.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
    t.teardown(() => child.kill('SIGTERM'))
    let out = ''
    let looks = 0
    let redis: Redis | undefined
    const held: Redis[] = []
    t.teardown(() => {
      for (const client of redis === undefined ? held : [redis, ...held]) client.disconnect()
    })
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (data) => {
        out += String(data)
        // After each look, keys that nobody ever removes, and connections that nobody ever ends.
        const seen = out.match(/^ {2}… /gm)?.length ?? 0
        if (seen > looks)
          redis ??= new Redis(socketBelow(child.pid ?? 0), { retryStrategy: () => null }).on('error', () => {})
        for (; redis !== undefined && looks < seen; looks += 1) {
          for (let n = 0; n < 20; n += 1) redis?.set(`vv:leak:{${looks}}:${n}`, 'x').catch(() => {})
          for (let n = 0; n < 3; n += 1) held.push(redis.duplicate().on('error', () => {}))
        }
      })
    }
    const [code] = (await once(child, 'exit')) as [number]
    t.equal(code, 1, out)
    t.match(out, /^LEAK in \d+ loads/m)
    t.match(out, /keys without an expiry .*LEAK/)
    const { judged } = JSON.parse(readFileSync(join(folder, 'soak.json'), 'utf8')) as { judged: Judged[] }
    const accused = judged.filter(({ finding }) => finding === 'leak').map(({ name }) => name)
    t.same(accused.sort(), ['clients of Redis', 'files of redis', 'keys without an expiry'], out)
    for (const { name, slope, low, high } of judged.filter(({ finding }) => finding === 'leak'))
      t.ok(low > 0 && low <= slope && slope <= high, `${name}: ${low} – ${high} an hour`)
    t.match(JSON.parse(readFileSync(json, 'utf8')), {
      scenario: 'soak',
      checks: { nothing_lost: true, no_leak: false },
    })
    t.notMatch(readFileSync(join(folder, 'soak.html'), 'utf8'), /NaN|undefined|Infinity/)
  },
)
