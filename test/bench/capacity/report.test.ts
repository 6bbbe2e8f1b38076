import { generateKeyPairSync } from 'node:crypto'
import t from 'tap'
import { certificateOf } from '../../../bench/capacity/certificate-body.ts'
import { demandOf } from '../../../bench/capacity/demand.ts'
import type { Findings } from '../../../bench/capacity/findings.ts'
import { capacityOf } from '../../../bench/capacity/knee.ts'
import type { Noted } from '../../../bench/capacity/measure.ts'
import { parseCapacity } from '../../../bench/capacity/options.ts'
import { reportPage } from '../../../bench/capacity/report/page.ts'
import { pageNames } from '../../../bench/capacity/sight.ts'
import { unmeasuredOf } from '../../../bench/capacity/unmeasured.ts'
import { verdictOf } from '../../../bench/capacity/verdict.ts'
import { encode, latencyHistogram, recordMs } from '../../../bench/latency.ts'
import { signCertificate } from '../../../src/capacity/certificate.ts'

/** Of made-up runs: what the pages show of them, and not what a server does. */
function latency(around: number) {
  const histogram = latencyHistogram()
  for (let n = 1; n <= 200; n += 1) recordMs(histogram, (around * n) / 100)
  return {
    p50Ms: around,
    p95Ms: around * 1.9,
    p99Ms: around * 2,
    maxMs: around * 2,
    count: 200,
    histogram: encode(histogram),
  }
}

function step(factor: number, n: number, more: Partial<Noted> = {}): Noted {
  const rooms = Math.round(26 * factor)
  const cores = { server: 0.2 * factor, redis: 0.05 * factor, 'worker 1': 0.2 * factor, generator: 0.3, canary: 0.4 }
  const isHeld = factor < 2
  return {
    ...{ factor, phase: 'ramp', startedAtMs: n * 15_000, outcome: isHeld ? 'held' : 'broken', seconds: 10 },
    load: { advisors: 9, jobseekers: 6, rooms, starting: 2, messagesPerSecond: 5, callbacksPerSecond: 0.5 },
    figures: { messageP99Ms: 40 * factor, offerP99Ms: 90, joinP95Ms: 300, firstFrameP95Ms: 700, lossShare: 0 },
    breaks: isHeld ? [] : [{ objective: 'lossShare', value: 0.1, limit: 0.005 }],
    ...{
      faults: [],
      doubts: [],
      most: { resource: 'worker CPU', share: 0.4 * factor },
      uses: { 'worker CPU': 0.4 * factor, Redis: 0.05 * factor, 'load generator': 0.4 },
      sessions: 10 * rooms,
    },
    generator: { made: 1, dropped: 0, lateP99Ms: 3, loopP99Ms: 4, core: 0.4 },
    latencies: {
      ...{
        signIn: latency(30),
        message: latency(20 * factor),
        offer: latency(45 * factor),
        join: latency(150 * factor),
      },
      recovery: latency(0.001),
    },
    storm: undefined,
    sight: {
      core: 0.4,
      visits: [0, 5_000].map((atMs) => ({
        ...{ atMs, answeredMs: 50, connectedMs: 200 },
        joinMs: 300 * factor,
        firstFrameMs: 500 * factor + atMs / 50,
      })),
      moments: pageNames.flatMap((page) =>
        Array.from({ length: 18 }, (_, m) => ({
          ...{ atMs: 500 * m, page, ms: 500, frames: 12 - m / 3, samples: 24_000, concealed: 20 },
          freezesMs: m === 7 && factor > 1 ? 400 : 0,
        })),
      ),
    },
    watched: {
      samples: Array.from({ length: 20 }, (_, m) => ({
        ...{
          atMs: 500 * m,
          cores,
          memoryBytes: { server: 150e6 + m * 1e6, redis: 12e6 },
          machine: 0.4,
          others: 0.05,
          kernel: 0.01,
          networkMbits: 40,
          stalls: {
            rewriting: m === 5,
            rewrites: m === 5 ? 1 : 0,
            delayedFsyncs: 0,
            longestMs: m === 6 ? { 'aof-fsync-always': 243 } : {},
          },
        },
      })),
      ...{ cores, machine: 0.4, others: 0.05, kernel: 0.01, networkMbits: 40, memoryBytes: {}, nodes: [] },
    },
    ...more,
  }
}

function findings(): Findings {
  const options = parseCapacity(['--region', 'bretagne'])
  const steps = [0.5, 1, 2, 1.4, 1.7, 1.4, 1.2].map((factor, n) => step(factor, n))
  const storm = step(1.1, 9, {
    ...{ phase: 'storm', figures: { recoveryP99Ms: 1_800, lossShare: 0 } },
    storm: { atMs: 3_300, severed: 640, back: 640, failed: 0 },
  })
  const stormed = { ...storm, latencies: { ...storm.latencies, recovery: latency(900) } }
  const capacity = capacityOf(
    [1.4, 1.4, 1.2, 1.4, 1.4].map((held) => ({ held, beyond: { factor: 1.7, outcome: 'broken' } })),
  )
  const use = { resource: 'worker CPU', share: 0.93 } as const
  const reached = { ended: 'broken', use, broke: ['lossShare'], nearest: use } as const
  const measurement = {
    ...{ steps, storms: [stormed], capacity, held: [1.4, 1.4, 1.2, 1.4, 1.4], reached },
    ...{ contradictions: [], doubts: [], ranOutOfTime: false },
  }
  const machine = { cpu: 'made up', cores: 2, memoryBytes: 8 * 2 ** 30, node: 'v26', redis: '7', mediasoup: '3' }
  const verdict = verdictOf({
    ...{
      capacity,
      volunteers: options.parameters.volunteers,
      margin: options.margin,
      nodes: 1,
      reached,
      nodeCost: 150,
    },
    ...{ contradictions: [], doubts: [], unmeasured: unmeasuredOf({ ...measurement, noBrowser: undefined }) },
    storms: [{ factor: 1.1, outcome: 'held', severed: 640, recoveryP99Ms: 1_800 }],
  })
  const about = {
    commit: 'abc',
    version: '1.2.3',
    browser: 'Chromium 140',
    machine,
    fingerprint: 'f',
    minutes: 9.5,
    at: 1_800_000_000_000,
  }
  return { options, demand: demandOf(options.parameters), measurement, verdict, about }
}

t.test(
  'the report shows what was seen, what came back, what more would take, and no number that is none',
  async (t) => {
    const found = findings()
    const certificate = signCertificate(certificateOf(found), generateKeyPairSync('ed25519').privateKey)
    t.match(certificate, { inputs: { cameraWidth: 640 } })
    const page = reportPage(found, certificate)
    t.match(page, /LAUNCH/)
    t.match(page, 'limit: worker CPU 93 % in use.')
    const charts = [...page.matchAll(/<figcaption>([^<]*)<\/figcaption><svg/g)].map(([, title]) => title)
    for (const chart of [
      ...[/^Every run/, /^Messages, from due/, /^Callbacks, from due/, /^Joins, from due/, /^Sign-ins/],
      ...[/^Messages of all runs.*how many took how long/, /^Joins of all runs.*how many took how long/],
      ...[/^Share of each resource/, /^CPU by process/, /^Load over time/, /^CPU of each process over time/],
      ...[/^The machine over time/, /^Memory of each process over time/, /^Network over time/],
      ...[/^Freezes over time/, /^Pictures a second over time/, /^Joins of the real browser/],
      ...[/^Sessions that are open again/, /^CPU during the storm/],
    ])
      t.ok(
        charts.some((title) => chart.test(title ?? '')),
        String(chart),
      )
    t.match(page, /opacity="0.15"/, 'bands')
    t.match(page, /Redis began to rewrite its log 7 times/)
    t.match(page, /<td>held; Redis: log rewritten, aof-fsync-always 243 ms; most used/)
    t.match(page, /<td>640<\/td><td>640<\/td>/)
    t.match(page, /<td>lossShare<\/td><td>0.5\u00a0%<\/td><td>0\u00a0%<\/td><td>0\u00a0%<\/td><td>1 run<\/td>/)
    t.match(page, /worker core per room/)
    t.match(page, /1,483,000/)
    t.match(page, /Visavis 1.2.3.*Chromium 140/s)
    t.notMatch(page, /NaN|undefined|Infinity|<script|src=|href=/)
    t.match(certificate, { limit: { resource: 'worker CPU' }, limitedBy: 'worker CPU 93 % in use' })
    t.match(certificate, { storms: [{ severed: 640, back: 640 }], enrolledIn: ['bretagne'] })
    t.match(certificate.versions, { visavis: '1.2.3', node: 'v26', browser: 'Chromium 140' })
    t.match(certificate.onPaper, {
      ...{ formula: /^cores =/, nodesFormula: /^nodes =/, margin: 0.2, cpuShare: 0.9 },
      units: [{ name: 'worker core per room', cost: { value: Number, low: Number, high: Number }, runs: 6 }],
      people: [{ volunteers: 12_000, nodes: { low: 2, high: 2 } }, {}, {}, { volunteers: 1_483_000 }],
      notMeasured: [/internet/, /TURN/, /TLS/],
    })
    t.match(certificate.results, { seenWhileHeld: { visits: 12 } })
  },
)
