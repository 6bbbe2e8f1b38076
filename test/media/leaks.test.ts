import { readFile } from 'node:fs/promises'
import { pino } from 'pino'
import t from 'tap'
import { Room } from '../../src/media/room.ts'
import { startWorker } from '../../src/media/worker.ts'
import { until } from '../support/until.ts'
import { camera, dtls, lineTo, microphone, testRooms, workerBin } from './test-rooms.ts'

const long = process.env.VISAVIS_TEST_LONG !== undefined
const cycles = long ? 1_000 : 200

t.test(`${cycles} talks come and go and leave nothing on the worker`, async (t) => {
  const worker = await startWorker(0, { workerBin, listen: [{ ip: '127.0.0.1' }] })
  t.teardown(() => worker.close())
  /** What the process itself says it holds: routers, transports of the WebRtcServer, and everything that takes requests. */
  const held = async () => {
    const { routerIds, channelMessageHandlers } = await worker.dump()
    const { webRtcTransportIds, localIceUsernameFragments } = await worker.webRtcServer.dump()
    return {
      routers: routerIds.length,
      handlers: channelMessageHandlers.channelRequestHandlers.length,
      transports: webRtcTransportIds.length,
      fragments: localIceUsernameFragments.length,
    }
  }
  const talk = async (n: number) => {
    const room = new Room({
      id: `r${n}`,
      worker,
      router: await worker.createRouter(),
      synthetic: true,
      consentMs: 10_000,
    })
    const sessions = ['jobseeker', 'advisor']
    const joined = sessions.map((session) =>
      room.join(room.prepare({ session, person: session, name: session, role: 'advisor', line: lineTo([], session) })),
    )
    const producers: string[] = []
    for (const session of sessions) {
      const participant = room.participant(session)
      if (participant === undefined) throw new Error(`${session} is not in the room`)
      const { id: transport } = await participant.openTransport('send')
      await participant.openTransport('receive')
      if (n % 2 === 0) await participant.connectTransport(transport, dtls)
      const audio = { transport, kind: 'audio', source: 'microphone', rtpParameters: microphone() } as const
      const video = { transport, kind: 'video', source: 'camera', rtpParameters: camera() } as const
      producers.push(await participant.produce(audio), await participant.produce(video))
      const foreign = producers.slice(0, -2)
      for (const producer of foreign)
        await participant.consume(producer, joined[0]?.rtpCapabilities ?? { codecs: [], headerExtensions: [] })
      await participant.openSyntheticTransport('receive')
    }
    // Somebody who leaves before they are in.
    const absent = room.prepare({
      session: 'absent',
      person: 'absent',
      name: '',
      role: 'advisor',
      line: lineTo([], ''),
    })
    const opening = absent.openTransports().catch(() => {})
    if (n % 2 === 0) await opening
    absent.close()
    await opening
    // The ways out: leaving in turn, everybody at once, or in the middle of opening something.
    if (n % 3 === 0) room.close('worker-died')
    const midway = n % 3 === 1 ? room.participant('advisor')?.openTransport('receive') : undefined
    for (const session of sessions) room.leave(session)
    await midway?.catch(() => {})
    t.equal(room.closed, true)
  }

  const atFirst = await held()
  t.strictSame(atFirst, { ...atFirst, routers: 0, transports: 0, fragments: 0 })
  const resident: number[] = []
  for (let n = 0; n < cycles; n += 1) {
    await talk(n)
    // The first quarter warms up: allocators keep what they had once.
    if ((n + 1) % (cycles / 4) === 0) resident.push(await residentBytes(worker.pid))
  }
  t.strictSame(await held(), atFirst)
  const grown = Math.round(((resident.at(-1) ?? 0) - (resident[0] ?? 0)) / 1_024)
  t.comment(`the worker grew by ${grown} KiB over ${cycles * 0.75} talks`)
  t.ok(grown < mostGrownKiB, `the worker’s memory is flat: ${grown} KiB`)
})

/** A talk that leaked but one transport would be some 30 KiB, several MiB in the shortest run. */
const mostGrownKiB = 2_048
async function residentBytes(pid: number): Promise<number> {
  const [, pages] = (await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')
  return Number(pages) * 4_096
}

t.test(`${cycles} sessions through the same room, some gone before they were in, leave nothing behind`, async (t) => {
  await using house = await testRooms(t, { workers: 2, log: pino({ level: 'silent' }) })
  const { rooms } = house
  for (let n = 0; n < cycles; n += 1) {
    const joins = ['a', 'b', 'c'].map((name) => house.enter(`r${n % 5}`, `${name}${n}`))
    if (n % 2 === 0) await rooms.leaveAll(`b${n}`)
    const results = await Promise.allSettled(joins)
    t.equal(results.filter(({ status }) => status === 'rejected').length, n % 2 === 0 ? 1 : 0)
    for (const name of ['a', 'b', 'c']) await rooms.leaveAll(`${name}${n}`)
  }
  await until(() => rooms.stats().rooms === 0, { what: 'all rooms to close' })
  t.match(rooms.stats(), { participants: 0, transports: 0, producers: 0, consumers: 0, workerDeaths: 0 })
})
