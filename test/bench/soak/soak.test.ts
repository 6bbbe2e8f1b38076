/** The command itself for some seconds, with something that grows put into its server from outside. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, readlinkSync } from 'node:fs'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import t from 'tap'
import { childrenOf } from '../../../bench/processes.ts'

/** Of the node that a benchmark has started. */
function socketBelow(pid: number): string {
  const [node] = childrenOf(pid, 'src/main.ts')
  const [redis] = childrenOf(node ?? 0, 'redis')
  return join(readlinkSync(`/proc/${redis}/cwd`), 'redis.sock')
}

t.test('what grows in a server is found, though the command is not told', { timeout: 900_000 }, async (t) => {
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
  t.teardown(() => redis?.disconnect())
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      out += String(data)
      // After each look, keys that nobody ever removes.
      const seen = out.match(/^ {2}… /gm)?.length ?? 0
      if (seen > 0) redis ??= new Redis(socketBelow(child.pid ?? 0))
      for (; looks < seen; looks += 1) {
        for (let n = 0; n < 20; n += 1) redis?.set(`vv:leak:{${looks}}:${n}`, 'x').catch(() => {})
      }
    })
  }
  const [code] = (await once(child, 'exit')) as [number]
  t.equal(code, 1, out)
  t.match(out, /^LEAK in \d+ loads/m)
  t.match(out, /keys without an expiry .*LEAK/)
  t.match(JSON.parse(readFileSync(json, 'utf8')), { scenario: 'soak', checks: { nothing_lost: true, no_leak: false } })
  t.notMatch(readFileSync(join(folder, 'soak.html'), 'utf8'), /NaN|undefined|Infinity/)
})
