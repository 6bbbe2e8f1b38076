/** The scripts on a real Redis, with a clock that is moved, against the plain model, over random sequences of acts. */
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Board } from '../../src/protocol/index.ts'
import { steps } from '../../src/queue/matching.ts'
import { regionDefaults } from '../../src/queue/settings.ts'
import { testRedis } from '../support/redis.ts'
import { shiftedClock } from '../support/shifted-clock.ts'
import type { ModelAdvisor, ModelCallback } from './model.ts'
import { type Act, act, equal, hour, jobseekers, minute, Pair, windowMs } from './model-acts.ts'

t.setTimeout(600_000)

const isLong = process.env.VISAVIS_TEST_LONG === '1'

/** No sum of these is a sum of the jumps of the clock, so that nothing happens at the very moment of another thing. */
const wait = fc.constantFrom(0, 17 * minute, 7 * 24 * hour + 3 * minute)
const start = fc.constantFrom(0, 2, 24 * hour)
const settings = fc.record({
  ownWaitMs: wait,
  coverWaitMs: wait,
  teamWaitMs: wait,
  ownStartMs: start,
  coverStartMs: start,
  teamStartMs: start,
  priorityMs: fc.constantFrom(0, 3, hour),
  attempts: fc.constantFrom(1, 1, 2, 4),
})
/** What the model leaves to the defaults, or to other tests. */
const fixed = {
  languages: ['fr', 'ar'],
  windowMs,
  handlingMs: windowMs / 2,
  numberWaitMs: 26 * hour + 3 * minute,
  spacingMs: 13 * minute,
  busySpacingMs: 3 * minute,
  longestCallMs: 2 * hour + 3 * minute,
  declineMs: 7 * minute + 3_000,
  maxWaitMs: 60 * 24 * hour,
}

/** Everything the queue tells about its state is what the model has. */
async function compare(pair: Pair): Promise<void> {
  const { model, test, now } = pair
  const board = await test.queue.supervision.board(test.region)
  const waiting = model.callbacks.filter(({ state }) => state === 'waiting')
  await Promise.all([
    ...[...model.advisors.values()].map((desk) => compareDesk(pair, desk, board, now)),
    ...waiting.map((one) => comparePlace(pair, one, now)),
  ])
}

async function compareDesk({ model, test }: Pair, desk: ModelAdvisor, board: Board, now: number): Promise<void> {
  const { region, queue, callbacks } = test
  const { advisor } = desk
  const held = model.heldBy(advisor)
  const [{ callbacks: found, offers }, choices] = await Promise.all([
    callbacks.ofAdvisor(region, advisor),
    queue.offers.choices(region, { ...desk }),
  ])
  const theirs = new Set([...model.queueOf(advisor), ...held])
  equal(found.map(view).toSorted(), [...theirs].map(view).toSorted(), `queue of ${advisor}`)
  equal(
    offers.map(({ callback, token }) => `${callback} ${token}`).toSorted(),
    held.map(({ id, token }) => `${id} ${token}`).toSorted(),
    `offers of ${advisor}`,
  )
  equal(choices.map(idOf), model.choices(desk, now).map(idOf), `choices of ${advisor}`)
  const waiting = model.callbacks.filter((one) => one.advisor === advisor && one.state === 'waiting')
  const first = waiting.length === 0 ? undefined : Math.min(...waiting.map(({ readyAt }) => readyAt))
  const { taken, inTime } = model.takenOn(now, advisor)
  const figures = board.advisors.find((one) => one.advisor === advisor)
  equal(
    [figures?.state, figures?.holds, figures?.waiting, figures?.oldestAt, figures?.taken, figures?.inTime],
    [model.desks.stateOf(desk, now), held.length, waiting.length, first, taken, inTime],
    `figures of ${advisor}`,
  )
}

async function comparePlace({ model, test: { region, queue } }: Pair, one: ModelCallback, now: number): Promise<void> {
  const { ahead, step } = await queue.callbacks.place(region, one.id)
  const lines = model.linesOf(one, now)
  const order = (other: ModelCallback) => model.place(other) - model.place(one) || (other.id < one.id ? -1 : 1)
  const before = model.callbacks.filter(
    (other) =>
      other !== one &&
      other.state === 'waiting' &&
      other.topic === one.topic &&
      other.language === one.language &&
      order(other) < 0 &&
      model.linesOf(other, now).some((line) => line === lines.at(-1)),
  )
  equal([ahead, step], [before.length, steps[lines.length - 1]], `place of ${one.id}`)
}

const idOf = ({ id }: { readonly id: string }) => id
const view = (one: Pick<ModelCallback, 'id' | 'state' | 'missedOffers' | 'priority' | 'readyAt'> & Flags) =>
  [one.id, one.state, one.missedOffers, one.priority, one.readyAt, one.window?.from, flags(one)].join()
interface Flags {
  readonly window?: ModelCallback['window']
  readonly windowMissed?: boolean | undefined
  readonly needsNumber?: boolean | undefined
}
const flags = ({ windowMissed, needsNumber }: Flags) => [windowMissed === true, needsNumber === true].join()

async function compareEnds({ model, test: { region, callbacks } }: Pair): Promise<void> {
  for (const jobseeker of jobseekers) {
    const own = await callbacks.ofJobseeker(region, jobseeker)
    const theirs = model.callbacks.filter((one) => one.jobseeker === jobseeker)
    equal(own.map(({ id }) => id).toSorted(), theirs.map(({ id }) => id).toSorted(), `requests of ${jobseeker}`)
    for (const { id, state, steps, attempts } of theirs) {
      const history = await callbacks.history(region, id)
      equal([history.length, history.at(-1)?.state], [steps, state], `history of ${id}`)
      const found = own.find((callback) => callback.id === id)
      equal([found?.state, (found?.attempts ?? []).map(({ outcome }) => outcome)], [state, attempts], `end of ${id}`)
    }
  }
}

interface Proof {
  readonly numRuns: number
  /** What a generator that gets somewhere reaches. By chance it may take more runs: as many again, some times. */
  readonly reaches: readonly string[]
  readonly cluster?: boolean
}
const mostRounds = 5

async function prove(t: Test, { numRuns, reaches, cluster = false }: Proof): Promise<void> {
  const clock = await shiftedClock(t)
  // What is tested is what they do, not that it is on disk.
  await using redis = await testRedis(t, { cluster, args: ['--appendonly', 'no'], env: clock.env })
  const reached = new Map<string, number>()
  const count = (what: string) => reached.set(what, (reached.get(what) ?? 0) + 1)
  const property = fc.asyncProperty(
    settings,
    fc.array(act, { minLength: 30, maxLength: 80, size: 'max' }),
    async (changes, acts) => {
      const pair = new Pair(redis.client, clock, { ...regionDefaults, ...fixed, ...changes })
      await pair.open()
      for (const act of acts) {
        const before = new Map(pair.model.callbacks.map(({ id, state }) => [id, state]))
        await pair.perform(act)
        await compare(pair)
        for (const one of pair.model.callbacks) {
          for (const state of statesOf(one)) count(state)
          const was = before.get(one.id)
          if (was !== undefined && was !== one.state) count(`${was} ${act.do} ${one.state}`)
        }
      }
      for (let n = 0; n < pair.model.reopened; n += 1) count('reopened')
      await compareEnds(pair)
    },
  )
  const isComplete = () => reaches.every((what) => reached.has(what))
  for (let round = 0; round === 0 || (round < mostRounds && !isComplete()); round += 1) {
    // To make a counterexample small takes minutes: by its seed, when somebody looks into it.
    await fc.assert(property, { numRuns, endOnFailure: !isLong })
  }
  t.comment([...reached].map(([what, n]) => `${what}: ${n}`).join(', '))
  for (const what of reaches) t.ok(reached.has(what), `${what} was reached`)
}

function* statesOf({ state, missedOffers, declined, holder, advisor, windowMissed }: ModelCallback) {
  yield state
  if (missedOffers > 0) yield `missed ${state}`
  if (declined.size > 0) yield `declined ${state}`
  if (holder !== undefined && holder !== advisor) yield `elsewhere ${state}`
  if (windowMissed) yield `late ${state}`
}

/** A generator that never gets anywhere would prove nothing. */
const states = ['scheduled', 'waiting', 'offered', 'active', 'done', 'unreachable', 'cancelled']
const rare = [
  ...['missed waiting', 'missed offered', 'declined waiting', 'declined offered', 'late waiting'],
  ...['elsewhere offered', 'elsewhere active'],
]
/** Transitions, by the act that brings them about. */
const usual: readonly `${string} ${Act['do']} ${string}`[] = [
  ...(['scheduled advance waiting', 'waiting offer offered', 'waiting pick active', 'offered accept active'] as const),
  ...(['offered decline waiting', 'offered advance waiting', 'active complete done'] as const),
  ...(['active attempt scheduled', 'waiting cancel cancelled', 'scheduled reschedule waiting'] as const),
]
/** They take more runs; one by one they are in abandoned.test.ts, affinity.test.ts and decline.test.ts. */
const seldom: readonly `${string} ${Act['do']} ${string}`[] = [
  ...(['offered sweep waiting', 'offered release waiting', 'active attempt unreachable'] as const),
  ...(['active advance waiting', 'active advance done', 'active vacate waiting', 'active reassign waiting'] as const),
  ...(['offered reassign waiting', 'scheduled cancel cancelled', 'offered cancel cancelled'] as const),
  ...(['active cancel cancelled', 'waiting reschedule scheduled', 'offered reschedule waiting'] as const),
  ...(['active reschedule waiting'] as const),
]

t.test('whatever happens in whatever order, the scripts do what the model does', async (t) => {
  const reaches = [...states, ...rare, ...usual, ...(isLong ? [...seldom, 'reopened'] : [])]
  await prove(t, { numRuns: isLong ? 2_000 : 75, reaches })
})

t.test('the same in a cluster: every script names its keys, and they share a slot', async (t) => {
  const reaches = ['waiting', 'offered', 'active', 'done', 'cancelled', ...usual.slice(0, 4)]
  await prove(t, { numRuns: isLong ? 300 : 25, reaches, cluster: true })
})
