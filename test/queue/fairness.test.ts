/**
 * Nobody is passed for ever: random histories of arrivals, priorities, declines and absences, with a simulated clock, on
 * the model that the scripts are proved against (model.test.ts).
 */
import fc from 'fast-check'
import t from 'tap'
import { checkRegionSettings, mostOvertaken, regionDefaults } from '../../src/queue/settings.ts'
import { Model, type ModelAdvisor, type ModelCallback } from './model.ts'

const minute = 60_000
const advisors: readonly ModelAdvisor[] = [
  { advisor: 'anne', name: 'Anne', team: 'north', state: 'ready' },
  { advisor: 'bruno', name: 'Bruno', team: 'north', covers: ['anne'], state: 'ready' },
  { advisor: 'chloe', name: 'Chloé', team: 'south', topics: ['training'], state: 'ready' },
  { advisor: 'denis', name: 'Denis', state: 'ready' },
]
const owners = ['anne', 'bruno', 'chloe', 'denis']

const happening = fc.record({
  /** Since the one before. */
  afterMs: fc.oneof(fc.integer({ min: 0, max: 3 * minute }), fc.integer({ min: 0, max: 40 * minute })),
  what: fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: fc.constant('arrives' as const),
        owner: fc.nat(3),
        topic: fc.constantFrom('general', 'training'),
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: fc.constant('ends' as const), advisor: fc.nat(3) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('declines' as const), advisor: fc.nat(3) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('misses' as const), advisor: fc.nat(3) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('raised' as const), which: fc.nat(9), priority: fc.nat(2) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('desk' as const), advisor: fc.nat(3), ready: fc.boolean() }) },
  ),
})
const head = fc.constantFrom(0, 5 * minute, 30 * minute)
const wait = fc.constantFrom(0, 10 * minute, 30 * minute)
const plan = fc.record({
  settings: fc.record({
    ...{ ownWaitMs: wait, coverWaitMs: wait, teamWaitMs: wait },
    ...{ ownStartMs: head, coverStartMs: head, teamStartMs: head, priorityMs: fc.constantFrom(0, 10 * minute) },
  }),
  happenings: fc.array(happening, { minLength: 20, maxLength: 120 }),
})
type Plan = typeof plan extends fc.Arbitrary<infer P> ? P : never

interface Offered {
  readonly to: ModelAdvisor
  readonly callback: ModelCallback
  readonly passed: readonly ModelCallback[]
  readonly at: number
}

/** Plays a history; every free advisor is offered what comes first for them as soon as there is something. */
function play(
  { settings, happenings }: Plan,
  check: (model: Model, now: number, offers: readonly Offered[]) => void,
): void {
  const model = new Model({ ...regionDefaults, ...settings, maxWaitMs: 24 * 60 * minute }, advisors)
  checkRegionSettings(model.settings)
  let now = 1_000_000_000
  let made = 0
  const settle = () => {
    const offers: Offered[] = []
    for (const [id, advisor] of model.advisors) {
      if (!model.isFree(advisor, now)) continue
      const passed = model.callbacks.filter((callback) => model.isEligible(advisor, callback, now))
      const callback = model.offer(id, now)
      if (callback !== undefined)
        offers.push({ to: advisor, callback, passed: passed.filter((one) => one !== callback), at: now })
    }
    check(model, now, offers)
  }
  for (const { afterMs, what } of happenings) {
    // Steps are reached in between as well.
    const until = now + afterMs
    for (const at of model.callbacks
      .flatMap((callback) => callback.at)
      .filter((at) => at > now && at < until)
      .toSorted((a, b) => a - b)) {
      now = at
      settle()
    }
    now = until
    if (what.do === 'arrives') {
      made += 1
      const owner = advisors[what.owner]
      const id = `c${String(made).padStart(4, '0')}`
      const whose = { jobseeker: id, advisor: owner?.advisor ?? '', team: owner?.team, topic: what.topic }
      model.requested({ id, ...whose, requestedAt: now, readyAt: now })
    } else if (what.do === 'raised') {
      const waiting = model.callbacks.filter(({ state }) => state === 'waiting')
      const one = waiting[what.which % Math.max(1, waiting.length)]
      if (one !== undefined) model.raise(one, what.priority, now)
    } else act(model, owners[what.advisor] ?? '', { ...what, now })
    settle()
  }
}

function act(
  model: Model,
  id: string,
  what: { readonly do: string; readonly ready?: boolean; readonly now: number },
): void {
  const { now } = what
  const advisor = model.advisors.get(id)
  const [held] = model.heldBy(id)
  if (advisor === undefined) return
  if (what.do === 'desk') advisor.state = what.ready === true ? 'ready' : 'busy'
  if (held === undefined) return
  if (what.do === 'ends') {
    if (held.state === 'offered') model.accept(id, held, held.token, now)
    model.complete(id, held, held.token, now)
  }
  if (what.do === 'declines') model.decline(id, held, held.token, now)
  if (what.do === 'misses' && held.state === 'offered') {
    held.leaseUntil = now
    model.sweep(now)
  }
}

function rule(holds: boolean, what: string, seen: unknown): void {
  if (!holds) throw new Error(`${what}: ${JSON.stringify(seen)}`)
}

const runs = { numRuns: process.env.VISAVIS_TEST_LONG === '1' ? 50_000 : 3_000 }

t.test('no request waits while an eligible advisor is free', async () => {
  fc.assert(
    fc.property(plan, (plan) => {
      play(plan, (model, now) => {
        const idle = [...model.advisors.values()].filter((advisor) => model.isFree(advisor, now))
        for (const advisor of idle) rule(model.first(advisor, now) === undefined, 'it waits in vain', advisor.advisor)
      })
    }),
    runs,
  )
})

t.test('whoever is passed came later than the head starts allow, or has not reached that advisor’s step', async () => {
  let passed = 0
  fc.assert(
    fc.property(plan, (plan) => {
      play(plan, (model, _now, offers) => {
        const most = mostOvertaken(model.settings)
        for (const { callback, passed: others } of offers) {
          passed += others.length
          const oldest = Math.min(...others.map(({ readyAt }) => readyAt))
          rule(callback.readyAt <= oldest + most, 'passed for too long', { callback, most })
        }
      })
    }),
    runs,
  )
  if (passed < 1_000) throw new Error(`only ${passed} were passed: nothing is proved`)
})

t.test(
  'after the stated maximum a request is before all that came within the head starts of it, whoever is free',
  async () => {
    fc.assert(
      fc.property(plan, (plan) => {
        play(plan, (model, _now, offers) => {
          const { ownWaitMs, coverWaitMs, teamWaitMs } = model.settings
          const most = ownWaitMs + coverWaitMs + teamWaitMs + mostOvertaken(model.settings)
          for (const { callback, passed, at } of offers) {
            for (const one of passed) {
              // Open to the whole region by now, and whoever is before it had come by then.
              if (at - one.readyAt < most) continue
              rule(model.linesOf(one, at).length === 4, 'open to everybody', one)
              rule(callback.readyAt <= one.readyAt + mostOvertaken(model.settings), 'overtaken by a latecomer', one)
            }
          }
        })
      }),
      runs,
    )
  },
)

t.test('of one queue, step, topic and priority, the first to come is the first to be offered', async () => {
  fc.assert(
    fc.property(plan, (plan) => {
      play(plan, (model, now, offers) => {
        const sameClass = (a: ModelCallback, b: ModelCallback) =>
          a.topic === b.topic && a.priority === b.priority && a.advisor === b.advisor
        for (const { to, callback, passed } of offers) {
          for (const one of passed.filter((other) => sameClass(other, callback))) {
            const reached = (which: ModelCallback) => model.linesOf(which, now).length
            if (reached(one) < reached(callback)) continue
            rule(one.readyAt >= callback.readyAt, 'first come, first served', { to: to.advisor, callback, one })
          }
        }
      })
    }),
    runs,
  )
})

t.test('a decline keeps the place: for others it is where it was', async () => {
  fc.assert(
    fc.property(plan, fc.nat(3), (plan, n) => {
      play(plan, (model, now) => {
        const [held] = model.heldBy(owners[n] ?? '')
        if (held?.state !== 'offered') return
        const others = [...model.advisors.values()].filter(({ advisor }) => advisor !== held.holder)
        const before = held.readyAt
        const holder = held.holder ?? ''
        model.decline(holder, held, held.token, now)
        rule(held.readyAt === before, 'the same place', held)
        rule(
          !model.isEligible(model.advisors.get(holder) ?? ({} as ModelAdvisor), held, now),
          'not offered again',
          held,
        )
        for (const advisor of others) {
          const first = model.first(advisor, now)
          if (first === undefined || !model.isEligible(advisor, held, now)) continue
          rule(first.readyAt <= held.readyAt + mostOvertaken(model.settings), 'still before latecomers', first)
        }
      })
    }),
    { numRuns: 1_000 },
  )
})

t.test('settings that allow more than the maximum they state are refused', async (t) => {
  checkRegionSettings(regionDefaults)
  t.throws(() => checkRegionSettings({ ...regionDefaults, teamWaitMs: 31 * minute }), {
    code: 'BAD_REQUEST',
    details: { path: '/maxWaitMs' },
  })
})
