/** Pure: what the terminal shows. */
import type { Demand } from './demand.ts'
import type { Findings } from './findings.ts'
import type { Noted } from './measure.ts'
import type { CapacityOptions } from './options.ts'
import { stallsSaid } from './redis-stalls.ts'

export const demandLines = ({ region, parameters }: CapacityOptions, demand: Demand): string[] => [
  `${region}: ${count(parameters.volunteers)} volunteers of ${count(parameters.registered)} registered`,
  `  the busiest hour: ${demand.concurrentRooms} rooms at a time (${demand.advisorsOnShift} advisors on shift), ${count(demand.sockets)} sessions,` +
    ` ${demand.messagesPerSecond.toFixed(1)} messages a second, ${Math.round(demand.callbacksPerHour)} callbacks an hour, ${demand.joinsPerSecond.toFixed(1)} joins a second as a slot begins`,
  `  callbacks: ${(demand.callbackWaits * 100).toFixed(1)} % wait for one of ${demand.advisorsForCallbacks} advisors, ${minutes(demand.callbackWaitMinutes)} on average`,
  ...(demand.rooms.turnedAway > 0.01
    ? [`  ${(demand.rooms.turnedAway * 100).toFixed(0)} % of the appointments fit no free advisor: there are too few`]
    : []),
]

/** Of the machine: from here on other programs are told of beside a run. */
const worthTelling = 0.05

/** One line per run: what was asked, what came, what was in use. */
export function stepLine({
  phase,
  factor,
  outcome,
  load,
  latencies,
  figures,
  generator,
  breaks,
  faults,
  doubts,
  most,
  watched,
  storm,
}: Noted): string {
  const ms = (value: number) => (Number.isNaN(value) ? '–' : `${Math.round(value)} ms`)
  const why =
    outcome === 'held'
      ? ''
      : `: ${[...faults.slice(0, 2), ...breaks.map(broken), ...(outcome === 'unproven' ? doubts : [])].slice(0, 4).join('; ')}`
  const came =
    storm === undefined
      ? `message ${ms(latencies.message.p99Ms)}, offer ${ms(latencies.offer.p99Ms)}, join ${ms(latencies.join.p95Ms)}`
      : `${storm.back} of ${storm.severed} cut sessions are back, 99 of 100 after ${ms(latencies.recovery.p99Ms)}`
  return (
    `  … ${phase.padEnd(12)} × ${factor.toFixed(2)}  ${String(load.rooms).padStart(4)} rooms, ${load.advisors * (load.jobseekers + 1)} people:` +
    ` ${came}, loss ${share(figures.lossShare)};` +
    ` machine ${share(watched.machine)}${watched.others < worthTelling ? '' : ` (other programs ${share(watched.others)})`}, generator ${generator.core.toFixed(2)}${stallsSaid(
      watched.samples,
    )
      .map((said) => `, ${said}`)
      .join('')}${most === undefined ? '' : `, most used: ${most.resource} ${share(most.share)}`} → ${outcome}${why}`
  )
}

export function verdictLines({ options, verdict, measurement, about }: Findings): string[] {
  const { capacity, limitedBy, nodesToAdd, costPer1000 } = verdict
  return [
    '',
    `${verdict.word}: ${options.region}, ${count(options.parameters.volunteers)} volunteers`,
    ...(capacity === undefined
      ? []
      : [
          `  carries ${capacity.atLeast ? 'at least ' : ''}${count(capacity.value)} volunteers (95 % interval ${count(capacity.low)} – ${count(capacity.high)})`,
        ]),
    `  limit: ${limitedBy}`,
    ...(nodesToAdd === undefined
      ? []
      : [
          `  nodes to add: ${nodesToAdd}, one of which may be lost; ${costPer1000?.toFixed(0)} a month per 1,000 volunteers`,
        ]),
    ...verdict.why.map((text) => `  ${text}`),
    `  ${measurement.steps.length} runs in ${about.minutes.toFixed(1)} minutes, commit ${about.commit}`,
  ]
}

const broken = ({ objective, value, limit }: Noted['breaks'][number]): string =>
  `${objective} ${round(value)} > ${round(limit)}`
const round = (value: number): string => (Math.abs(value) >= 10 ? String(Math.round(value)) : value.toPrecision(2))
const share = (value: number | undefined): string =>
  value === undefined || Number.isNaN(value) ? '–' : `${(value * 100).toFixed(value < 0.01 && value > 0 ? 2 : 0)} %`
const minutes = (value: number): string => (Number.isFinite(value) ? `${value.toFixed(1)} min` : 'without end')
export const count = (value: number): string => Math.round(value).toLocaleString('en')
