import { spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import t from 'tap'
import { droppedBy, dropsOf } from '../../bench/socket-drops.ts'
import { until } from '../support/until.ts'

t.test('drops are those of the sockets asked for', async (t) => {
  const table = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
    0: 0100007F:C1D9 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 101 2 00000000843a7e68 7
    5: 0100007F:C1DE 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 102 2 00000000dc41ee90 12
`
  t.equal(dropsOf(table, new Set(['101', '102'])), 19)
  t.equal(dropsOf(table, new Set(['102', '7'])), 12)
  t.equal(dropsOf('', new Set(['101'])), 0)
})

t.test('a process that does not read in time is found out', async (t) => {
  const reader = spawn(
    process.execPath,
    [
      '-e',
      "const s = require('dgram').createSocket('udp4'); s.bind(0, '127.0.0.1', () => console.log(s.address().port))",
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  t.teardown(() => reader.kill('SIGKILL'))
  const [port] = await once(reader.stdout, 'data')
  const pid = reader.pid ?? 0
  t.equal(await droppedBy(pid), 0)
  reader.kill('SIGSTOP')
  const sender = createSocket('udp4')
  t.teardown(() => sender.close())
  const packet = Buffer.alloc(1_000)
  // Some go into its buffer, whatever its size; those after them are lost.
  const dropped = await until(async () => {
    for (let n = 0; n < 500; n += 1) sender.send(packet, Number(port), '127.0.0.1')
    return (await droppedBy(pid)) || undefined
  })
  t.ok(dropped > 0)
  await t.rejects(droppedBy(2 ** 30), { code: 'ENOENT' })
})
