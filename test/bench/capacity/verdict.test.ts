import fc from 'fast-check'
import t from 'tap'
import { capacityOf, grid, ramp, search, type Try } from '../../../bench/capacity/knee.ts'
import { breaking, limiting } from '../../../bench/capacity/limits.ts'
import { measure } from '../../../bench/capacity/measure.ts'
import { breaksOf, defaultLimits } from '../../../bench/capacity/objectives.ts'
import { doubtsOf, type Generator, outcomeOf } from '../../../bench/capacity/outcome.ts'
import { limitSentence, type Ran, reachedBy } from '../../../bench/capacity/reached.ts'
import type { Step } from '../../../bench/capacity/summary.ts'
import { type Evidence, exitCodes, verdictOf } from '../../../bench/capacity/verdict.ts'

const healthy: Generator = { made: 1, dropped: 0, lateP99Ms: 2, loopP99Ms: 5, core: 0.4 }
/** Of a run of which only its outcome is looked at. */
const made = { doubts: [], breaks: [], uses: {}, generator: healthy }
const judged = (figures: Parameters<typeof breaksOf>[0], generator: Partial<Generator> = {}, faults: string[] = []) =>
  outcomeOf({
    ...{ breaks: breaksOf(figures, defaultLimits), faults },
    ...{ generator: { ...healthy, ...generator }, machine: { busy: 0.6, others: 0, generator: 0.2 } },
  })

t.test('what a run proves', async (t) => {
  t.equal(judged({ messageP99Ms: 20, lossShare: 0 }), 'held')
  t.equal(judged({ messageP99Ms: 400 }), 'broken')
  t.equal(judged({ messageP99Ms: 20 }, {}, ['m1 is lost']), 'broken', 'lost is lost')
  t.equal(judged({ messageP99Ms: Number.NaN }), 'broken', 'what did not arrive was not fast')
})

t.test('a generator that may have caused the break itself proves nothing', async (t) => {
  t.equal(judged({ messageP99Ms: 400 }, { lateP99Ms: 250 }), 'unproven')
  t.equal(judged({ messageP99Ms: 4_000 }, { lateP99Ms: 250 }), 'broken', 'more than it can have caused')
  t.equal(judged({ messageP99Ms: 20 }, { made: 0.9 }), 'unproven', 'another load than was asked for')
  t.equal(judged({ lossShare: 0.1 }, { core: 0.95 }), 'unproven')
  t.equal(judged({ lossShare: 0.1 }), 'broken')
  t.equal(judged({ cpuShare: 0.95 }, { core: 0.95 }), 'broken', 'the server says so itself')
  t.match(
    doubtsOf({ generator: { ...healthy, made: 0.5, core: 0.99 }, machine: { busy: 1, others: 0, generator: 0.1 } }),
    [/50.0 %/, /99 %/, /full/],
  )
})

t.test('what the server itself refuses needs no witness, and neighbours excuse even that', async (t) => {
  const refusing = (refusedShare: number, generator: Partial<Generator>, others = 0) =>
    outcomeOf({
      ...{ breaks: breaksOf({ errorShare: 0.1 }, defaultLimits), faults: [], refusedShare },
      ...{ generator: { ...healthy, ...generator }, machine: { busy: 1, others, generator: 0.4 } },
    })
  t.equal(refusing(0.1, { core: 0.99, loopP99Ms: 400 }), 'broken')
  t.equal(refusing(0, { core: 0.99, loopP99Ms: 400 }), 'unproven', 'an error that may be the generator’s')
  t.equal(refusing(0.1, {}, 0.4), 'unproven', 'a server that others have left no room')
})

t.test(
  'a generator that fills the machine of the server proves nothing of it, unless the server says so',
  async (t) => {
    const beside = (figures: Parameters<typeof breaksOf>[0], machine: { busy: number; generator: number }) =>
      outcomeOf({
        ...{ breaks: breaksOf(figures, defaultLimits), faults: [], generator: healthy },
        machine: { others: 0, ...machine },
      })
    // Twice the demand of a region on two cores: with nobody beside it, nobody knows what the server would have done.
    t.equal(beside({ joinP95Ms: 3_224, lossShare: 0.29 }, { busy: 0.96, generator: 0.46 }), 'unproven')
    t.equal(beside({ joinP95Ms: 3_224, lossShare: 0.29 }, { busy: 0.8, generator: 0.46 }), 'broken', 'there was room')
    t.equal(beside({ joinP95Ms: 3_224 }, { busy: 1, generator: 0.1 }), 'broken', 'the server has filled it')
    t.equal(beside({ cpuShare: 0.95 }, { busy: 1, generator: 0.46 }), 'broken', 'its own word')
    t.equal(beside({ joinP95Ms: 300 }, { busy: 1, generator: 0.46 }), 'held', 'what was carried was carried')
    const machine = { busy: 0.97, others: 0, generator: 0.46 }
    t.match(doubtsOf({ generator: healthy, machine }), [
      'the machine that generator and server share was full, 46 % of it by the generator',
    ])
  },
)

t.test('packets that the generator has lost itself are not the server’s', async (t) => {
  t.equal(judged({ lossShare: 0.3 }, { dropped: 0.299 }), 'unproven')
  t.equal(judged({ lossShare: 0.3 }, { dropped: 0.2 }), 'broken', 'a tenth is lost besides')
  t.equal(judged({ lossShare: 0.001 }, { dropped: 0.3 }), 'held')
  t.match(doubtsOf({ generator: { ...healthy, dropped: 0.299 }, machine: undefined }), [/lost 29.9 % of the packets/])
})

/** A deployment that carries `limit` times the demand, and a generator that carries `own`. */
const simulated =
  (limit: number, own = Number.POSITIVE_INFINITY): Try =>
  async (factor) =>
    factor > own ? 'unproven' : factor > limit ? 'broken' : 'held'

t.test('ramp and search bracket the knee, wherever it is', async (t) => {
  await fc.assert(
    fc.asyncProperty(fc.double({ min: 0.03, max: 3.9, noNaN: true }), async (limit) => {
      const attempt = simulated(limit)
      const coarse = await ramp(attempt, { from: 0.25, most: 4 })
      if (coarse?.beyond === undefined) return false
      const fine = await search(attempt, grid(coarse, 4))
      if (fine?.beyond === undefined) return false
      return fine.held <= limit && fine.beyond.factor > limit && fine.beyond.factor >= fine.held
    }),
  )
  t.pass()
})

t.test('the ramp meets the demand itself, ends at its most, and at its least', async (t) => {
  const tried: number[] = []
  const noted: Try = async (factor) => {
    tried.push(factor)
    return 'held'
  }
  t.strictSame(await ramp(noted, { from: 0.3, most: 3 }), { held: 3, beyond: undefined })
  t.strictSame(tried, [0.3, 0.6, 1, 2, 3])
  t.match(await ramp(simulated(0), { from: 0.32, most: 4 }), { held: 0, beyond: { factor: 0.02, outcome: 'broken' } })
  t.match(await ramp(simulated(0), { from: 0.32, least: 0.3, most: 4 }), { held: 0, beyond: { factor: 0.3 } })
  t.equal(await ramp(async () => undefined, { from: 1, most: 4 }), undefined)
})

const repeats = (held: readonly number[], beyond: 'broken' | 'unproven' | undefined) =>
  capacityOf(held.map((factor) => ({ held: factor, beyond: beyond && { factor: factor * 1.2, outcome: beyond } })))
const evidence = (more: Partial<Evidence>): Evidence => ({
  ...{ volunteers: 10_000, margin: 0, nodes: 1, nodeCost: 100, contradictions: [], doubts: [] },
  reached: { ended: 'most', use: undefined, broke: [], nearest: undefined },
  ...{ unmeasured: [], storms: [] },
  ...{ capacity: repeats([2, 2, 2.1, 2.2, 2], 'broken') },
  ...more,
})

t.test('the verdict follows from the interval', async (t) => {
  const cases: [Partial<Evidence>, string][] = [
    [{}, 'LAUNCH'],
    [{ margin: 2 }, 'DO NOT LAUNCH'],
    [{ margin: 1.1 }, 'NOT PROVEN'],
    [{ capacity: repeats([0.5, 0.5, 0.6, 0.5, 0.5], 'broken') }, 'DO NOT LAUNCH'],
    [{ capacity: repeats([0.5, 0.5, 0.6, 0.5, 0.5], 'unproven') }, 'NOT PROVEN'],
    [{ capacity: repeats([4, 4, 4, 4, 4], 'unproven') }, 'LAUNCH'],
    [{ capacity: repeats([4, 4, 4, 4, 4], undefined) }, 'LAUNCH'],
    [{ capacity: repeats([4, 4, 4, 4], 'broken') }, 'NOT PROVEN'],
    [{ capacity: repeats([0, 0, 0, 0, 0], 'broken') }, 'DO NOT LAUNCH'],
    [{ capacity: repeats([0.9, 1.1, 0.9, 1.1, 1], 'broken') }, 'NOT PROVEN'],
    [{ capacity: undefined }, 'NOT PROVEN'],
    [{ contradictions: ['0.9 of the low end was not held'] }, 'NOT PROVEN'],
  ]
  for (const [given, word] of cases) t.equal(verdictOf(evidence(given)).word, word, JSON.stringify(given))
  t.strictSame(exitCodes, { LAUNCH: 0, 'DO NOT LAUNCH': 1, 'NOT PROVEN': 2 })
})

t.test('a load that is carried is no reason to launch when everybody coming back at once is not', async (t) => {
  const stormed = (...outcomes: ('held' | 'broken' | 'unproven')[]) =>
    verdictOf(
      evidence({ storms: outcomes.map((outcome) => ({ factor: 1, outcome, severed: 9, recoveryP99Ms: 1_500 })) }),
    )
  t.equal(stormed('held').word, 'LAUNCH')
  t.equal(stormed('broken').word, 'DO NOT LAUNCH')
  t.equal(stormed('unproven').word, 'NOT PROVEN')
  t.equal(stormed('broken', 'held').word, 'LAUNCH', 'at the load that has to be carried it was')
  t.match(stormed('held').why.join(), /all 9 sessions were cut at once at × 1.00 .*nothing was lost, .*1.5 s/)
  t.match(verdictOf(evidence({ unmeasured: ['the moon'] })).why.join(), /not measured: the moon/)
})

t.test(
  'the storm is at 0.9 of the low end, and once more at what has to be carried when that was too much',
  async (t) => {
    const measured = async (carried: number, survived: number, required: number) => {
      const step = (outcome: string) => ({ ...made, outcome }) as unknown as Step
      const { storms } = await measure({
        run: async (factor) => step(factor > carried ? 'broken' : 'held'),
        storm: async (factor) => ({ ...step(factor > survived ? 'broken' : 'held'), factor }),
        ...{ from: 1, least: 0.1, most: 8, repeats: 5, required, endMs: 60_000, say: () => {} },
      })
      return storms.map(({ factor, outcome }) => `${factor.toFixed(1)} ${outcome}`)
    }
    t.same(await measured(4, 9, 1.2), ['3.6 held'])
    t.same(await measured(4, 2, 1.2), ['3.6 broken', '1.2 held'])
    t.same(await measured(4, 1, 1.2), ['3.6 broken', '1.2 broken'])
    t.same(await measured(1, 0, 1.2), ['0.9 broken'])
  },
)

t.test('fresh runs at 0.9 of the low end and 1.1 of the high end try to contradict the interval', async (t) => {
  const measured = async (outcomeAt: (factor: number, phase: string) => string) => {
    const fresh: number[] = []
    const found = await measure({
      async run(factor, phase) {
        if (phase === 'confirmation') fresh.push(factor)
        return { ...made, outcome: outcomeAt(factor, phase) } as unknown as Step
      },
      ...{ storm: undefined, from: 1, least: 0.1, most: 8, repeats: 5, required: 1, endMs: 60_000, say: () => {} },
    })
    const { low = 0, high = 0 } = found.capacity?.factor ?? {}
    t.strictSame(fresh, [low * 0.9, high * 1.1])
    const { capacity, contradictions } = found
    return { contradictions, word: verdictOf(evidence({ capacity, contradictions })).word }
  }
  t.match(await measured((factor) => (factor > 3 ? 'broken' : 'held')), { word: 'LAUNCH', contradictions: [] })
  const tired = await measured((factor, phase) => (factor > 3 || phase === 'confirmation' ? 'broken' : 'held'))
  t.match(tired, { word: 'NOT PROVEN', contradictions: [/0.9 of the low end was not held/] })
  const rested = await measured((factor, phase) => (factor > 3 && phase !== 'confirmation' ? 'broken' : 'held'))
  t.match(rested, { word: 'NOT PROVEN', contradictions: [/1.1 of the high end was held/] })
})

t.test('a smaller capacity never makes a better verdict', async (t) => {
  const rank = ['DO NOT LAUNCH', 'NOT PROVEN', 'LAUNCH']
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 4, noNaN: true }), { minLength: 5, maxLength: 9 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (held, less) => {
        const word = (factors: number[]) =>
          rank.indexOf(verdictOf(evidence({ capacity: repeats(factors, 'broken') })).word)
        return word(held.map((factor) => factor * less)) <= word(held)
      },
    ),
  )
  t.pass()
})

t.test('what it takes, and what it costs', async (t) => {
  const half = verdictOf(evidence({ capacity: repeats([0.5, 0.5, 0.5, 0.5, 0.5], 'broken') }))
  t.match(half, {
    nodesToAdd: 2,
    costPer1000: 30,
    margin: -0.5,
    capacity: { value: 5_000, low: 5_000, atLeast: false },
  })
  t.match(half.why.join('\n'), /single node/)
  t.equal(verdictOf(evidence({ nodes: 3 })).nodesToAdd, 0, 'two carry it, and one may be lost')
  const two = verdictOf(evidence({ nodes: 2, capacity: repeats([1, 1, 1, 1, 1], 'broken') }))
  t.match(
    two,
    { word: 'LAUNCH', nodesToAdd: 0 },
    'what two carry they carry with one of them lost: that is an objective',
  )
  t.equal(verdictOf(evidence({ capacity: repeats([0, 0, 0, 0, 0], 'broken') })).nodesToAdd, undefined)
})

t.test('the limiting resource is the one nearest to its end', async (t) => {
  t.strictSame(limiting({ Redis: 0.2, 'worker CPU': 0.95, 'load generator': 0.9 }), {
    resource: 'worker CPU',
    share: 0.95,
  })
  t.equal(limiting({}), undefined)
  t.equal(limiting({ memory: Number.NaN }), undefined)
})

t.test('a server is limited by what is its own, and by an event loop that is late without being busy', async (t) => {
  t.match(breaking({ 'load generator': 0.8, Redis: 0.7, 'event loop': 0.1 }, true), { resource: 'Redis' })
  t.match(breaking({ 'load generator': 0.8, Redis: 0.2, 'event loop': 0.1 }, true), { resource: 'event loop' })
  t.equal(breaking({ 'load generator': 0.8, 'worker CPU': 0.36 }, false), undefined, 'with so much room it was another')
})

const run = (
  factor: number,
  outcome: Ran['outcome'],
  uses: Ran['uses'],
  broke: 'joinP95Ms' | 'eventLoopP99Ms' = 'joinP95Ms',
): Ran => ({
  ...{ factor, outcome, uses, generator: { core: 0.8 } },
  breaks: outcome === 'held' ? [] : [{ objective: broke }],
})
const held = [run(1, 'held', { 'worker CPU': 0.3 }), run(2, 'held', { 'worker CPU': 0.36, 'load generator': 0.8 })]
/** What is told of these runs when so many volunteers were carried. */
const limitTold = (runs: readonly Ran[], { isServers = true, ranOutOfTime = false, volunteers = '20,181' } = {}) =>
  limitSentence(reachedBy(runs, { isServers, ranOutOfTime }), volunteers)

t.test('a limit is named only when something was near its end', async (t) => {
  const worker = limitTold([...held, run(3, 'broken', { 'worker CPU': 0.93, Redis: 0.2 })])
  t.equal(worker, 'worker CPU 93 % in use')
  const loop = run(3, 'broken', { 'event loop': 0.12 }, 'eventLoopP99Ms')
  t.equal(limitTold([...held, loop]), 'event loop (late, with 12 % in use)')
  t.equal(
    limitTold([...held, run(3, 'broken', { 'worker CPU': 0.38, 'load generator': 0.97 })]),
    'none found: joinP95Ms broke while no resource of the server was near its end (most used: worker CPU 38 %)',
  )
})

t.test('where no limit was met, how far it was looked, and why no farther, is told', async (t) => {
  t.equal(limitTold(held), 'none met up to 20,181 volunteers, where the search ended (most used: worker CPU 36 %)')
  t.match(limitTold(held, { ranOutOfTime: true }), /^none met up to 20,181 volunteers, when the time was over/)
  t.equal(
    limitTold([...held, run(3, 'unproven', { 'worker CPU': 0.38 })], { isServers: false }),
    'load generator, which gave out first: no resource of the server was near its end up to 20,181 volunteers (most used: worker CPU 36 %)',
  )
  const busy = [run(2, 'held', { 'worker CPU': 0.86 }), run(3, 'unproven', { 'worker CPU': 0.9 })]
  t.match(limitTold(busy, { isServers: false }), /: nothing of the server broke up to .*worker CPU 86 %/)
  t.match(reachedBy([run(1, 'unproven', {})], { isServers: false, ranOutOfTime: false }), {
    use: { resource: 'load generator', share: 0.8 },
    nearest: undefined,
  })
  t.notMatch(limitTold([], { ranOutOfTime: true }), /undefined|NaN|Infinity/)
})

t.test('a run that proves nothing is no limit of a server whose breaks were its own', async (t) => {
  const runs = [...held, run(3, 'broken', { Redis: 0.95 }), run(2.5, 'unproven', {})]
  t.match(reachedBy(runs, { isServers: true, ranOutOfTime: false }), { ended: 'broken', use: { resource: 'Redis' } })
  t.match(reachedBy(runs, { isServers: false, ranOutOfTime: false }), { use: { resource: 'load generator' } })
  // The ramp was too much, and every search after it reached its most.
  t.match(reachedBy(runs.slice(0, 3), { isServers: false, ranOutOfTime: false }), { use: { resource: 'Redis' } })
})

t.test('the verdict carries the limit and its sentence, in volunteers', async (t) => {
  const reached = reachedBy([...held, run(3, 'unproven', {})], { isServers: false, ranOutOfTime: false })
  const { word, limit, limitedBy } = verdictOf(evidence({ reached, capacity: repeats([2, 2, 2, 2, 2], 'unproven') }))
  t.equal(word, 'LAUNCH')
  t.match(limit, { resource: 'load generator' })
  t.match(limitedBy, /gave out first: no resource .* up to 20,000 volunteers/)
  const nothing = verdictOf(evidence({ reached, capacity: repeats([0, 0, 0, 0, 0], 'unproven') }))
  t.notMatch(nothing.limitedBy, /up to/)
})
