/**
 * What a client has equals the stream, always: the server is killed with SIGKILL at random moments, connections end at
 * random bytes, stall and fall silent, clients read slowly; and in the end every listener was told every durable event
 * exactly once, in order, as Redis has it. The SDK and a client that resumes by the book are checked side by side.
 */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { signToken } from '../../bench/tokens.ts'
import { connect, type Visavis } from '../../client/index.ts'
import { type Callback, type EventFrame, type EventName, events, type Offer } from '../../src/protocol/index.ts'
import { type NodeProcess, startProcess } from '../support/process.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { dataFolder } from './data-folder.ts'
import { reached, type Step, type Truth, violations } from './heard.ts'
import { faultSeed, randomIntegers } from './random.ts'
import { Resumer } from './resumer.ts'
import { roughNetwork } from './rough-network.ts'
import { storedChannel, storedFeed } from './truth.ts'

const long = process.env.VISAVIS_TEST_LONG === '1'
const rounds = long ? 6 : 1
const roundMs = long ? 60_000 : 15_000
const seed = faultSeed()
t.setTimeout(rounds * (roundMs + 60_000))
const region = 'bretagne'
const advisor = 'advisor-anne'
const jobseekers = ['jobseeker-1', 'jobseeker-2', 'jobseeker-3'] as const
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
  const people = [advisor, ...jobseekers]
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

const isExpected = (error: unknown): boolean =>
  ['CONFLICT', 'GONE', 'NOT_FOUND'].includes((error as { code?: string }).code ?? '')

/** A callback that moved on before what was asked of it is no fault. */
const attempt = (answer: Promise<unknown>): Promise<unknown> =>
  answer.catch((error: unknown) => {
    if (!isExpected(error)) throw error
    return undefined
  })

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

for (let round = 0; round < rounds; round += 1) {
  const roundSeed = seed + round * 1_000
  t.test(`what every client was told equals the streams, whatever happens (seed ${roundSeed})`, async (t) => {
    await throughTrouble(t, roundSeed)
  })
}

async function throughTrouble(t: Test, roundSeed: number): Promise<void> {
  let streamsOfRandom = 0
  const nextRandom = () => {
    streamsOfRandom += 1
    return randomIntegers(roundSeed + streamsOfRandom)
  }
  const fraction = () => {
    const random = nextRandom()
    return () => random(0, 999_999) / 1_000_000
  }
  const redis = await testRedis(t)
  const folder = await dataFolder(t)
  const start = (port: string) =>
    startProcess({ ...env, VISAVIS_DATA_DIR: folder, REDIS_URL: redis.url, VISAVIS_PORT: port })
  let node: NodeProcess = await start('0')
  t.teardown(() => node.kill('SIGKILL'))
  const { port } = new URL(node.url)
  const network = await roughNetwork(node.url, nextRandom())
  t.teardown(() => network[Symbol.asyncDispose]())

  const people = [advisor, ...jobseekers]
  const resumers = people.map((person) => {
    const options = { url: network.url, token: tokenOf(person), random: fraction(), readsSlowly: true }
    const resumer = new Resumer(options)
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
  // Everybody is there before anything happens, so that everybody must be told everything.
  const isThere = ({ person, steps }: Listener) => streamsOf(person).every((stream) => reached(steps, stream) >= 0)
  await until(() => listeners.every(isThere), { what: 'every client', timeoutMs: 20_000 })

  const endsAt = performance.now() + roundMs
  const goesOn = () => performance.now() < endsAt
  const acknowledged = new Map<string, string>()
  const publish = async (channel: string, by: string, send: (text: string) => Promise<number>) => {
    const random = nextRandom()
    for (let n = 1; goesOn(); n += 1) {
      const text = `${by} ${n} ${'é'.repeat(random(0, 300))}`
      acknowledged.set(text, `${channel} ${await send(text)}`)
      await pause(random(5, 150))
    }
  }
  const byBook = (client: Resumer, channel: string) => async (text: string) => {
    const answer = await client.call('chat.publish', { channel, key: randomUUID(), text })
    return (answer as { position: { offset: number } }).position.offset
  }
  const bySdk = (client: Visavis, channel: string) => async (text: string) =>
    (await client.chat.channel(channel).send(text)).offset
  const requestCallbacks = async (client: Resumer) => {
    const random = nextRandom()
    while (goesOn()) {
      const params = { key: randomUUID(), medium: 'room', reason: 'rappelez-moi' }
      const { callback } = (await client.call('callback.request', params)) as { callback: Callback }
      await pause(random(10, 900))
      await attempt(client.call('callback.cancel', { callback: callback.id }))
    }
  }
  const answerOffers = (client: Resumer) => {
    const random = nextRandom()
    const accept = async ({ offer: { callback, token } }: { offer: Offer }) => {
      if ((await attempt(client.call('callback.accept', { callback, token }))) === undefined) return
      await attempt(client.call('callback.complete', { callback, token, disposition: 'answered' }))
    }
    client.onEvent(({ event, data }: EventFrame) => {
      if (event !== 'callback.offered' || random(1, 2) === 1) return
      // When the test ends, nobody waits for the answer.
      accept(data as { offer: Offer }).catch(() => {})
    })
  }
  let kills = 0
  const killServers = async () => {
    const random = nextRandom()
    while (goesOn()) {
      await pause(random(1_500, 5_000))
      await node.kill('SIGKILL')
      kills += 1
      node = await start(port)
    }
  }
  // As a person does who sees that the network is back; otherwise the waits grow.
  const hurrying = setInterval(() => {
    for (const { visavis } of clients) visavis.hurry()
  }, 1_000)
  t.teardown(() => clearInterval(hurrying))

  const [anne] = resumers
  if (anne !== undefined) answerOffers(anne)
  await Promise.all([
    killServers(),
    ...jobseekers.flatMap((channel, n) => {
      const resumer = resumers[n + 1]
      const ofAdvisor = clients[0]?.visavis
      if (resumer === undefined || ofAdvisor === undefined) return []
      return [
        publish(channel, `${channel} by the book`, byBook(resumer, channel)),
        publish(channel, 'the advisor with the SDK', bySdk(ofAdvisor, channel)),
        requestCallbacks(resumer),
      ]
    }),
    ...jobseekers.slice(0, 2).map(async (channel, n) => {
      const client = clients[n + 1]?.visavis
      if (client !== undefined) await publish(channel, `${channel} with the SDK`, bySdk(client, channel))
    }),
  ])
  network.calm()

  // Offers run out for as long as something waits; the streams are whole when they have come to rest.
  const behind = async () => {
    const truth = await readTruth(redis)
    return listeners.flatMap(({ name, person, steps }) =>
      [...truthFor(truth, person)]
        .filter(([stream, { entries }]) => reached(steps, stream) < entries.length)
        .map(([stream, { entries }]) => `${name}: ${stream} at ${reached(steps, stream)} of ${entries.length}`),
    )
  }
  let missing: readonly string[] = []
  const isAtRest = async () => {
    missing = await behind()
    return missing.length === 0
  }
  // In vain: what is missing says more than that something was waited for.
  await until(isAtRest, { timeoutMs: 20_000, everyMs: 100 }).catch(() => {})
  t.same(missing, [], 'everybody has come to the end of every stream')

  const truth = await readTruth(redis)
  for (const { name, person, steps } of listeners) t.same(violations(steps, truthFor(truth, person)), [], name)
  for (const [n, { faults }] of resumers.entries()) t.same(faults, [], `what the server did to ${people[n]}`)
  const stored = new Map<string, string>(
    jobseekers.flatMap((channel) => {
      const entries = (truth.get(`channel:${channel}`)?.entries ?? []) as {
        message: { text: string; offset: number }
      }[]
      return entries.map(({ message }) => [`${channel} ${message.text}`, `${channel} ${message.offset}`] as const)
    }),
  )
  const lost = [...acknowledged].filter(([text, place]) => stored.get(`${place.split(' ')[0]} ${text}`) !== place)
  t.same(lost, [], 'what was acknowledged is where its answer said')

  const sum = (of: (resumer: Resumer) => number) => resumers.reduce((total, resumer) => total + of(resumer), 0)
  const { connections, cut, reset, silent, stalled } = network.figures
  t.comment(
    `${kills} kills; ${connections} connections: ${cut} cut, ${reset} reset, ${silent} silent, ${stalled} stalls; ` +
      `${acknowledged.size} messages, ${[...truth.values()].reduce((total, { entries }) => total + entries.length, 0)} events; ` +
      `by the book: ${sum(({ figures }) => figures.opened)} opened, ${sum(({ figures }) => figures.resumed)} resumed, ` +
      `${sum(({ figures }) => figures.replayed)} replayed, ${sum(({ figures }) => figures.repeated)} repeated, ` +
      `${sum(({ figures }) => figures.gaps)} gaps`,
  )
  t.ok(kills >= 2 && cut >= 10 && sum(({ figures }) => figures.replayed) > 0, 'there was trouble')
}
