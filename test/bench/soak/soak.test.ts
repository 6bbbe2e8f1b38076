/** The command itself for some seconds, with something that grows put into its server from outside. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'
import { join } from 'node:path'
import t from 'tap'

t.test('what grows in a server is found, though the command is not told', { timeout: 900_000 }, async (t) => {
  const folder = t.testdir()
  const json = join(folder, 'out.json')
  const args = [
    ...['soak', '--minutes', '1.6', '--seconds', '1', '--load', '1', '--registered', '1000', '--volunteers', '60'],
    ...['--online-share', '0.05', '--workers', '1', '--out', folder, '--json', json],
  ]
  const child = spawn(process.execPath, ['bench/run.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  t.teardown(() => child.kill('SIGTERM'))
  const idle: Socket[] = []
  t.teardown(() => {
    for (const socket of idle) socket.destroy()
  })
  let out = ''
  let looks = 0
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      out += String(data)
      const [, port] = /http:\/\/127\.0\.0\.1:(\d+)/.exec(out) ?? []
      // After each look, connections that nobody ever uses or closes: each is a file and a handle of the server.
      const seen = out.match(/^ {2}… /gm)?.length ?? 0
      for (; looks < seen; looks += 1) {
        for (let n = 0; n < 5; n += 1) idle.push(connect(Number(port), '127.0.0.1').on('error', () => {}))
      }
    })
  }
  const [code] = (await once(child, 'exit')) as [number]
  t.equal(code, 1, out)
  t.match(out, /^LEAK in \d+ loads/m)
  t.match(out, /files of server .*LEAK/)
  t.match(out, /files of redis .*does not grow/)
  t.match(JSON.parse(readFileSync(json, 'utf8')), { scenario: 'soak', checks: { nothing_lost: true, no_leak: false } })
  t.notMatch(readFileSync(join(folder, 'soak.html'), 'utf8'), /NaN|undefined|Infinity/)
})
