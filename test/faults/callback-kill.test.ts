/**
 * kill -9 of the node, and of Redis, at every transition of a callback, while jobseekers and advisors go on: judged from what
 * each of them was answered, nothing acknowledged is lost, and nobody holds what another one holds.
 */
import t, { type Test } from 'tap'
import { type NodeProcess, startProcess } from '../support/process.ts'
import { until } from '../support/until.ts'
import { CallbackLoad } from './callback-load.ts'
import { enrol, named, settings, tokenOf } from './callback-people.ts'
import { type ActName, type Act as Done, violations } from './callback-truth.ts'
import { dataFolder, redisOwners } from './data-folder.ts'
import { faultSeed, randomIntegers } from './random.ts'
import { Resumer } from './resumer.ts'

t.setTimeout(600_000)

const advisors = named('advisor', 4)
const jobseekers = named('jobseeker', 12)
const rounds = process.env.VISAVIS_TEST_LONG === '1' ? 10 : 1
/** An offer follows a request, or an advisor who is free again: the moment after these is the moment of an offer. */
const moments: readonly { readonly at: string; readonly after: readonly ActName[] }[] = [
  { at: 'request', after: ['request'] },
  { at: 'offer', after: ['request', 'complete', 'decline'] },
  { at: 'accept', after: ['accept'] },
  { at: 'attempt', after: ['attempt'] },
  { at: 'complete', after: ['complete'] },
  { at: 'decline', after: ['decline'] },
  { at: 'cancel', after: ['cancel'] },
  { at: 'reschedule', after: ['reschedule'] },
]
/** About as long as a transition takes from its sending to its answer. */
const maxUs = 6_000
const seed = faultSeed()

/** Finer than a timer's millisecond. */
async function passed(us: number): Promise<void> {
  const end = performance.now() + us / 1_000
  while (performance.now() < end) await new Promise((resolve) => setImmediate(resolve))
}

interface Stage {
  readonly folder: string
  node: NodeProcess
  readonly start: () => Promise<NodeProcess>
}

async function openStage(t: Test): Promise<Stage> {
  const folder = await dataFolder(t)
  const start = () => startProcess({ ...settings, VISAVIS_DATA_DIR: folder })
  const stage = { folder, node: await start(), start }
  t.teardown(() => stage.node.kill('SIGKILL'))
  await enrol(stage.node.url, { advisors, jobseekers })
  return stage
}

interface Fault {
  /** Until it may strike. */
  readonly ready: () => Promise<unknown>
  readonly strike: (clients: readonly Resumer[]) => Promise<void>
}

/** Lets people go on, lets the fault strike once at each moment, and says what is wrong at the end. */
async function play(t: Test, stage: Stage, { ready, strike }: Fault): Promise<string[]> {
  const random = randomIntegers(seed)
  let over = false
  let armed: { after: readonly ActName[]; fire: () => void } | undefined
  const load = new CallbackLoad({
    random,
    goesOn: () => !over,
    onSend: (act) => {
      if (armed?.after.includes(act) !== true) return
      const { fire } = armed
      armed = undefined
      fire()
    },
  })
  const open = (person: string) =>
    new Resumer({ url: stage.node.url, token: tokenOf(person), random: () => random(0, 999) / 1_000 })
  const byPerson = new Map([...advisors, ...jobseekers].map((person) => [person, open(person)]))
  const clients = [...byPerson.values()]
  using _closed = { [Symbol.dispose]: () => clients.forEach((client) => void client[Symbol.dispose]()) }
  const work = Promise.all(
    [...byPerson].map(([person, client]) =>
      person.startsWith('advisor') ? load.actAsAdvisor(client, person) : load.actAsJobseeker(client, person),
    ),
  )
  // Whoever fails ends the test at once.
  const failed = work.then(() => new Promise<never>(() => {}))
  const outages: number[] = []
  for (let round = 0; round < rounds; round += 1) {
    for (const { at, after } of moments) {
      await ready()
      const fired = new Promise<void>((fire) => {
        armed = { after, fire }
      })
      await Promise.race([fired, failed, late(`${at} that is sent`)])
      await passed(random(0, maxUs))
      const before = load.acts.length
      const killedAt = performance.now()
      await strike(clients)
      const goesOn = until(() => load.acts.length > before + 10, { what: `life after ${at}`, timeoutMs: 60_000 })
      await Promise.race([goesOn, failed])
      outages.push(longestGap(load.acts, killedAt))
    }
  }
  over = true
  await work
  const ends = await load.ends(jobseekers.map((person) => byPerson.get(person)).filter((one) => one !== undefined))
  const done = load.acts.filter(({ answer }) => typeof answer === 'object')
  const times = outages.toSorted((a, b) => a - b)
  t.comment(
    `seed ${seed}; ${outages.length} kills, ${done.length} acts acknowledged of ${ends.size} callbacks, ${load.acts.length - done.length} refused; longest time without an answer: median ${times[Math.floor(times.length / 2)]} ms, at most ${times.at(-1)} ms`,
  )
  for (const name of ['request', 'accept', 'attempt', 'complete', 'decline', 'cancel', 'reschedule'] as const) {
    t.ok(
      done.some(({ act }) => act === name),
      `${name} was acknowledged`,
    )
  }
  t.same(
    clients.flatMap(({ faults }) => faults),
    [],
    'no client was told what it must not be',
  )
  return violations(load, ends)
}

function longestGap(acts: readonly Done[], since: number): number {
  const answers = [since, ...acts.map(({ answeredAt = 0 }) => answeredAt).filter((at) => at > since)]
  return Math.round(Math.max(...answers.slice(1).map((at, n) => at - (answers[n] ?? at))))
}

const late = (what: string) =>
  new Promise<never>((_, reject) => {
    setTimeout(() => reject(new Error(`waited a minute in vain for ${what}`)), 60_000).unref()
  })

t.test(
  'kill -9 of the node at each transition: nothing acknowledged is lost, nobody holds what another holds',
  async (t) => {
    const stage = await openStage(t)
    const strike = async (clients: readonly Resumer[]) => {
      await stage.node.kill('SIGKILL')
      stage.node = await stage.start()
      for (const client of clients) client.goTo(stage.node.url)
    }
    t.same(await play(t, stage, { ready: async () => {}, strike }), [])
    await stage.node.kill('SIGTERM')
  },
)

t.test('kill -9 of Redis at each transition: the same', async (t) => {
  const stage = await openStage(t)
  let killedAt = 0
  // One that dies again within its first second is started with a growing delay; single deaths are measured here.
  const ready = () => until(() => performance.now() - killedAt > 1_200, { what: 'a steady Redis' })
  const strike = async () => {
    const [pid] = await redisOwners(stage.folder)
    if (pid === undefined) throw new Error('there is no Redis to kill')
    process.kill(pid, 'SIGKILL')
    killedAt = performance.now()
    await until(async () => !(await redisOwners(stage.folder)).includes(pid), { what: 'the end of Redis' })
  }
  t.same(await play(t, stage, { ready, strike }), [])
  await stage.node.kill('SIGTERM')
})
