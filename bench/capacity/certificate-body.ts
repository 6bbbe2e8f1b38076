/** Pure: what a certificate of capacity says. The runs are in it as a summary; all samples are in series.json. */
import { type CertificateBody, certificateFormat } from '../../src/capacity/certificate.ts'
import { formulas } from './demand.ts'
import { formula, nationOf, nodesFormula } from './extrapolation.ts'
import type { Findings } from './findings.ts'
import { figuresOf } from './sight.ts'
import { neverMeasured } from './unmeasured.ts'
import { webrtcCost } from './webrtc-cost.ts'

const dayMs = 24 * 60 * 60 * 1_000
/** JSON knows no infinity; what could not be measured is null. */
const finite = (value: number | undefined): number | null =>
  value !== undefined && Number.isFinite(value) ? value : null
const finites = (values: object): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'number' ? finite(value) : typeof value === 'object' && value !== null ? finites(value) : value,
    ]),
  )

export function certificateOf(findings: Findings): CertificateBody {
  const { options, demand, measurement, verdict, about } = findings
  const { region, preset, given, limits, nodes, margin, repeats, canary, cameraWidth } = options
  const { commit, version, browser, machine, fingerprint, minutes, at } = about
  const { node, redis, mediasoup } = machine
  return {
    ...{ format: certificateFormat, region, issuedAt: at, expiresAt: at + Math.round(options.validDays * dayMs) },
    ...{ verdict: verdict.word, why: verdict.why },
    ...(verdict.capacity === undefined ? {} : { capacity: verdict.capacity }),
    ...{ margin: finite(verdict.margin), limit: verdict.limit ?? null, limitedBy: verdict.limitedBy },
    ...{ nodesToAdd: finite(verdict.nodesToAdd), costPer1000: finite(verdict.costPer1000) },
    ...{ enrolledIn: options.enrolledIn },
    inputs: {
      ...{ preset: preset ?? null, parameters: given, objectives: limits, nodes, margin, repeats },
      // What the real browser sends decides how much of the machine it takes from the server.
      cameraWidth: canary ? cameraWidth : null,
    },
    demand: { ...finites(demand), formulas },
    results: {
      factor: measurement.capacity?.factor ?? null,
      limited: measurement.capacity?.limited ?? null,
      seenWhileHeld: seenWhileHeld(measurement),
      runs: measurement.steps.map(({ phase, factor, outcome, load, figures, generator, faults, sight }) => ({
        ...{ phase, factor, outcome, load, figures: finites(figures), generator: finites(generator) },
        ...{ faults: faults.length, seen: sight === undefined ? null : finites(figuresOf(sight)) },
      })),
    },
    storms: measurement.storms.map(({ factor, outcome, load, figures, storm, latencies, faults }) => {
      const { histogram: _, ...recovery } = latencies.recovery
      return {
        factor,
        outcome,
        load,
        figures: finites(figures),
        ...storm,
        recovery: finites(recovery),
        faults: faults.length,
      }
    }),
    onPaper: paperOf(findings),
    notMeasured: [...verdict.unmeasured, ...neverMeasured],
    versions: { visavis: version, node, redis, mediasoup, browser: browser ?? null },
    ...{ minutes, commit, machine: { ...machine, fingerprint } },
  }
}

/** What more people would take: arithmetic, and no measurement. */
function paperOf(findings: Findings): Record<string, unknown> {
  const { margin, limits } = findings.options
  const { units, people } = nationOf(findings)
  return {
    ...{ formula, nodesFormula, margin, cpuShare: limits.cpuShare, webrtcCost, units, notMeasured: neverMeasured },
    people: people.map(({ nodes, ...one }) => ({ ...one, nodes: nodes ?? null })),
  }
}

/** Of all runs that were held together: so many visits that a percentile is one. */
function seenWhileHeld({ steps }: Findings['measurement']): Record<string, unknown> | null {
  const sights = steps.flatMap(({ outcome, sight }) => (outcome === 'held' && sight !== undefined ? [sight] : []))
  if (sights.length === 0) return null
  return finites(
    figuresOf({
      visits: sights.flatMap(({ visits }) => visits),
      moments: sights.flatMap(({ moments }) => moments),
    }),
  )
}
