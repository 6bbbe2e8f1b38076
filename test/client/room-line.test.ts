/** What a room says and hears when another node holds it: the way there, and what happens when that node or the way is gone. */
import t, { type Test } from 'tap'
import { signToken } from '../../bench/tokens.ts'
import { Connection } from '../../client/connection.ts'
import { RoomLine } from '../../client/room-line.ts'
import type { DataOf } from '../../src/protocol/index.ts'
import { dataFolder } from '../faults/data-folder.ts'
import { freePort } from '../support/port.ts'
import { type NodeProcess, startProcess } from '../support/process.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { cuttableNetwork } from './cuttable.ts'

const secret = 'the secret of this test, for all its nodes'
const room = 'jobseeker-1'
t.setTimeout(400_000)

/** Two nodes, reached by each other's people through a network of this test. */
async function twoNodes(t: Test) {
  const redis = await testRedis(t)
  const start = async () => {
    const port = await freePort()
    const network = await cuttableNetwork(`http://127.0.0.1:${port}`)
    t.teardown(() => network[Symbol.asyncDispose]())
    const node = await startProcess({
      ...{ REDIS_URL: redis.url, VISAVIS_DATA_DIR: await dataFolder(t), VISAVIS_JWT_SECRET: secret },
      ...{ VISAVIS_PORT: String(port), VISAVIS_NODE_URL: network.url, VISAVIS_NODE_ORIGINS: 'ws://127.0.0.1:*' },
    })
    t.teardown(() => node.kill('SIGKILL'))
    return { node, network }
  }
  return { holder: await start(), other: await start() }
}

function connect(t: Test, { url }: NodeProcess, person: string) {
  const role = person.startsWith('advisor') ? 'advisor' : 'jobseeker'
  const options = { url, token: () => signToken({ sub: person, role, name: person, region: 'bretagne' }, secret) }
  const connection = new Connection(options)
  const line = new RoomLine(connection, room, options)
  const states: string[] = []
  line.onState((state) => states.push(state))
  const joined: DataOf<'room.participantJoined'>[] = []
  line.on('room.participantJoined', (data) => joined.push(data))
  t.teardown(() => {
    line.close()
    connection.close()
  })
  return { connection, line, states, joined }
}

const join = ({ line }: { line: RoomLine }) => line.call('room.join', { room })

t.test('the line leads to the node that holds the room, and back to it after it was cut', async (t) => {
  const { holder, other } = await twoNodes(t)
  const jeanne = connect(t, holder.node, 'jobseeker-1')
  const { participant } = await join(jeanne)
  const anne = connect(t, other.node, 'advisor-anne')
  t.match(await join(anne), { participants: [{ id: participant }] })
  await until(() => jeanne.joined.length === 1, { what: 'the advisor' })
  t.equal(holder.network.connections, 1, 'one further connection, for the room')

  holder.network.cut()
  await until(() => anne.states.join() === 'open,recovering,open', { what: 'the line again', timeoutMs: 40_000 })
  t.equal(anne.connection.state, 'open', 'the person’s own connection is not concerned')
  await t.rejects(anne.line.call('room.resume', { room }), { code: 'GONE' }, 'there was no media to hold the place')
  t.match(await join(anne), { participants: [{ id: participant }] })

  await t.test('and whoever closes it is out at once', async (t) => {
    const comer = connect(t, other.node, 'advisor-anne')
    await join(comer)
    await until(() => jeanne.joined.length === 3, { what: 'the second device' })
    const left: string[] = []
    jeanne.line.on('room.participantLeft', ({ participant }) => left.push(participant))
    comer.line.close()
    await until(() => left.length === 1, { what: 'their leaving' })
    t.equal(left[0], jeanne.joined[2]?.participant.id)
  })
})

t.test('kill -9 of the node that holds the room: it is placed on the other one within seconds', async (t) => {
  const { holder, other } = await twoNodes(t)
  const jeanne = connect(t, holder.node, 'jobseeker-1')
  await join(jeanne)
  const anne = connect(t, other.node, 'advisor-anne')
  await join(anne)
  await holder.node.kill('SIGKILL')
  const killedAt = performance.now()
  await until(() => anne.states.join() === 'open,recovering,open', { what: 'an answer', timeoutMs: 60_000 })
  await t.rejects(anne.line.call('room.resume', { room }), { code: 'GONE' })
  t.match(await join(anne), { participants: [] }, 'the room is new')
  t.comment(`in the room again ${Math.round(performance.now() - killedAt)} ms after the kill`)
  t.equal(holder.network.connections > 0 && other.network.connections, 0, 'their own node holds it now')
  const back = connect(t, other.node, 'jobseeker-1')
  t.match(await join(back), { participants: [{ person: 'advisor-anne' }] })
})
