/** Question: how many durable messages a second reach their reader, how soon, and how far is that from the floor? */
import type { ChatJob, ChatOutcome } from '../generator/chat.ts'
import { type GeneratorRun, runGenerator, startServer } from '../processes.ts'
import { startRedis } from '../redis.ts'
import { metric, type Result, type RunOptions, ratio, type Scenario } from '../scenario.ts'
import { enrolPairs, startVisavis, type VisavisServer } from '../visavis.ts'

/** Rising rates for the open loop, messages a second. */
const rates = [500, 1_000, 2_000, 3_000, 4_000, 6_000, 8_000, 10_000, 13_000]
/** A rate is held while its p99 is below this and the server keeps up. */
const limitMs = 50
const keptUp = 0.97
/** Of each channel, in the closed loop. */
const inFlight = 8

interface Size {
  readonly channels: number
  readonly seconds: number
  readonly rates: readonly number[]
}
const full: Size = { channels: 50, seconds: 4, rates }
const smoke: Size = { channels: 10, seconds: 0.5, rates: [300] }

type Run = GeneratorRun<ChatOutcome>

export const chat: Scenario = {
  name: 'chat',
  question: 'How many durable messages a second reach their reader, how soon, and how far is that from the floor?',
  async run(options) {
    const size = options.smoke ? smoke : full
    await using visavis = await startVisavis()
    const people = await enrolPairs(visavis.url, size.channels)
    const pairs = people.map(({ channel, jobseeker, advisor }, n) =>
      // Both directions: half of the senders are advisors.
      n % 2 === 0
        ? { channel, sender: jobseeker, receiver: advisor }
        : { channel, sender: advisor, receiver: jobseeker },
    )
    const measure = (load: ChatJob['load']) =>
      runChat({ url: visavis.url, pairs, load, readBack: true, seconds: size.seconds }, visavis.parts)

    const ladder = await climb(size.rates, measure, options)
    const best = ladder.at(-1) ?? 0
    const half: Run[] = []
    for (let n = 0; n < options.repeats; n += 1) half.push(await measure({ perSecond: Math.max(100, best / 2) }))
    const { ours, theirs } = await besideFloor(size, visavis, pairs, options)
    return summarize(best, half, ours, theirs)
  },
}

const runChat = (job: ChatJob, watched: Readonly<Record<string, readonly number[]>>): Promise<Run> =>
  runGenerator<ChatOutcome>('generator/chat.ts', job, { watched, timeoutMs: 60_000 + job.seconds * 2_000 })

/** @returns the rates that were held, in rising order. */
async function climb(steps: readonly number[], measure: (load: ChatJob['load']) => Promise<Run>, { say }: RunOptions) {
  const held: number[] = []
  for (const perSecond of steps) {
    const { result } = await measure({ perSecond })
    say(`  ${perSecond}/s asked: ${Math.round(result.perSecond)}/s, p50 ${result.p50Ms} ms, p99 ${result.p99Ms} ms`)
    const holds = result.p99Ms <= limitMs && result.perSecond >= perSecond * keptUp
    if (!holds && held.length > 0) break
    held.push(perSecond)
  }
  return held
}

/** Closed loop, ours and the floor's in turn, so that a machine that changes its speed changes it for both. */
async function besideFloor(size: Size, visavis: VisavisServer, pairs: ChatJob['pairs'], { repeats, say }: RunOptions) {
  await using redis = await startRedis()
  await using floor = await startServer('peers/floor/server.ts', { FLOOR_REDIS: redis.socket })
  const floorPairs = pairs.map(({ channel }) => ({ channel, sender: channel, receiver: channel }))
  const ours: Run[] = []
  const theirs: Run[] = []
  for (let n = 0; n < repeats; n += 1) {
    const job = { load: { inFlight }, seconds: size.seconds }
    ours.push(await runChat({ ...job, url: visavis.url, pairs, readBack: true }, visavis.parts))
    theirs.push(
      await runChat(
        { ...job, url: floor.url, pairs: floorPairs, readBack: false },
        { server: [floor.pid], redis: [redis.pid] },
      ),
    )
    say(
      `  closed loop: ${Math.round(ours.at(-1)?.result.perSecond ?? 0)}/s, floor ${Math.round(theirs.at(-1)?.result.perSecond ?? 0)}/s`,
    )
  }
  return { ours, theirs }
}

function summarize(best: number, half: readonly Run[], ours: readonly Run[], theirs: readonly Run[]): Result {
  const perMessage = (runs: readonly Run[], part: string) =>
    runs.map(({ cpuUs, result }) => (cpuUs[part] ?? 0) / result.sent)
  const rate = (runs: readonly Run[]) => runs.map(({ result }) => result.perSecond)
  const all = [...half, ...ours]
  for (const fault of all.flatMap(({ result }) => result.faults).slice(0, 10)) console.error(`  ${fault}`)
  return {
    metrics: {
      p50_ms_half_load: metric(
        half.map(({ result }) => result.p50Ms),
        'ms',
        'lower',
      ),
      p99_ms_half_load: metric(
        half.map(({ result }) => result.p99Ms),
        'ms',
        'lower',
      ),
      max_rate_per_s: metric([best], 'messages/s', 'higher'),
      closed_loop_per_s: metric(rate(ours), 'messages/s', 'higher'),
      server_cpu_us_per_message: metric(perMessage(ours, 'server'), 'µs', 'lower'),
      redis_cpu_us_per_message: metric(perMessage(ours, 'redis'), 'µs', 'lower'),
    },
    ratios: {
      throughput_vs_floor: ratio(rate(ours), rate(theirs), 'higher'),
      server_cpu_vs_floor: ratio(perMessage(ours, 'server'), perMessage(theirs, 'server'), 'lower'),
    },
    checks: {
      every_message_once_in_order: all.every(({ result }) => result.faults.length === 0 && result.sent > 0),
      acknowledged_equals_stored: all.every(({ result }) => result.missing === 0),
      floor_did_the_same_work: theirs.every(({ result }) => result.faults.length === 0 && result.sent > 0),
    },
  }
}
