/** Many sessions of several advisors at once. What may be believed is judged from what the callers were told. */
import fc from 'fast-check'
import t from 'tap'
import { type Callback, VisavisError } from '../../src/protocol/index.ts'
import { mayMove } from '../../src/queue/callback.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { testRedis } from '../support/redis.ts'
import { acting, type Acting as Parts, type QueueEvent, type TestQueue, testQueue } from './test-queue.ts'

const advisors = ['a', 'b', 'c']
/** Of each advisor: two tabs on two nodes. */
const sessions = advisors.flatMap((advisor) => [0, 1].map((node) => ({ advisor, node })))
const people = advisors.flatMap((advisor) => [1, 2, 3].map((n) => ({ jobseeker: `${advisor}${n}`, advisor })))

const step = fc.constantFrom('take', 'take', 'takeBriefly', 'accept', 'accept', 'complete', 'release', 'sweep')
const plan = fc.record({
  advisors: fc.array(fc.array(step, { minLength: 15, maxLength: 25 }), {
    minLength: sessions.length,
    maxLength: sessions.length,
  }),
  people: fc.array(fc.array(fc.constantFrom('request', 'request', 'cancel'), { minLength: 5, maxLength: 10 }), {
    minLength: people.length,
    maxLength: people.length,
  }),
})
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

/** What callers were told. */
interface Told {
  readonly offered: { id: string; token: number }[]
  readonly accepted: { id: string; token: number; callback: Callback }[]
  readonly completed: { id: string; token: number; callback: Callback }[]
  readonly refused: string[]
}

t.test('at any time at most one holds a callback, and who held it before changes nothing', async (t) => {
  await using redis = await testRedis(t, { args: ['--appendonly', 'no'] })
  const second = redis.client.duplicate()
  using _second = { [Symbol.dispose]: () => second.disconnect() }
  const clients = [redis.client, second]
  const total = { accepted: 0, completed: 0, refused: 0 }

  await fc.assert(
    fc.asyncProperty(plan, async (plan) => {
      const queue = testQueue(redis.client)
      const told: Told = { offered: [], accepted: [], completed: [], refused: [] }
      await Promise.all([
        ...sessions.map(({ advisor, node }, n) => {
          const client = clients[node] ?? redis.client
          const patient = acting(createQueue({ client, leaseMs: 60_000 }))
          const brief = acting(createQueue({ client, leaseMs: 1 }))
          return actAsAdvisor({ advisor, steps: plan.advisors[n] ?? [], patient, brief, region: queue.region, told })
        }),
        ...people.map((person, n) => actAsJobseeker(queue, person, plan.people[n] ?? [], told)),
      ])
      checkTold(told)
      checkLog(await queue.events(), told)
      total.accepted += told.accepted.length
      total.completed += told.completed.length
      total.refused += told.refused.length
    }),
    { numRuns: process.env.VISAVIS_TEST_LONG === '1' ? 500 : 20 },
  )
  t.ok(total.accepted > 0 && total.completed > 0 && total.refused > 0, JSON.stringify(total))
})

interface Acting {
  readonly advisor: string
  readonly steps: readonly Step[]
  readonly patient: Parts
  readonly brief: Parts
  readonly region: string
  readonly told: Told
}

async function actAsAdvisor({ advisor, steps, patient, brief, region, told }: Acting): Promise<void> {
  const disposition = 'answered' as const
  /** Every offer this session ever had: it goes on trying old ones, as a page that has slept would. */
  const had: { id: string; token: number }[] = []
  const act: Record<Step, () => Promise<unknown>> = {
    take: async () => {
      // Somebody who has missed an offer is away until they say otherwise.
      await patient.queue.desks.set(region, advisor, 'ready')
      remember(await patient.offer(region, advisor))
    },
    takeBriefly: async () => remember(await brief.offer(region, advisor)),
    accept: () =>
      each(async ({ id, token }) => {
        told.accepted.push({ id, token, callback: await patient.accept(region, advisor, id, token) })
      }),
    complete: () =>
      each(async ({ id, token }) => {
        const callback = await patient.complete(region, advisor, id, { token, disposition })
        told.completed.push({ id, token, callback })
      }),
    release: () => patient.release(region, advisor),
    sweep: () => patient.sweep(region),
  }
  const remember = (taken: Awaited<ReturnType<Parts['offer']>>) => {
    if (taken === undefined) return
    const offer = { id: taken.offer.callback, token: taken.offer.token }
    told.offered.push(offer)
    had.push(offer)
  }
  const each = (work: (offer: { id: string; token: number }) => Promise<void>) =>
    Promise.all(had.slice(-3).map((offer) => work(offer).catch(noteRefusal(told))))
  for (const step of steps) await act[step]()
}

async function actAsJobseeker(
  { region, callbacks, request }: TestQueue,
  { jobseeker, advisor }: { jobseeker: string; advisor: string },
  steps: readonly string[],
  told: Told,
): Promise<void> {
  let last: string | undefined
  for (const step of steps) {
    if (step === 'request') last = (await request(jobseeker, { advisor })).callback.id
    else if (last !== undefined) await callbacks.cancel(region, jobseeker, last).catch(noteRefusal(told))
  }
}

const noteRefusal = (told: Told) => (error: unknown) => {
  if (!(error instanceof VisavisError)) throw error
  told.refused.push(error.code)
}

function check(condition: boolean, rule: string, seen: unknown): void {
  if (!condition) throw new Error(`${rule}: ${JSON.stringify(seen)}`)
}

function checkTold({ offered, accepted, completed }: Told): void {
  const names = offered.map(({ id, token }) => `${id} ${token}`)
  check(new Set(names).size === names.length, 'no two sessions are given the same lease', offered)
  const holder = new Map<string, number>()
  for (const { id, token, callback } of accepted) {
    check(callback.id === id && callback.state === 'active', 'who is told yes has it', callback)
    check((holder.get(id) ?? token) === token, 'only one lease of a callback is ever accepted', { id, token })
    holder.set(id, token)
  }
  const ends = new Map<string, string>()
  for (const { id, token, callback } of completed) {
    check(holder.get(id) === token, 'only the lease that was accepted completes', { id, token })
    const end = JSON.stringify(callback)
    check((ends.get(id) ?? end) === end, 'a callback ends once', callback)
    ends.set(id, end)
  }
}

/** The log holds every transition in the order in which they happened. */
function checkLog(events: readonly QueueEvent[], { offered, accepted, completed }: Told): void {
  const now = new Map<string, Callback>()
  const held = new Map<string, string>()
  const tokens = new Map<string, number>()
  const seen = { offered: 0, active: new Set<string>(), done: new Set<string>() }
  for (const { callback, offer } of events) {
    const { id, advisor, state } = callback
    const before = now.get(id)
    if (before === undefined) check(state === 'waiting', 'a callback begins by waiting', callback)
    else check(mayMove(before.state, state), 'every transition is one of the table', { before, callback })
    now.set(id, callback)
    if (state === 'offered') {
      check(!held.has(advisor), 'an advisor holds one at a time', { held: held.get(advisor), callback })
      check(offer?.token === (tokens.get(id) ?? 0) + 1, 'tokens grow by one with each offer', offer)
      tokens.set(id, offer?.token ?? 0)
      held.set(advisor, id)
      seen.offered += 1
    }
    if (state === 'active') seen.active.add(id)
    if (state === 'done') seen.done.add(id)
    if (state !== 'offered' && state !== 'active' && held.get(advisor) === id) held.delete(advisor)
  }
  check(seen.offered === offered.length, 'every offer was told to one session', [seen.offered, offered.length])
  check(
    accepted.every(({ id }) => seen.active.has(id)),
    'what was acknowledged as accepted happened',
    accepted,
  )
  check(
    completed.every(({ id }) => seen.done.has(id)),
    'what was acknowledged as done happened',
    completed,
  )
}
