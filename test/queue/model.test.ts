/** The scripts on a real Redis against the plain model, over random sequences of acts. */
import fc from 'fast-check'
import t from 'tap'
import { VisavisError } from '../../src/protocol/index.ts'
import { testRedis } from '../support/redis.ts'
import { Model, type ModelCallback } from './model.ts'
import { type TestQueue, testQueue } from './test-queue.ts'

const jobseekers = ['x1', 'x2', 'y1', 'y2']
const advisors = ['x', 'y']
const advisorOf = (jobseeker: string) => jobseeker.slice(0, 1)

const jobseeker = fc.constantFrom(...jobseekers)
const advisor = fc.constantFrom(...advisors)
/** Mostly the callback's own advisor and newest token: acts that are refused at the door would try little. */
const mostly = <T>(usual: T, ...others: T[]) =>
  fc.oneof({ weight: 5, arbitrary: fc.constant(usual) }, ...others.map((other) => fc.constant(other)))
const which = fc.record({ recent: fc.nat(3), own: mostly(true, false), tokenStep: mostly(0, -1, 1) })

const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('request' as const), jobseeker }) },
  { weight: 5, arbitrary: fc.record({ do: fc.constant('offer' as const), advisor, lapsed: mostly(false, true) }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('accept' as const), which }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('complete' as const), which }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('cancel' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('release' as const), advisor }) },
  { weight: 2, arbitrary: fc.constant({ do: 'sweep' as const }) },
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

async function perform(act: Act, model: Model, { region, callbacks, lapsing, request }: TestQueue): Promise<void> {
  if (act.do === 'request') {
    const standing = model.openOf(act.jobseeker)
    const { callback, created } = await request(act.jobseeker, { advisor: advisorOf(act.jobseeker) })
    equal(created, standing === undefined, 'created')
    if (standing === undefined) return model.requested(callback)
    return equal(callback.id, standing.id, 'the open request')
  }
  if (act.do === 'offer') {
    const taken = await (act.lapsed ? lapsing : callbacks).offer(region, act.advisor)
    const expected = model.offer(act.advisor, act)
    return equal([taken?.callback.id, taken?.offer.token], [expected?.id, expected?.token], 'the offer')
  }
  if (act.do === 'release')
    return equal(await callbacks.release(region, act.advisor), model.release(act.advisor), 'gone')
  if (act.do === 'sweep') return equal(await callbacks.sweep(region), model.sweep(), 'swept')

  const { recent, own, tokenStep } = act.which
  const callback = model.callbacks.at(-1 - recent)
  if (callback === undefined) return
  const { id } = callback
  const token = callback.token + tokenStep
  const by = own ? callback.advisor : (advisors.find((name) => name !== callback.advisor) ?? '')
  if (act.do === 'accept') {
    return equal(await outcomeOf(callbacks.accept(region, by, id, token)), model.accept(by, callback, token), 'accept')
  }
  if (act.do === 'complete') {
    const outcome = callbacks.complete(region, by, id, { token, disposition: 'answered' })
    return equal(await outcomeOf(outcome), model.complete(by, callback, token), 'complete')
  }
  const jobseeker = own ? callback.jobseeker : 'z'
  equal(await outcomeOf(callbacks.cancel(region, jobseeker, id)), model.cancel(jobseeker, callback), 'cancel')
}

/** Everything the queue tells about its state is what the model has. */
async function compare(model: Model, { region, callbacks }: TestQueue): Promise<void> {
  for (const advisor of advisors) {
    const expected = model.queueOf(advisor)
    const { callbacks: found, offers } = await callbacks.ofAdvisor(region, advisor)
    const view = ({ id, state, missedOffers }: Pick<ModelCallback, 'id' | 'state' | 'missedOffers'>) => [
      id,
      state,
      missedOffers,
    ]
    equal(found.map(view), expected.map(view), `queue of ${advisor}`)
    const held = expected.filter(({ state }) => state !== 'waiting')
    equal(
      offers.map(({ callback, token }) => [callback, token]),
      held.map(({ id, token }) => [id, token]),
      `offers of ${advisor}`,
    )
  }
}

async function compareEnds(model: Model, { region, callbacks }: TestQueue): Promise<void> {
  for (const { id, jobseeker, state, steps } of model.callbacks) {
    const history = await callbacks.history(region, id)
    equal([history.length, history.at(-1)?.state], [steps, state], `history of ${id}`)
    const own = await callbacks.ofJobseeker(region, jobseeker)
    equal(own.find((callback) => callback.id === id)?.state, state, `state of ${id}`)
  }
}

t.test('whatever happens in whatever order, the scripts do what the model does', async (t) => {
  // What is tested is what they do, not that it is on disk.
  await using redis = await testRedis(t, { args: ['--appendonly', 'no'] })
  const reached = new Set<string>()
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 60 }), async (acts) => {
      const model = new Model()
      const queue = testQueue(redis.client)
      for (const act of acts) {
        await perform(act, model, queue)
        await compare(model, queue)
        for (const { state, missedOffers } of model.callbacks) reached.add(missedOffers > 0 ? `missed ${state}` : state)
      }
      await compareEnds(model, queue)
    }),
    { numRuns: process.env.VISAVIS_TEST_LONG === '1' ? 2_000 : 60 },
  )
  // A generator that never gets anywhere would prove nothing.
  for (const state of ['waiting', 'offered', 'active', 'done', 'cancelled', 'missed waiting', 'missed offered']) {
    t.ok(reached.has(state), `${state} was reached`)
  }
})
