/** The one port of a worker: UDP and TCP, IPv4 and IPv6, and what browsers are told of it. */
import t from 'tap'
import { until } from '../support/until.ts'
import { iceClient } from './ice-client.ts'
import { testRooms } from './test-rooms.ts'

t.test('every way leads in: UDP and TCP, over IPv4 and IPv6, all on one port', async (t) => {
  await using house = await testRooms(t, { listen: [{ ip: '127.0.0.1' }, { ip: '::1' }] })
  const { participant } = await house.enter('r', 'anne')
  const first = await participant.openTransport('receive')
  const ways = first.iceCandidates.map(({ protocol, address }) => `${protocol} ${address}`)
  t.same(ways.toSorted(), ['tcp 127.0.0.1', 'tcp ::1', 'udp 127.0.0.1', 'udp ::1'])
  t.same([...new Set(first.iceCandidates.map(({ port }) => port))], [house.rooms.stats().workers[0]?.port])
  const udpFirst = first.iceCandidates.toSorted((a, b) => b.priority - a.priority).map(({ protocol }) => protocol)
  t.same(udpFirst, ['udp', 'udp', 'tcp', 'tcp'], 'TCP is for those whose network lets nothing else through')
  for (const [protocol, address] of ways.map((way) => way.split(' '))) {
    const transport = await participant.openTransport('receive')
    const client = await iceClient(
      t,
      transport,
      (candidate) => candidate.protocol === protocol && candidate.address === address,
    )
    await until(() => participant.flowing, { what: `media over ${protocol} at ${address}` })
    client.stop()
  }
})

t.test('behind NAT browsers are told the announced addresses, each of its own family', async (t) => {
  const listen = [
    { ip: '0.0.0.0', announced: '203.0.113.7' },
    { ip: '::', announced: '2001:db8::7' },
  ]
  await using house = await testRooms(t, { listen })
  const { participant } = await house.enter('r', 'anne')
  const { iceCandidates } = await participant.openTransport('send')
  t.same([...new Set(iceCandidates.map(({ address }) => address))].toSorted(), ['2001:db8::7', '203.0.113.7'])
})
