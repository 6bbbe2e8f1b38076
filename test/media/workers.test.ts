import { createSocket } from 'node:dgram'
import { readFileSync } from 'node:fs'
import { pino } from 'pino'
import t from 'tap'
import { openRooms } from '../../src/media/rooms.ts'
import { until } from '../support/until.ts'
import { send, testRooms, workerBin } from './test-rooms.ts'

const log = pino({ level: 'silent' })

t.test('each worker has one port of its own, the same for UDP and TCP', async (t) => {
  await using house = await testRooms(t, { workers: 3 })
  const seen = new Map<number, number>()
  for (let n = 0; n < 6; n += 1) {
    const guest = await house.enter(`r${n}`, `s${n}`)
    const { iceCandidates } = await guest.participant.openTransport('send')
    const [port, ...others] = new Set(iceCandidates.map((candidate) => candidate.port))
    t.equal(others.length, 0, 'UDP and TCP on one port')
    if (port !== undefined) seen.set(port, (seen.get(port) ?? 0) + 1)
  }
  t.strictSame([...seen.values()], [2, 2, 2], 'rooms spread over the workers')
  t.strictSame(new Set(house.rooms.stats().workers.map(({ port }) => port)), new Set(seen.keys()))
  for (const { pid, cpuSeconds, maxRssBytes } of await house.rooms.usage())
    t.ok(cpuSeconds >= 0 && maxRssBytes > 1_000_000, `usage of worker ${pid}`)
})

t.test('a killed worker: its rooms are told, the next join works at once, other rooms notice nothing', async (t) => {
  await using house = await testRooms(t, { workers: 2 })
  const anne = await house.enter('r1', 'anne')
  const bob = await house.enter('r1', 'bob')
  const carl = await house.enter('r2', 'carl')
  await send(anne)
  const producer = await send(carl)
  const pidOf = new Map(house.rooms.stats().workers.map(({ port, pid }) => [port, pid]))
  const { iceCandidates } = await bob.participant.openTransport('receive')
  const victim = pidOf.get(iceCandidates[0]?.port ?? 0) ?? 0
  t.ok(victim > 0)
  const activity: unknown[] = []
  house.rooms.on('activated', (...what) => activity.push(what))

  const started = performance.now()
  process.kill(victim, 'SIGKILL')
  await until(() => bob.events().includes('room.closed'), { what: 'room.closed', everyMs: 1 })
  const told = performance.now() - started
  const again = await house.enter('r1', 'anne')
  await send(again)
  const back = performance.now() - started
  t.comment(`told after ${told.toFixed(0)} ms, sending again after ${back.toFixed(0)} ms`)
  t.ok(back < 1_000, `sending again after ${back.toFixed(0)} ms`)

  const closed = { event: 'room.closed', data: { room: 'r1', reason: 'worker-died' } }
  t.strictSame([anne.told.at(-1), bob.told.at(-1)], [closed, closed])
  t.strictSame(bob.events(), ['room.producerOpened', 'room.closed'], 'and not each track and person')
  t.throws(() => house.rooms.participant('r1', 'bob'), { code: 'GONE' })
  await t.rejects(bob.participant.openTransport('send'), { code: /^(GONE|UNAVAILABLE)$/ })
  t.strictSame(activity, [
    ['r1', false],
    ['r1', true, 'person-anne'],
  ])

  t.strictSame(carl.told, [], 'the other worker’s room is untouched')
  await carl.participant.setProducerPaused(producer, true)
  await until(() => house.rooms.stats().workers.length === 2, { what: 'the replacement' })
  t.equal(house.rooms.stats().workerDeaths, 1)
  t.notOk(house.rooms.stats().workers.some(({ pid }) => pid === victim))
})

t.test('with the only worker killed, a join waits for its replacement', async (t) => {
  await using house = await testRooms(t)
  const [worker] = house.rooms.stats().workers
  const { rooms } = house
  // At once, twice: whether the node has noticed the death yet or not.
  process.kill(worker?.pid ?? 0, 'SIGKILL')
  const joins = [house.enter('r', 'anne'), house.enter('other', 'bob')]
  await Promise.all(joins)
  t.match(rooms.stats(), { rooms: 2, participants: 2, workerDeaths: 1 })
})

t.test('calls in progress when the worker dies are answered UNAVAILABLE or GONE', async (t) => {
  await using house = await testRooms(t)
  const guests = await Promise.all(Array.from({ length: 10 }, (_, n) => house.enter('r', `s${n}`)))
  const [worker] = house.rooms.stats().workers
  process.kill(worker?.pid ?? 0, 'SIGSTOP')
  const calls = guests.flatMap(({ participant }) => [
    participant.openTransport('send'),
    participant.openTransport('receive'),
  ])
  process.kill(worker?.pid ?? 0, 'SIGKILL')
  for (const result of await Promise.allSettled(calls)) {
    t.equal(result.status, 'rejected')
    if (result.status === 'rejected') t.match(result.reason, { code: /^(UNAVAILABLE|GONE)$/ })
  }
  t.match(house.rooms.stats(), { rooms: 0, transports: 0 })
})

t.test('a worker that dies again and again is replaced each time', async (t) => {
  await using house = await testRooms(t)
  for (let n = 1; n <= 4; n += 1) {
    const [worker] = await until(() => (house.rooms.stats().workers.length === 1 ? house.rooms.stats().workers : null))
    process.kill(worker?.pid ?? 0, 'SIGKILL')
    await until(() => house.rooms.stats().workerDeaths === n, { what: `death ${n}` })
  }
  await house.enter('r', 'anne')
})

t.test('a fixed port is taken again after a death, and waited for while a former worker holds it', async (t) => {
  const holdMs = 300
  const former = createSocket('udp4')
  await new Promise<void>((resolve) => former.bind({ port: 0, address: '127.0.0.1', exclusive: true }, resolve))
  const basePort = former.address().port
  const started = performance.now()
  setTimeout(() => former.close(), holdMs)
  await using house = await testRooms(t, { basePort })
  t.ok(performance.now() - started >= holdMs - 1, 'it waited')
  const before = house.rooms.stats().workers[0]
  t.equal(before?.port, basePort)
  process.kill(before?.pid ?? 0, 'SIGKILL')
  await until(() => house.rooms.stats().workers.some(({ pid }) => pid !== before?.pid), { what: 'the replacement' })
  t.equal(house.rooms.stats().workers[0]?.port, basePort)
})

t.test('mediasoup does not take the signals of a graceful stop', async (t) => {
  const counts = () => [process.listenerCount('SIGTERM'), process.listenerCount('SIGINT')]
  const before = counts()
  await using house = await testRooms(t, { workers: 2 })
  t.strictSame(counts(), before)
  t.equal(house.rooms.stats().workers.length, 2)
})

t.test('closing ends every process, twice is harmless', async (t) => {
  const house = await testRooms(t, { workers: 2 })
  const pids = house.rooms.stats().workers.map(({ pid }) => pid)
  await Promise.all([house.rooms.close(), house.rooms.close()])
  await house.rooms.close()
  for (const pid of pids) t.notOk(isRunning(pid), `worker ${pid} has ended`)
})

t.test('a worker that hangs does not keep a node from stopping', async (t) => {
  const house = await testRooms(t)
  const pid = house.rooms.stats().workers[0]?.pid ?? 0
  process.kill(pid, 'SIGSTOP')
  await house.rooms.close()
  t.notOk(isRunning(pid), `worker ${pid} has ended`)
})

t.test('what is missing is said: the program, the address, the port', async (t) => {
  const options = {
    workers: 1,
    workerBin,
    listen: [{ ip: '127.0.0.1' }],
    basePort: 0,
    iceServers: { urls: [], turnCredentialMs: 600_000 },
    log,
  }
  await t.rejects(openRooms({ ...options, workerBin: '/nowhere/mediasoup-worker' }), { message: /nowhere.*not start/ })
  await t.rejects(openRooms({ ...options, listen: [{ ip: '192.0.2.1' }] }), { message: /192\.0\.2\.1 cannot be used/ })
  await t.rejects(openRooms({ ...options, listen: [] }), { message: /cannot be used/ })
})

/** A zombie that nobody has waited for yet does not count. */
function isRunning(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}
