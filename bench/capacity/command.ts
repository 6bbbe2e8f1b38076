/** `npm run bench -- capacity …`: can this deployment serve these people, with what margin, and what limits it? */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { signCertificate } from '../../src/capacity/certificate.ts'
import { canonical, digestOf } from '../../src/protocol/canonical.ts'
import { comparisonTable, reportIn } from '../compare.ts'
import { defaultGenerators } from '../generators.ts'
import { keepMeasured } from '../latest/command.ts'
import { commit, describeMachine, type Machine } from '../machine.ts'
import { watchNeighbours } from '../neighbours.ts'
import { type Canary, chromiumPath, openCanary } from './canary.ts'
import { certificateOf } from './certificate-body.ts'
import { demandOf } from './demand.ts'
import { type Deployment, namedDeployment, ownDeployment } from './deployment.ts'
import { failedStep } from './failed-step.ts'
import type { Findings } from './findings.ts'
import { liveLine } from './live.ts'
import { leastFactor, loadOf } from './load.ts'
import { type Measurement, measure, type Phase } from './measure.ts'
import { metricsOf } from './metrics.ts'
import { type CapacityOptions, capacityUsage, parseCapacity } from './options.ts'
import { demandLines, stepLine, verdictLines } from './progress.ts'
import { reportPage } from './report/page.ts'
import { runStep } from './step.ts'
import type { Step } from './summary.ts'
import type { Terminal } from './terminal.ts'
import { unmeasuredOf } from './unmeasured.ts'
import { exitCodes, verdictOf } from './verdict.ts'

const ownKey = fileURLToPath(new URL('../../.cache/capacity-key.pem', import.meta.url))
/** What a run takes beside its window: sessions, rooms, and everything having arrived. */
const aroundSeconds = 8
/** Of the ramp, the repeats and the confirmation. */
const runsExpected = 24
/** The ramp begins with no more than that, whatever the demand. */
const firstRooms = 8
const firstSessions = 400

/** Of series.json (bench/README.md). */
const seriesFormat = 'visavis-capacity-series/1'

/** Answers this question, for `list`. */
export const capacityQuestion = 'Can this deployment serve these people, with what margin, and what limits it?'

/** @returns the exit code: that of the verdict. @throws when it cannot be measured. */
export async function capacityCommand(argv: readonly string[], terminal: Terminal): Promise<number> {
  const say = (text: string) => terminal.say(text)
  if (argv.includes('--help') || argv.includes('-h')) {
    say(capacityUsage)
    return 0
  }
  const options = parseCapacity(argv)
  const former =
    options.compare === undefined
      ? undefined
      : reportIn(JSON.parse(await readFile(options.compare, 'utf8')), 'capacity')
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(2))
  const [id, machine, version, key] = await Promise.all([
    commit(),
    describeMachine(),
    productVersion(),
    signingKey(options.key),
  ])
  const demand = demandOf(options.parameters, Math.max(1, options.nodes.length))
  for (const text of demandLines(options, demand)) say(text)
  const neighbours = await watchNeighbours()
  const startedAt = Date.now()
  const { measurement, noBrowser, browser } = await measureAll(options, demand, terminal)
  const minutes = (Date.now() - startedAt) / 60_000
  const verdict = verdictOf({
    ...{ capacity: measurement.capacity, volunteers: options.parameters.volunteers, margin: options.margin },
    ...{ nodes: Math.max(1, options.nodes.length), reached: measurement.reached, nodeCost: options.nodeCost },
    contradictions: measurement.contradictions,
    unmeasured: unmeasuredOf({ ...measurement, noBrowser }),
    storms: measurement.storms.map(({ factor, outcome, storm, latencies }) => ({
      ...{ factor, outcome, severed: storm?.severed ?? 0, recoveryP99Ms: latencies.recovery.p99Ms },
    })),
    doubts: [
      ...measurement.doubts,
      ...(measurement.ranOutOfTime ? [`the ${options.minutes} minutes were over before all runs were made`] : []),
      ...(await neighbours()),
    ],
  })
  const about = { commit: id, version, browser, machine, fingerprint: fingerprintOf(machine), minutes, at: startedAt }
  const findings: Findings = { options, demand, measurement, verdict, about }
  await writeAll(findings, key)
  for (const text of verdictLines(findings)) say(text)
  if (former !== undefined) say(comparisonTable(former, metricsOf(findings)))
  if (options.keep) await keepMeasured(metricsOf(findings), say)
  say(`  ${join(options.out, 'report.html')}, certificate.json, series.json`)
  return exitCodes[verdict.word]
}

interface Measured {
  readonly measurement: Measurement
  /** Its name and version; or why there is none. */
  readonly browser: string | undefined
  readonly noBrowser: string | undefined
}

async function measureAll(
  options: CapacityOptions,
  demand: ReturnType<typeof demandOf>,
  terminal: Terminal,
): Promise<Measured> {
  const say = (text: string) => terminal.say(text)
  const startedAt = performance.now()
  const { nodes, enrolledIn, limits, minutes, linkMbits, repeats, most, excuseOthers } = options
  await using stack = new AsyncDisposableStack()
  const deployment = stack.use(
    nodes.length === 0 ? await ownDeployment(enrolledIn, options.workers) : await namedDeployment(nodes, enrolledIn),
  )
  const browser = await browserOf(options, deployment)
  const canary = 'missing' in browser ? undefined : stack.use(browser)
  if ('missing' in browser) say(`  what a person sees in a real browser is not measured: ${browser.missing}`)
  const seconds =
    options.seconds ?? Math.max(2, Math.min(30, Math.floor((minutes * 60) / runsExpected) - aroundSeconds))
  const { burst } = options.parameters
  const generators = options.generators ?? defaultGenerators()
  const attempt = (factor: number, phase: Phase | 'warm-up'): Promise<Step> =>
    runStep({
      ...{ deployment, demand, factor, seconds, limits, burst, generators, linkMbits, canary, excuseOthers },
      storm: phase === 'storm',
      onLive(told, sample) {
        const passedMs = performance.now() - startedAt
        terminal.show(liveLine({ doing: `${phase} × ${factor.toFixed(2)}`, passedMs, minutes, told, sample, seconds }))
      },
    }).catch((error: unknown) => failedStep(demand, factor, seconds, error))
  const from = Math.min(
    1,
    most,
    Math.max(firstRooms / demand.concurrentRooms, 0.01),
    Math.max(firstSessions / demand.sockets, 0.01),
  )
  say(`  windows of ${seconds} s, from ${from.toFixed(2)} of the demand; at most ${minutes} minutes`)
  // A region that there is not is no fault of a run.
  const { advisors, jobseekers } = loadOf(demand, from, seconds)
  await deployment.people(advisors, jobseekers)
  // What runs for the first time, in the server as well, is no measure of it.
  await attempt(from, 'warm-up')
  const least = leastFactor(demand)
  const measurement = await measure({
    run: attempt,
    storm: options.storm ? (factor) => attempt(factor, 'storm') : undefined,
    ...{ required: 1 + options.margin, from, least, most, repeats, endMs: minutes * 60_000 },
    say: (step) => say(stepLine(step)),
  })
  return {
    measurement,
    browser: 'missing' in browser ? undefined : browser.version,
    noBrowser: 'missing' in browser ? browser.missing : undefined,
  }
}

/** A browser, or why there is none. */
async function browserOf(
  { canary, cameraWidth }: CapacityOptions,
  deployment: Deployment,
): Promise<Canary | { readonly missing: string }> {
  if (!canary) return { missing: '--no-canary' }
  const chromium = chromiumPath()
  if (chromium === undefined) return { missing: 'there is no Chromium (VISAVIS_TEST_CHROMIUM names one)' }
  return openCanary(chromium, deployment.nodes[0] ?? '', await deployment.two(), { cameraWidth }).catch(
    (error: unknown) => ({
      missing: `${chromium} could not be used: ${error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error)}`,
    }),
  )
}

/** The one that was named; or this checkout's own, made when there is none. */
async function signingKey(file: string | undefined): Promise<KeyObject> {
  if (file !== undefined) return createPrivateKey(await readFile(file, 'utf8'))
  const known = await readFile(ownKey, 'utf8').catch(() => undefined)
  if (known !== undefined) return createPrivateKey(known)
  const { privateKey } = generateKeyPairSync('ed25519')
  await mkdir(dirname(ownKey), { recursive: true })
  await writeFile(ownKey, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
  return privateKey
}

async function productVersion(): Promise<string> {
  const file = await readFile(new URL('../../package.json', import.meta.url), 'utf8')
  return (JSON.parse(file) as { version: string }).version
}

const fingerprintOf = (machine: Machine): string => digestOf(canonical({ ...machine, host: hostname() })).slice(0, 32)

async function writeAll(findings: Findings, key: KeyObject): Promise<void> {
  const { options, measurement } = findings
  const certificate = signCertificate(certificateOf(findings), key)
  await mkdir(options.out, { recursive: true })
  const write = (name: string, text: string) => writeFile(join(options.out, name), text)
  await Promise.all([
    write('certificate.json', `${JSON.stringify(certificate, null, 2)}\n`),
    write(
      'series.json',
      `${JSON.stringify({ format: seriesFormat, certificate: certificate.id, steps: measurement.steps, storms: measurement.storms }, null, 1)}\n`,
    ),
    write('report.html', reportPage(findings, certificate)),
    ...(options.json === undefined
      ? []
      : [writeFile(options.json, `${JSON.stringify(metricsOf(findings), null, 2)}\n`)]),
  ])
}
