/**
 * Question: how many requests a second does a node answer over HTTP (signing in, REST reads, pages), how soon, and how far is
 * that from a bare Fastify that answers the same bytes?
 */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Asked, HttpJob, HttpOutcome } from '../generator/http.ts'
import { runGenerators } from '../generators.ts'
import { merge, percentileMs } from '../latency.ts'
import { startServer, temporaryFolder } from '../processes.ts'
import { metric, type Result, type RunOptions, ratio, type Scenario } from '../scenario.ts'
import { median } from '../statistics.ts'
import type { Parts } from '../usage.ts'
import { enrolPortfolios, startVisavis, withoutLimits } from '../visavis.ts'
import { type Act, type Asking, acts, recordActs } from './http/acts.ts'

interface Size {
  /** Whom the advisor of the portfolio follows. */
  readonly jobseekers: number
  readonly connections: number
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Of the closed loop, instead of the seconds. */
  readonly amount?: number
  /** What is asked for. */
  readonly acts: readonly Act[]
}
const full: Size = { jobseekers: 50, connections: 20, seconds: 2, warmUpSeconds: 0.5, acts }
const smoke: Size = {
  ...{ jobseekers: 5, connections: 4, seconds: 0.1, warmUpSeconds: 0.05, amount: 40 },
  // One of each kind: every load is a process that has to be started.
  acts: ['sign_in', 'person', 'page'],
}

/** The open loop runs at this share of what the slower one carried in the closed loop, the same for both. */
const loadShare = 0.5

const servers = ['visavis', 'fastify'] as const
type Server = (typeof servers)[number]

interface Target {
  readonly url: string
  readonly parts: Parts
}
type Targets = ReadonlyMap<Server, Target>

interface Load {
  readonly perSecond: number
  readonly answered: number
  readonly p50Ms: number
  readonly p99Ms: number
  /** CPU µs of Node for each request. */
  readonly serverUs: number
  readonly generatorCores: number
  readonly faults: readonly string[]
}

interface Measured {
  readonly closed: ReadonlyMap<Server, Load[]>
  readonly open: ReadonlyMap<Server, Load[]>
}

export const http: Scenario = {
  name: 'http',
  question:
    'How many requests a second does a node answer over HTTP (signing in, REST reads, pages), how soon, and how far is that from bare Fastify?',
  peers: ['fastify'],
  async run(options) {
    const size = options.smoke ? smoke : full
    await using stack = new AsyncDisposableStack()
    const visavis = stack.use(await startVisavis({ env: withoutLimits }))
    const [portfolio] = await enrolPortfolios(visavis.url, { advisors: 1, jobseekers: size.jobseekers })
    if (portfolio === undefined) throw new Error('nobody was enrolled')
    const { asked, routes } = await recordActs(visavis.url, portfolio)
    const targets = new Map<Server, Target>([['visavis', visavis]])
    if (options.peers.includes('fastify')) {
      const file = join(stack.use(temporaryFolder()).path, 'routes.json')
      await writeFile(file, JSON.stringify(routes))
      const floor = stack.use(await startServer('peers/fastify/server.ts', { FLOOR_ROUTES: file }))
      targets.set('fastify', { url: floor.url, parts: { server: [floor.pid] } })
    }
    const found = new Map<Act, Measured>()
    for (const act of size.acts) found.set(act, await measure(act, spoilt(asked, options)[act], targets, size, options))
    return summarize(found)
  },
}

/** What is asked of nobody: then every answer is another one. */
const spoilt = (asked: Asking, { sabotage }: RunOptions): Asking =>
  sabotage === undefined ? asked : { ...asked, person: { ...asked.person, answer: 'lost' } }

async function measure(act: Act, asked: Asked, targets: Targets, size: Size, options: RunOptions): Promise<Measured> {
  const { amount, jobseekers: _, acts: __, ...job } = size
  const rounds = async (load: HttpJob['load']) => {
    const loads = new Map<Server, Load[]>()
    for (let n = 0; n < options.repeats; n += 1) {
      // There and back, so that a machine that slows down does so for both.
      for (const [server, target] of n % 2 === 0 ? [...targets] : [...targets].toReversed()) {
        const reached = await runLoad(target, { ...job, asked, load, amount }, options.generators)
        loads.set(server, [...(loads.get(server) ?? []), reached])
      }
    }
    return loads
  }
  const closed = await rounds('closed')
  const carried = [...closed.values()].map((loads) => median(loads.map(({ perSecond }) => perSecond)))
  const open = await rounds({ perSecond: Math.max(1, Math.round(Math.min(...carried) * loadShare)) })
  const told = [...closed].map(([server, loads]) => {
    const [rate, p99] = [median(loads.map(perSecond)), median((open.get(server) ?? []).map(({ p99Ms }) => p99Ms))]
    return `${server} ${Math.round(rate)}/s, p99 ${p99.toFixed(1)} ms`
  })
  options.say(`${act}: ${told.join('; ')}`)
  return { closed, open }
}

async function runLoad(
  { url, parts }: Target,
  { connections, load, amount, ...job }: Omit<HttpJob, 'url'>,
  generators: number,
): Promise<Load> {
  const count = Math.min(generators, connections)
  const shared = load === 'closed' ? load : { perSecond: load.perSecond / count }
  const jobs = Array.from({ length: count }, (): HttpJob => {
    const each = amount === undefined ? amount : Math.ceil(amount / count)
    return { ...job, url, load: shared, connections: Math.ceil(connections / count), amount: each }
  })
  const run = await runGenerators<HttpJob, HttpOutcome>('generator/http.ts', jobs, {
    watched: parts,
    timeoutMs: 60_000,
  })
  const latency = merge(run.results.map(({ latency }) => latency))
  const answered = run.results.reduce((sum, { answered }) => sum + answered, 0)
  return {
    answered,
    perSecond: run.results.reduce((sum, { answered, seconds }) => sum + answered / seconds, 0),
    // The closed loop has none: its requests are never late.
    p50Ms: percentileMs(latency, 50),
    p99Ms: percentileMs(latency, 99),
    // A smoke run may take less than a tick of the clock, and a ratio needs a number.
    serverUs: Math.max(1, run.cpuUs.server ?? 0) / answered,
    generatorCores: (run.cpuUs.generator ?? 0) / run.seconds / 1_000_000,
    faults: run.results.flatMap(({ faults }) => faults),
  }
}

const perSecond = ({ perSecond }: Load): number => perSecond
const serverUs = ({ serverUs }: Load): number => serverUs
const p99Ms = ({ p99Ms }: Load): number => p99Ms
/** Of a core, from which on the generator is what limits a rate. */
const fullGenerator = 0.9

function summarize(found: ReadonlyMap<Act, Measured>): Result {
  const parts = [...found].map(([act, { closed, open }]) => {
    const of = (loads: ReadonlyMap<Server, Load[]>, server: Server) => loads.get(server) ?? []
    const [mine, paced] = [of(closed, 'visavis'), of(open, 'visavis')]
    const [theirs, theirsPaced] = [of(closed, 'fastify'), of(open, 'fastify')]
    const isBeside = theirs.length > 0
    return {
      metrics: {
        [`${act}_per_s`]: metric(mine.map(perSecond), 'requests/s', 'higher'),
        [`${act}_cpu_us`]: metric(mine.map(serverUs), 'µs', 'lower'),
        [`${act}_p50_ms_half_load`]: metric(
          paced.map(({ p50Ms }) => p50Ms),
          'ms',
          'lower',
        ),
        [`${act}_p99_ms_half_load`]: metric(paced.map(p99Ms), 'ms', 'lower'),
        [`${act}_generator_cores`]: metric(
          mine.map(({ generatorCores }) => generatorCores),
          'cores',
          'lower',
        ),
        ...(isBeside && { [`fastify_${act}_per_s`]: metric(theirs.map(perSecond), 'requests/s', 'higher') }),
      },
      ratios: isBeside
        ? {
            [`${act}_throughput_vs_fastify`]: ratio(mine.map(perSecond), theirs.map(perSecond), 'higher'),
            [`${act}_cpu_vs_fastify`]: ratio(mine.map(serverUs), theirs.map(serverUs), 'lower'),
            [`${act}_p99_vs_fastify`]: ratio(paced.map(p99Ms), theirsPaced.map(p99Ms), 'lower'),
          }
        : {},
      full: median(mine.map(({ generatorCores }) => generatorCores)) >= fullGenerator ? [act] : [],
    }
  })
  const all = (server: Server) =>
    [...found.values()].flatMap(({ closed, open }) => [...(closed.get(server) ?? []), ...(open.get(server) ?? [])])
  const isRight = (loads: readonly Load[]) => loads.every(({ faults, answered }) => faults.length === 0 && answered > 0)
  const full = parts.flatMap(({ full }) => full)
  return {
    metrics: Object.fromEntries(parts.flatMap(({ metrics }) => Object.entries(metrics))),
    ratios: Object.fromEntries(parts.flatMap(({ ratios }) => Object.entries(ratios))),
    checks: {
      every_answer_right: isRight(all('visavis')),
      ...(all('fastify').length > 0 && { fastify_did_the_same_work: isRight(all('fastify')) }),
    },
    notes: [
      ...(full.length === 0
        ? []
        : [`the generator was full in the closed loop of ${full.join(', ')}: the node carries more`]),
      ...new Set(servers.flatMap(all).flatMap(({ faults }) => faults)),
    ].slice(0, 12),
  }
}
