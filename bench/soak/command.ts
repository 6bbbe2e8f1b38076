/**
 * `npm run bench -- soak --hours 8`: load and rest in turn, with people who come and go, and a look at what the server holds in
 * each rest.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Demand, demandOf } from '../capacity/demand.ts'
import { type Deployment, namedDeployment, ownDeployment } from '../capacity/deployment.ts'
import { failedStep } from '../capacity/failed-step.ts'
import { runStep } from '../capacity/step.ts'
import type { Step } from '../capacity/summary.ts'
import { comparisonTable, reportIn } from '../compare.ts'
import { until } from '../condition.ts'
import { askNode } from '../exposition.ts'
import { defaultGenerators } from '../generators.ts'
import { keepMeasured } from '../latest/command.ts'
import { commit, describeMachine } from '../machine.ts'
import { collecting } from '../memory.ts'
import { type Held, openHoldings } from './held.ts'
import { exitCodes, judge, leastLooks, type Series, wordOf } from './leaks.ts'
import { reportOf } from './metrics.ts'
import { parseSoak, type SoakOptions, soakUsage } from './options.ts'
import { hourly, judgedTable, soakPage } from './report.ts'

/** Answers this question, for `list`. */
export const soakQuestion = 'Does a server that works on and on hold more and more: memory, files, handles, keys?'

const hourMs = 3_600_000
/** A connection that is closed is forgotten by then. */
const goneMs = 30_000

interface Cycle {
  readonly atHours: number
  readonly step: Step
  readonly held: readonly Held[]
}

/** @returns the exit code: that of the verdict. @throws when it cannot be measured. */
export async function soakCommand(argv: readonly string[], say: (line: string) => void): Promise<number> {
  if (argv.includes('--help') || argv.includes('-h')) {
    say(soakUsage)
    return 0
  }
  const options = parseSoak(argv)
  const { out, json, compare, keep } = options.demand
  const former = compare === undefined ? undefined : reportIn(JSON.parse(await readFile(compare, 'utf8')), 'soak')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(2))
  const [id, machine] = await Promise.all([commit(), describeMachine()])
  const cycles = await soak(options, say)
  const judged = seriesOf(cycles).map((series) => judge(series, options.tolerance))
  const faults = cycles.flatMap(({ step }) => step.faults)
  const word = wordOf(judged)
  const about = { commit: id, machine, hours: options.hours, load: options.load, cycles: cycles.length, faults }
  const report = reportOf(judged, { ...about, isSmoke: options.demand.smoke })
  await mkdir(out, { recursive: true })
  await writeFile(join(out, 'soak.json'), `${JSON.stringify({ ...about, verdict: word, judged }, null, 1)}\n`)
  await writeFile(join(out, 'soak.html'), soakPage(word, judged, about))
  if (json !== undefined) await writeFile(json, `${JSON.stringify(report, null, 2)}\n`)
  say(judgedTable(judged))
  if (former !== undefined) say(comparisonTable(former, report))
  if (keep) await keepMeasured(report, say)
  for (const fault of faults.slice(0, 8)) say(`  ${fault}`)
  const unheld = cycles.filter(({ step }) => step.outcome !== 'held').length
  if (unheld > 0) say(`  note: ${unheld} of ${cycles.length} loads did not hold every objective`)
  say(
    `${word} in ${cycles.length} loads and rests over ${hours(cycles.at(-1)?.atHours ?? 0)}; ${join(out, 'soak.html')}`,
  )
  return faults.length > 0 ? 1 : exitCodes[word]
}

async function soak(
  { hours: most, load, demand: options }: SoakOptions,
  say: (line: string) => void,
): Promise<Cycle[]> {
  const { nodes, enrolledIn, parameters, workers, seconds = 20, generators = defaultGenerators() } = options
  await using stack = new AsyncDisposableStack()
  const deployment = stack.use(
    nodes.length === 0
      ? await ownDeployment(enrolledIn, workers, collecting)
      : await namedDeployment(nodes, enrolledIn),
  )
  const holdings = stack.use(openHoldings(deployment))
  const demand: Demand = demandOf(parameters, Math.max(1, nodes.length))
  say(`  ${deployment.nodes.join(', ')}: × ${load} of the demand in loads of ${seconds} s, for ${hours(most)}`)
  const startedAt = performance.now()
  const passed = () => (performance.now() - startedAt) / hourMs
  const cycles: Cycle[] = []
  do {
    const step = await runStep({
      ...{ deployment, demand, factor: load, seconds, limits: options.limits, burst: parameters.burst, generators },
      ...{ linkMbits: options.linkMbits, canary: undefined, excuseOthers: options.excuseOthers },
    }).catch((error: unknown) => failedStep(demand, load, seconds, error))
    await until(() => everybodyIsGone(deployment), goneMs).catch(() => {})
    const cycle = { step, held: await holdings.look(), atHours: passed() }
    cycles.push(cycle)
    const shown = cycle.held.filter(({ name }) => /^(memory|files) of server|^heap|^keys without/.test(name))
    say(
      `  … ${hours(cycle.atHours)}  ${step.outcome.padEnd(8)}  ${shown.map(({ name, value, unit }) => `${name} ${hourly(value, unit)}`).join(', ')}`,
    )
    // Fewer prove nothing, however long they took.
  } while (passed() < most || cycles.length < leastLooks)
  return cycles
}

async function everybodyIsGone({ nodes }: Deployment): Promise<boolean> {
  const told = await Promise.all(nodes.map(askNode))
  return told.every(({ value }) => value('visavis_connections') === 0)
}

function seriesOf(cycles: readonly Cycle[]): Series[] {
  const names = [...new Set(cycles.flatMap(({ held }) => held.map(({ name }) => name)))]
  return names.map((name) => {
    const found = cycles.flatMap(({ held, atHours }) =>
      held.filter((one) => one.name === name).map((one) => ({ ...one, x: atHours })),
    )
    const { unit = 'bytes', isKept = false } = found[0] ?? {}
    return { name, unit, isKept, samples: found.map(({ x, value }) => ({ x, y: value })) }
  })
}

const hours = (value: number): string => (value < 1 ? `${(value * 60).toFixed(1)} min` : `${value.toFixed(2)} h`)
