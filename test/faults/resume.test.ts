/**
 * What a client has equals the stream, always: the server is killed with SIGKILL at random moments, connections end at
 * random bytes, stall and fall silent, clients read slowly; and in the end every listener was told every durable event
 * exactly once, in order, as Redis has it. The SDK and a client that resumes by the book are checked side by side.
 */
import t, { type Test } from 'tap'
import { signToken } from '../../bench/tokens.ts'
import { connect, type Visavis } from '../../client/index.ts'
import { type EventName, events } from '../../src/protocol/index.ts'
import { startProcess } from '../support/process.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { dataFolder } from './data-folder.ts'
import { reached, type Step, type Truth, violations } from './heard.ts'
import { faultSeed, randomIntegers } from './random.ts'
import { Resumer } from './resumer.ts'
import { roughNetwork } from './rough-network.ts'
import { type Acknowledged, answerOffers, pause, requestCallbacks, sendByBook, sendBySdk, write } from './traffic.ts'
import { storedChannel, storedFeed } from './truth.ts'

const long = process.env.VISAVIS_TEST_LONG === '1'
const rounds = long ? 6 : 1
const roundMs = long ? 60_000 : 15_000
const seed = faultSeed()
t.setTimeout(rounds * (roundMs + 60_000))
const region = 'bretagne'
const advisor = 'advisor-anne'
const jobseekers = ['jobseeker-1', 'jobseeker-2', 'jobseeker-3'] as const
const people = [advisor, ...jobseekers]
const secret = 'the secret of this test, for all its nodes'
const heartbeatMs = 500
const env = {
  VISAVIS_JWT_SECRET: secret,
  VISAVIS_HEARTBEAT_MS: String(heartbeatMs),
  VISAVIS_CALLBACK_LEASE_MS: '1000',
  // Many connections are lost without the server knowing it yet.
  VISAVIS_SESSIONS_PER_PERSON: '50',
  VISAVIS_REQUESTS_PER_SECOND: '1000',
}

const tokenOf = (person: string): string => {
  const role = person.startsWith('advisor') ? 'advisor' : 'jobseeker'
  return signToken({ sub: person, role, name: person, region }, secret)
}

const streamsOf = (person: string): readonly string[] => [
  `person:${person}`,
  ...jobseekers.filter((id) => person === advisor || person === id).map((id) => `channel:${id}`),
]

async function readTruth({ client }: TestRedis): Promise<Truth> {
  const feeds = people.map(async (id) => [`person:${id}`, await storedFeed(client, region, id)] as const)
  const channels = jobseekers.map(async (id) => [`channel:${id}`, await storedChannel(client, id)] as const)
  return new Map(await Promise.all([...feeds, ...channels]))
}

const truthFor = (truth: Truth, person: string): Truth =>
  new Map([...truth].filter(([stream]) => streamsOf(person).includes(stream)))

interface Listener {
  readonly name: string
  readonly person: string
  readonly steps: readonly Step[]
}

/** The SDK, observed at the level of durable events. */
function listen(visavis: Visavis): Step[] {
  const steps: Step[] = []
  for (const event of Object.keys(events) as EventName[]) {
    visavis.on(event, (data, place) => {
      if (place !== undefined) steps.push({ is: 'event', ...place, data })
    })
  }
  visavis.onStream((stream, answer) => {
    steps.push(answer === undefined ? { is: 'gone', stream } : { is: 'snapshot', stream, position: answer.position })
  })
  return steps
}

for (let round = 0; round < rounds; round += 1) {
  const roundSeed = seed + round * 1_000
  t.test(`what every client was told equals the streams, whatever happens (seed ${roundSeed})`, async (t) => {
    const crew = await assemble(t, roundSeed)
    const { acknowledged, kills } = await throughTrouble(t, crew)
    const missing = await whatIsMissing(crew)
    t.same(missing, [], 'everybody has come to the end of every stream')

    const truth = await readTruth(crew.redis)
    for (const { name, person, steps } of crew.listeners)
      t.same(violations(steps, truthFor(truth, person)), [], `what ${name} was told`)
    for (const [n, { faults }] of crew.resumers.entries()) t.same(faults, [], `what the server did to ${people[n]}`)
    t.same(misplaced(acknowledged, truth), [], 'what was acknowledged is where its answer said')
    report(t, crew, { truth, kills, messages: acknowledged.length })
    const replayed = crew.resumers.reduce((sum, { figures }) => sum + figures.replayed, 0)
    t.ok(kills >= 2 && crew.network.figures.cut >= 10 && replayed > 0, 'there was trouble')
  })
}

/** Everybody is connected through the rough network, each person twice, before anything happens: all must hear all. */
async function assemble(t: Test, roundSeed: number) {
  let drawn = 0
  const nextRandom = () => {
    drawn += 1
    return randomIntegers(roundSeed + drawn)
  }
  const redis = await testRedis(t)
  const folder = await dataFolder(t)
  const start = (port: string) =>
    startProcess({ ...env, VISAVIS_DATA_DIR: folder, REDIS_URL: redis.url, VISAVIS_PORT: port })
  const node = await start('0')
  t.teardown(() => node.kill('SIGKILL'))
  const network = await roughNetwork(node.url, nextRandom())
  t.teardown(() => network[Symbol.asyncDispose]())
  const resumers = people.map((person) => {
    const random = nextRandom()
    const resumer = new Resumer({
      url: network.url,
      token: tokenOf(person),
      random: () => random(0, 999_999) / 1_000_000,
      readsSlowly: true,
    })
    t.teardown(() => resumer[Symbol.dispose]())
    return resumer
  })
  const clients = people.map((person) => {
    const visavis = connect({ url: network.url, token: () => tokenOf(person) })
    t.teardown(() => visavis.close())
    return { visavis, steps: listen(visavis) }
  })
  const listeners: readonly Listener[] = people.flatMap((person, n) => [
    { name: `${person} by the book`, person, steps: resumers[n]?.steps ?? [] },
    { name: `${person} with the SDK`, person, steps: clients[n]?.steps ?? [] },
  ])
  const isThere = ({ person, steps }: Listener) => streamsOf(person).every((stream) => reached(steps, stream) >= 0)
  await until(() => listeners.every(isThere), { what: 'every client', timeoutMs: 20_000 })
  // As a person does who sees that the network is back; otherwise the waits grow.
  const hurrying = setInterval(() => {
    for (const { visavis } of clients) visavis.hurry()
  }, 1_000)
  t.teardown(() => clearInterval(hurrying))
  return { nextRandom, redis, node, start, network, resumers, sdks: clients.map(({ visavis }) => visavis), listeners }
}

type Crew = Awaited<ReturnType<typeof assemble>>

/** People write and call while the server is killed again and again. */
async function throughTrouble(t: Test, crew: Crew): Promise<{ acknowledged: Acknowledged; kills: number }> {
  const { nextRandom, start, resumers, sdks, network } = crew
  const endsAt = performance.now() + roundMs
  const goesOn = () => performance.now() < endsAt
  const options = () => ({ random: nextRandom(), goesOn })
  let { node } = crew
  t.teardown(() => node.kill('SIGKILL'))
  let kills = 0
  const killServers = async () => {
    const random = nextRandom()
    while (goesOn()) {
      await pause(random(1_500, 5_000))
      await node.kill('SIGKILL')
      kills += 1
      node = await start(new URL(crew.node.url).port)
    }
  }
  const [byBook, ...othersByBook] = resumers
  const [bySdk, ...othersBySdk] = sdks
  if (byBook === undefined || bySdk === undefined) throw new Error('the advisor is missing')
  answerOffers({ random: nextRandom() }, byBook)
  const writing = jobseekers.flatMap((channel, n) => {
    const [resumer, sdk] = [othersByBook[n], othersBySdk[n]]
    if (resumer === undefined || sdk === undefined) throw new Error(`${channel} is missing`)
    return [
      write(options(), { channel, by: `${channel} by the book`, send: sendByBook(resumer, channel) }),
      write(options(), { channel, by: `${channel} with the SDK`, send: sendBySdk(sdk, channel) }),
      write(options(), { channel, by: 'the advisor with the SDK', send: sendBySdk(bySdk, channel) }),
      requestCallbacks(options(), resumer),
    ]
  })
  const [, ...acknowledged] = await Promise.all([killServers(), ...writing])
  network.calm()
  return { acknowledged: acknowledged.flat(), kills }
}

/** Waits until everybody has come to the end of every stream. @returns who has not, and where they stand. */
async function whatIsMissing({ redis, listeners }: Crew): Promise<readonly string[]> {
  let missing: readonly string[] = []
  const isComplete = async () => {
    const truth = await readTruth(redis)
    missing = listeners.flatMap(({ name, person, steps }) =>
      [...truthFor(truth, person)]
        .filter(([stream, { entries }]) => reached(steps, stream) < entries.length)
        .map(([stream, { entries }]) => `${name}: ${stream} at ${reached(steps, stream)} of ${entries.length}`),
    )
    return missing.length === 0
  }
  // In vain: what is missing says more than that something was waited for.
  await until(isComplete, { timeoutMs: 20_000, everyMs: 100 }).catch(() => {})
  return missing
}

function misplaced(acknowledged: Acknowledged, truth: Truth): Acknowledged {
  return acknowledged.filter(({ channel, text, offset }) => {
    const entry = truth.get(`channel:${channel}`)?.entries[offset - 1] as { message: { text: string } } | undefined
    return entry?.message.text !== text
  })
}

function report(t: Test, { network, resumers }: Crew, of: { truth: Truth; kills: number; messages: number }): void {
  const sum = (figure: keyof Resumer['figures']) => resumers.reduce((total, { figures }) => total + figures[figure], 0)
  const { connections, cut, reset, silent, stalled } = network.figures
  const events = [...of.truth.values()].reduce((total, { entries }) => total + entries.length, 0)
  t.comment(
    `${of.kills} kills; ${connections} connections: ${cut} cut, ${reset} reset, ${silent} silent; ${stalled} stalls; ` +
      `${of.messages} messages, ${events} events; by the book: ${sum('opened')} opened, ${sum('resumed')} resumed, ` +
      `${sum('replayed')} replayed, ${sum('repeated')} repeated, ${sum('gaps')} gaps`,
  )
}
