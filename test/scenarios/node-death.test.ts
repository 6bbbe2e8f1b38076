/** One of two nodes dies without a word: its people come back on the other, whose own people notice nothing. */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { signToken } from '../../bench/tokens.ts'
import type { Presence } from '../../src/protocol/index.ts'
import { dataFolder } from '../faults/data-folder.ts'
import { reached, type Truth, violations } from '../faults/heard.ts'
import { Resumer } from '../faults/resumer.ts'
import { storedChannel } from '../faults/truth.ts'
import { type NodeProcess, startProcess } from '../support/process.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const secret = 'the secret of this test, for all its nodes'
const graceMs = 1_500
/** After so long a silent node is dead for the others (src/presence/watch.ts). */
const silenceMs = 10_000
const heartbeatMs = 500
t.setTimeout(120_000)

const tokenOf = (person: string) => {
  const role = person.startsWith('advisor') ? 'advisor' : 'jobseeker'
  return signToken({ sub: person, role, name: person, region: 'bretagne' }, secret)
}

async function twoProcesses(t: Test): Promise<{ redis: TestRedis; doomed: NodeProcess; other: NodeProcess }> {
  const redis = await testRedis(t)
  const start = async () => {
    const node = await startProcess({
      REDIS_URL: redis.url,
      VISAVIS_DATA_DIR: await dataFolder(t),
      VISAVIS_JWT_SECRET: secret,
      VISAVIS_PRESENCE_GRACE_MS: String(graceMs),
      VISAVIS_HEARTBEAT_MS: String(heartbeatMs),
      VISAVIS_REQUESTS_PER_SECOND: '1000',
    })
    t.teardown(() => node.kill('SIGKILL'))
    return node
  }
  // The one that dies is the younger one: it has hardly said that it lives.
  const other = await start()
  return { redis, doomed: await start(), other }
}

/** What was told of somebody, with when (`performance.now`). */
function watchPresence(client: RawClient, person: string): { state: Presence['state']; at: number }[] {
  const told: { state: Presence['state']; at: number }[] = []
  client.socket.on('message', (data) => {
    const { event, data: shown } = JSON.parse(String(data)) as { event?: string; data?: Presence }
    if (event === 'presence.changed' && shown?.person === person)
      told.push({ state: shown.state, at: performance.now() })
  })
  return told
}

/** As every client does. */
const answerHeartbeats = ({ socket }: RawClient) =>
  socket.on('message', (data) => {
    if (!String(data).includes('session.heartbeat')) return
    socket.send(JSON.stringify({ id: 1_000_000, method: 'session.heartbeat', params: {} }))
  })

t.test('kill -9 of a node: its clients lose nothing, those of the other node are not disturbed', async (t) => {
  const { redis, doomed, other } = await twoProcesses(t)
  const channel = 'jobseeker-1'
  const stream = `channel:${channel}`
  using moved = new Resumer({ url: doomed.url, token: tokenOf(channel), random: Math.random })
  using stayed = new Resumer({ url: other.url, token: tokenOf('advisor-anne'), random: Math.random })
  const watchers = [moved, stayed]
  await until(() => watchers.every(({ steps }) => reached(steps, stream) === 0), { what: 'both' })
  const total = 300
  const writes = async () => {
    for (let n = 0; n < total; n += 1) {
      // Half of them from the node that dies: what was not answered is sent again with the same key.
      const writer = watchers[n % 2]
      await writer?.call('chat.publish', { channel, key: randomUUID(), text: `message ${n}` })
      if (n === total / 3) {
        await doomed.kill('SIGKILL')
        moved.goTo(other.url)
      }
    }
  }
  await writes()
  await until(() => watchers.every(({ steps }) => reached(steps, stream) === total), { what: 'all of it' })
  const truth: Truth = new Map([[stream, await storedChannel(redis.client, channel)]])
  for (const { steps, faults } of watchers) {
    t.same(violations(steps, truth), [])
    t.same(faults, [])
  }
  t.match(moved.figures, { opened: 2, resumed: 1 }, 'the same session, on the other node')
  t.match(stayed.figures, { opened: 1, gaps: 0 }, 'one connection all the time')
})

t.test(
  'kill -9 of a node: its people are offline only when it is known to be dead and their grace is over',
  async (t) => {
    const { doomed, other } = await twoProcesses(t)
    const watcher = await rawClient(other.url, tokenOf('jobseeker-1'))
    t.teardown(() => watcher[Symbol.asyncDispose]())
    answerHeartbeats(watcher)
    const told = watchPresence(watcher, 'advisor-anne')
    const bruno = watchPresence(await watching(t, other.url), 'advisor-bruno')
    const anne = await rawClient(doomed.url, tokenOf('advisor-anne'))
    // Comes back on the other node, and was never gone.
    using brunos = new Resumer({ url: doomed.url, token: tokenOf('advisor-bruno'), random: Math.random })
    const isThere = () => told.length === 1 && bruno.length === 1 && brunos.session !== undefined
    await until(isThere, { what: 'both online' })
    const killedAt = performance.now()
    await doomed.kill('SIGKILL')
    brunos.goTo(other.url)
    await anne.closed
    await until(() => brunos.figures.resumed === 1, { what: 'the session taken up' })
    await until(() => told.length === 2, { what: 'offline', timeoutMs: 40_000 })
    const afterMs = Math.round((told[1]?.at ?? 0) - killedAt)
    t.comment(`offline after ${afterMs} ms`)
    t.same(
      told.map(({ state }) => state),
      ['online', 'offline'],
    )
    t.ok(afterMs >= graceMs, 'not before its grace was over')
    t.ok(afterMs <= 2 * silenceMs + graceMs + 4_000, 'and not much later')
    t.same(
      bruno.map(({ state }) => state),
      ['online'],
      'who came back was never gone',
    )
    t.equal(watcher.socket.readyState, watcher.socket.OPEN)
  },
)

/** Of the advisor of jobseeker-4. */
async function watching(t: Test, url: string): Promise<RawClient> {
  const client = await rawClient(url, tokenOf('jobseeker-4'))
  t.teardown(() => client[Symbol.asyncDispose]())
  answerHeartbeats(client)
  return client
}
