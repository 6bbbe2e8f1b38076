/** The scripts on a real Redis against the plain model, over random sequences of acts. */
import fc from 'fast-check'
import t from 'tap'
import { VisavisError } from '../../src/protocol/index.ts'
import { regionDefaults } from '../../src/queue/settings.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'
import { Model, type ModelAdvisor, type ModelCallback } from './model.ts'
import { type TestQueue, testQueue } from './test-queue.ts'

/** Of two teams, one with a cover, one with few skills, one without a team. */
const advisors: readonly ModelAdvisor[] = [
  { advisor: 'anne', name: 'Anne', team: 'a|b/c', state: 'ready' },
  { advisor: 'bruno', name: 'Bruno', team: 'a|b/c', covers: ['anne', 'chloe'], state: 'ready' },
  { advisor: 'chloe', name: 'Chloé', team: 'south', topics: ['training'], state: 'ready' },
  { advisor: 'denis', name: 'Denis', state: 'ready' },
]
const owners = ['anne', 'anne', 'chloe', 'denis']
const jobseekers = owners.map((owner, n) => `${owner}-${n}`)
const ownerOf = (jobseeker: string) => advisors.find(({ advisor }) => jobseeker.startsWith(advisor)) ?? advisors[0]

const weekMs = 7 * 24 * 3_600_000
const wait = fc.constantFrom(0, weekMs)
const start = fc.constantFrom(0, 2, 24 * 3_600_000)
const settings = fc.record({
  ownWaitMs: wait,
  coverWaitMs: wait,
  teamWaitMs: wait,
  ownStartMs: start,
  coverStartMs: start,
  teamStartMs: start,
  priorityMs: fc.constantFrom(0, 3, 3_600_000),
  attempts: fc.constantFrom(1, 2),
})

const jobseeker = fc.constantFrom(...jobseekers)
const topic = fc.constantFrom('general', 'training')
const advisor = fc.constantFrom(...advisors.map(({ advisor }) => advisor))
/** Mostly the holder and the newest token: acts that are refused at the door would try little. */
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 12, arbitrary: fc.constant(usual) }, ...others.map((other) => fc.constant(other)))
const which = fc.record({
  recent: fc.nat(4),
  /** Mostly one that somebody holds, where there is any. */
  held: mostly(true, false),
  own: mostly(true, false),
  tokenStep: mostly(0, -1, 1),
})
const of = <const N extends string>(name: N) => fc.record({ do: fc.constant(name), which })

const act = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constant('request' as const), jobseeker, topic }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('offer' as const), advisor, lapsed: mostly(false, true) }) },
  { weight: 8, arbitrary: of('accept') },
  { weight: 3, arbitrary: of('decline') },
  { weight: 3, arbitrary: of('inVain') },
  { weight: 5, arbitrary: of('complete') },
  { weight: 2, arbitrary: of('cancel') },
  { weight: 2, arbitrary: of('reschedule') },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('raise' as const), which, priority: fc.nat(2) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('pick' as const), which, advisor }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), advisor }) },
  { weight: 2, arbitrary: fc.constant({ do: 'sweep' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('desk' as const),
      advisor,
      state: mostly('ready' as const, 'busy' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('pause' as const), paused: mostly(false, true) }) },
)
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never

/** State or error code. */
const outcomeOf = (work: Promise<{ state: string }>): Promise<string> =>
  work.then(
    ({ state }) => state,
    (error: unknown) => {
      if (error instanceof VisavisError) return error.code
      throw error
    },
  )

function equal(actual: unknown, expected: unknown, what: string): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)]
  if (a !== b) throw new Error(`${what}: Redis says ${a}, the model ${b}`)
}

async function perform(act: Act, model: Model, test: TestQueue): Promise<void> {
  const { region, queue, callbacks, lapsing } = test
  // Steps are now or in a week: no moment of a test lies between.
  const now = Date.now() + 3_600_000
  if (act.do === 'request') return performRequest(act, model, test)
  if (act.do === 'offer') {
    const taker = advisors.find(({ advisor }) => advisor === act.advisor) ?? act.advisor
    const taken = await (act.lapsed ? lapsing : callbacks).offer(region, taker)
    const expected = model.offer(act.advisor, now, act)
    return equal([taken?.callback.id, taken?.offer.token], [expected?.id, expected?.token], 'the offer')
  }
  if (act.do === 'release') {
    return equal(await callbacks.release(region, act.advisor), model.release(act.advisor), 'released')
  }
  if (act.do === 'sweep') return equal(await callbacks.sweep(region), model.sweep(), 'swept')
  if (act.do === 'desk') {
    await queue.desks.set(region, act.advisor, act.state)
    const known = model.advisors.get(act.advisor)
    if (known !== undefined) known.state = act.state
    return
  }
  if (act.do === 'pause') {
    await queue.supervision.pause(region, { by: 'sue', message: act.paused ? 'a storm' : undefined })
    model.paused = act.paused
    return
  }
  const held = model.callbacks.filter(({ holder }) => holder !== undefined)
  const { recent } = act.which
  const ofHolder = act.which.held && ['accept', 'decline', 'inVain', 'complete'].includes(act.do) && held.length > 0
  const callback = ofHolder ? held[recent % held.length] : model.callbacks.at(-1 - recent)
  if (callback !== undefined) await performOn(act, callback, model, test)
}

async function performRequest({ jobseeker, topic }: Extract<Act, { do: 'request' }>, model: Model, test: TestQueue) {
  const standing = model.openOf(jobseeker, topic)
  const { advisor = '', team } = ownerOf(jobseeker) ?? {}
  const covered = advisors.some(({ covers = [] }) => covers.includes(advisor))
  const { callback, created } = await test.request(jobseeker, { advisor, team, covered, topic })
  equal(created, standing === undefined, 'created')
  if (standing === undefined) model.requested({ ...callback, team })
  else equal(callback.id, standing.id, 'the open request')
}

type ActOnOne = Extract<Act, { which: unknown }>

async function performOn(
  act: ActOnOne,
  callback: ModelCallback,
  model: Model,
  { region, queue, callbacks }: TestQueue,
) {
  const { own, tokenStep } = act.which
  const { id } = callback
  const token = callback.token + tokenStep
  const holder = callback.leasedTo ?? callback.advisor
  const by = own ? holder : (advisors.find(({ advisor }) => advisor !== holder)?.advisor ?? '')
  const jobseeker = own ? callback.jobseeker : 'stranger'
  if (act.do === 'accept') {
    return equal(await outcomeOf(callbacks.accept(region, by, id, token)), model.accept(by, callback, token), 'accept')
  }
  if (act.do === 'decline') {
    return equal(
      await outcomeOf(callbacks.decline(region, by, id, token)),
      model.decline(by, callback, token),
      'decline',
    )
  }
  if (act.do === 'inVain') {
    const told = callbacks.attempt(region, by, id, { token, outcome: 'no-answer' })
    return equal(await outcomeOf(told), model.attemptInVain(by, callback, token), 'attempt')
  }
  if (act.do === 'complete') {
    const told = callbacks.complete(region, by, id, { token, disposition: 'answered' })
    return equal(await outcomeOf(told), model.complete(by, callback, token), 'complete')
  }
  if (act.do === 'cancel') {
    return equal(await outcomeOf(callbacks.cancel(region, jobseeker, id)), model.cancel(jobseeker, callback), 'cancel')
  }
  if (act.do === 'reschedule') {
    const told = queue.callbacks.reschedule(region, jobseeker, {
      callback: id,
      key: `reschedule-${callback.steps}`,
      covered: advisors.some(({ covers = [] }) => covers.includes(callback.advisor)),
    })
    const readyAt = await told.then(
      (found) => found.readyAt,
      () => 0,
    )
    return equal(await outcomeOf(told), model.reschedule(jobseeker, callback, readyAt), 'reschedule')
  }
  if (act.do === 'raise') {
    const told = queue.supervision.raise(region, { id, by: 'sue', priority: act.priority, reason: 'urgent' })
    return equal(await outcomeOf(told), model.raise(callback, act.priority), 'raise')
  }
  const taker = advisors.find(({ advisor }) => advisor === act.advisor) ?? act.advisor
  const told = callbacks.pick(region, taker, id).then(({ callback }) => callback)
  equal(await outcomeOf(told), model.pick(act.advisor, callback, Date.now() + 3_600_000), 'pick')
}

/** Everything the queue tells about its state is what the model has. */
async function compare(model: Model, { region, callbacks, queue }: TestQueue): Promise<void> {
  for (const { advisor } of advisors) {
    const held = model.heldBy(advisor)
    const theirs = new Set([...model.queueOf(advisor), ...held])
    const { callbacks: found, offers } = await callbacks.ofAdvisor(region, advisor)
    const view = ({
      id,
      state,
      missedOffers,
      priority,
    }: Pick<ModelCallback, 'id' | 'state' | 'missedOffers' | 'priority'>) =>
      `${id} ${state} ${missedOffers} ${priority}`
    equal(found.map(view).toSorted(), [...theirs].map(view).toSorted(), `queue of ${advisor}`)
    equal(
      offers.map(({ callback, token }) => `${callback} ${token}`).toSorted(),
      held.map(({ id, token }) => `${id} ${token}`).toSorted(),
      `offers of ${advisor}`,
    )
  }
  for (const one of model.callbacks.filter(({ state }) => state === 'waiting')) {
    const { ahead } = await queue.callbacks.place(region, one.id)
    const step = model.linesOf(one, Date.now() + 3_600_000).at(-1)
    const place = ({ readyAt, priority, id }: ModelCallback) =>
      `${String(readyAt - priority * model.settings.priorityMs).padStart(15, '0')}|${id}`
    const before = model.callbacks.filter(
      (other) =>
        other.state === 'waiting' &&
        other.topic === one.topic &&
        place(other) < place(one) &&
        model.linesOf(other, Date.now() + 3_600_000).some((line) => line === step),
    )
    equal(ahead, before.length, `place of ${one.id}`)
  }
}

async function compareEnds(model: Model, { region, callbacks }: TestQueue): Promise<void> {
  for (const { id, jobseeker, state, steps, attempts } of model.callbacks) {
    const history = await callbacks.history(region, id)
    equal([history.length, history.at(-1)?.state], [steps, state], `history of ${id}`)
    const own = (await callbacks.ofJobseeker(region, jobseeker)).find((callback) => callback.id === id)
    equal([own?.state, (own?.attempts ?? []).map(({ outcome }) => outcome)], [state, attempts], `end of ${id}`)
  }
}

async function prove(redis: TestRedis, numRuns: number): Promise<Set<string>> {
  const reached = new Set<string>()
  await fc.assert(
    fc.asyncProperty(settings, fc.array(act, { minLength: 30, maxLength: 80, size: 'max' }), async (changes, acts) => {
      const model = new Model({ ...regionDefaults, ...changes, maxWaitMs: 60 * 24 * 3_600_000 }, advisors)
      const test = testQueue(redis.client)
      await test.set(model.settings)
      for (const { advisor, topics } of advisors) {
        await test.queue.desks.arrived(test.region, { advisor, name: advisor })
        if (topics !== undefined) await test.queue.desks.setSkills(test.region, advisor, { topics: [...topics] })
      }
      for (const act of acts) {
        await perform(act, model, test)
        await compare(model, test)
        for (const { state, missedOffers, declined, holder, advisor } of model.callbacks) {
          reached.add(missedOffers > 0 ? `missed ${state}` : state)
          if (declined.size > 0) reached.add(`declined ${state}`)
          if (holder !== undefined && holder !== advisor) reached.add(`elsewhere ${state}`)
        }
      }
      await compareEnds(model, test)
    }),
    { numRuns },
  )
  return reached
}

/** A generator that never gets anywhere would prove nothing. */
const all = ['scheduled', 'waiting', 'offered', 'active', 'done', 'unreachable', 'cancelled']
const rare = [
  'missed waiting',
  'missed offered',
  'declined waiting',
  'declined offered',
  'elsewhere offered',
  'elsewhere active',
]

t.test('whatever happens in whatever order, the scripts do what the model does', async (t) => {
  // What is tested is what they do, not that it is on disk.
  await using redis = await testRedis(t, { args: ['--appendonly', 'no'] })
  const reached = await prove(redis, process.env.VISAVIS_TEST_LONG === '1' ? 2_000 : 60)
  for (const state of [...all, ...rare]) t.ok(reached.has(state), `${state} was reached`)
})

t.test('the same in a cluster: every script names its keys, and they share a slot', async (t) => {
  await using redis = await testRedis(t, { cluster: true, args: ['--appendonly', 'no'] })
  const reached = await prove(redis, process.env.VISAVIS_TEST_LONG === '1' ? 300 : 20)
  for (const state of ['waiting', 'offered', 'active', 'done', 'cancelled'])
    t.ok(reached.has(state), `${state} was reached`)
})
