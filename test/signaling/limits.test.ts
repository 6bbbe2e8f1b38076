/** Every limit of a connection: its setting, what is answered beyond it, when to come back, and the metric that counts it. */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { closeCodes, methods } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const metricsOf = async (url: string) => (await fetch(`${url}/metrics`)).text()
/** How often somebody reached it, as operators see it. */
async function counted(url: string, limit: string): Promise<number> {
  const found = new RegExp(`^visavis_limits_reached_total\\{[^}]*limit="${limit}"[^}]*\\} (\\d+)`, 'm')
  return Number(found.exec(await metricsOf(url))?.[1] ?? 0)
}
/** A node with these settings, and somebody connected to it who is not signed in yet. */
async function stage(t: Test, settings: Readonly<Record<string, string>>) {
  // Whoever is not signed in yet stays, on however busy a machine.
  const node = await testNode(t, { VISAVIS_SESSION_OPEN_TIMEOUT_MS: '60000', ...settings })
  const connect = async (person?: string): Promise<RawClient> => {
    const client = await rawClient(node.url, person === undefined ? undefined : await node.token(person))
    t.teardown(() => client[Symbol.asyncDispose]())
    return client
  }
  const open = async (person: string) =>
    (await connect()).call('session.open', { token: await node.token(person), versions: [1] })
  return { ...node, url: node.url, connect, open }
}
const refusal = (code: string, limit: string) => ({
  error: { code, retryable: true, retryAfterMs: Number, details: { limit } },
})

t.test('requests in flight (VISAVIS_MAX_IN_FLIGHT), and those in a second (VISAVIS_REQUESTS_PER_SECOND)', async (t) => {
  const { url, connect } = await stage(t, {
    VISAVIS_MAX_IN_FLIGHT: '3',
    VISAVIS_REQUESTS_PER_SECOND: '1',
    VISAVIS_REQUEST_BURST: '60',
  })
  const client = await connect('jobseeker-1')
  const history = () => client.call('chat.history', { channel: 'jobseeker-1', limit: 1 })
  const answers = await Promise.all(Array.from({ length: 40 }, history))
  const refused = answers.filter((answer) => 'error' in answer)
  t.ok(refused.length > 0, `${refused.length} of 40 at once are refused`)
  t.match(refused[0], refusal('RATE_LIMITED', 'inFlight'))
  t.equal(await counted(url, 'inFlight'), refused.length)

  const heartbeat = () => client.call('session.heartbeat', {})
  const beyond = await until(
    async () => {
      const answer = await heartbeat()
      return 'error' in answer ? answer : undefined
    },
    { what: 'the budget to be used up', everyMs: 0 },
  )
  t.match(beyond, refusal('RATE_LIMITED', 'requests'))
  t.ok((await counted(url, 'requests')) > 0)
  for (let n = 0; n < 1_500; n += 1) heartbeat().catch(() => {})
  const { code, reason } = await client.closed
  t.equal(code, closeCodes.TOO_FAST.code)
  t.match(reason, /^TOO_FAST \d+$/, 'with a time to come back')
  t.match(await metricsOf(url), /visavis_connections_closed_total\{[^}]*reason="TOO_FAST"[^}]*\} 1/)
})

t.test('what a method costs is taken from that budget', async (t) => {
  const rate = { perSecond: 1, burst: 200 }
  const { connect } = await stage(t, {
    VISAVIS_MAX_IN_FLIGHT: '1000',
    VISAVIS_REQUESTS_PER_SECOND: String(rate.perSecond),
    VISAVIS_REQUEST_BURST: String(rate.burst),
  })
  /** Of 200 at once, how many are let through, and for how much. */
  const spent = async (
    person: string,
    method: 'chat.search' | 'chat.channels' | 'session.heartbeat',
    params: object,
  ) => {
    const client = await connect(person)
    const startedAt = performance.now()
    const answers = await Promise.all(Array.from({ length: 200 }, () => client.call(method, params)))
    const budget = rate.burst + Math.ceil((performance.now() - startedAt) / 1_000) * rate.perSecond
    const through = answers.filter((answer) => 'result' in answer).length
    t.ok(through > 0 && through * methods[method].cost <= budget, `${through} times ${method} of ${budget}`)
    return through
  }
  const searches = await spent('jobseeker-1', 'chat.search', { query: 'bonjour' })
  const lists = await spent('jobseeker-2', 'chat.channels', {})
  const beats = await spent('jobseeker-4', 'session.heartbeat', {})
  t.ok(searches < lists && lists < beats, 'the dearer, the fewer')
})

t.test('the size of a message (VISAVIS_MAX_FRAME_BYTES), and its fragments', async (t) => {
  const { url, connect } = await stage(t, { VISAVIS_MAX_FRAME_BYTES: '16384' })
  const large = await connect('jobseeker-1')
  large.sendText('x'.repeat(16_385))
  t.equal((await large.closed).code, 1009)
  t.equal(await counted(url, 'frameBytes'), 1)
  const many = await connect('jobseeker-2')
  for (let n = 0; n < 20; n += 1) many.socket.send('x', { fin: false })
  t.equal((await many.closed).code, 1008)
  t.equal(await counted(url, 'fragments'), 1)
})

t.test('devices of a person (VISAVIS_SESSIONS_PER_PERSON), and connections of an address', async (t) => {
  const { url, connect, open } = await stage(t, {
    VISAVIS_SESSIONS_PER_PERSON: '1',
    VISAVIS_CONNECTIONS_PER_ADDRESS: '3',
  })
  await connect('jobseeker-1')
  t.match(await open('jobseeker-1'), refusal('RATE_LIMITED', 'sessionsPerPerson'))
  t.equal(await counted(url, 'sessionsPerPerson'), 1)
  await connect()
  const { code, reason } = await (await connect()).closed
  t.equal(code, closeCodes.TOO_MANY.code)
  t.match(reason, /^TOO_MANY \d+$/)
  t.equal(await counted(url, 'connectionsPerAddress'), 1)
})

t.test('arrivals (VISAVIS_OPENS_PER_SECOND)', async (t) => {
  const { url, open } = await stage(t, { VISAVIS_OPENS_PER_SECOND: '1', VISAVIS_SESSIONS_PER_PERSON: '100' })
  const answers = await Promise.all(Array.from({ length: 30 }, () => open('jobseeker-1')))
  const refused = answers.filter((answer) => 'error' in answer)
  t.ok(refused.length > 0, `${refused.length} of 30 are sent away`)
  for (const answer of refused) t.match(answer, refusal('UNAVAILABLE', 'arrivals'))
  t.equal(await counted(url, 'arrivals'), refused.length)
})

t.test('arrivals without a token take nobody’s place', async (t) => {
  const { open, connect } = await stage(t, { VISAVIS_OPENS_PER_SECOND: '1' })
  const stranger = async () => (await connect()).call('session.open', { token: 'nobody', versions: [1] })
  for (const answer of await Promise.all(Array.from({ length: 30 }, stranger)))
    t.match(answer, { error: { code: 'UNAUTHENTICATED' } })
  const startedAt = performance.now()
  t.hasProp(await open('jobseeker-1'), 'result', 'somebody who has one is in')
  t.comment(`after ${Math.round(performance.now() - startedAt)} ms`)
})

t.test('messages of a sender in a minute (VISAVIS_CHAT_MESSAGES_PER_MINUTE)', async (t) => {
  const { url, connect } = await stage(t, { VISAVIS_CHAT_MESSAGES_PER_MINUTE: '2' })
  const client = await connect('jobseeker-1')
  const publish = () => client.call('chat.publish', { channel: 'jobseeker-1', key: randomUUID(), text: 'Bonjour' })
  // A minute may end between two of them.
  await until(async () => 'error' in (await publish()), { what: 'a message too many' })
  t.match(await publish(), refusal('RATE_LIMITED', 'messagesPerMinute'))
  t.ok((await counted(url, 'messagesPerMinute')) >= 1)
})

t.test('the time until session.open (VISAVIS_SESSION_OPEN_TIMEOUT_MS)', async (t) => {
  const { url, connect } = await stage(t, { VISAVIS_SESSION_OPEN_TIMEOUT_MS: '500' })
  t.equal((await (await connect()).closed).code, closeCodes.OPEN_TIMEOUT.code)
  t.match(await metricsOf(url), /visavis_connections_closed_total\{[^}]*reason="OPEN_TIMEOUT"[^}]*\} 1/)
})
