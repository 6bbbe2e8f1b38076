/** Pure: the one line of a terminal that shows how a run goes while it goes. */
import type { AppointmentsNow } from '../generator/appointments.ts'
import type { PeopleNow } from '../generator/people.ts'
import type { Sample } from './resources.ts'

/** The newest word of one generator. */
export type Told = PeopleNow | AppointmentsNow

export interface UnderWay {
  /** Of the whole measurement: what it does now, and for how long it has. */
  readonly doing: string
  readonly passedMs: number
  readonly minutes: number
  readonly told: readonly Told[]
  /** Undefined until the window begins: people and rooms come first. */
  readonly sample: Sample | undefined
  readonly seconds: number
}

/** Of several generators the worst of each figure, and the sum of what is counted. */
export function liveLine({ doing, passedMs, minutes, told, sample, seconds }: UnderWay): string {
  const people = told.flatMap((one) => (one.kind === 'people' ? [one] : []))
  const rooms = told.flatMap((one) => (one.kind === 'appointments' ? [one] : []))
  const sum = <T>(of: readonly T[], figure: (one: T) => number) => of.reduce((total, one) => total + figure(one), 0)
  const came = (name: string, count: number, worst: readonly number[]) => {
    const ms = Math.max(...worst.filter(Number.isFinite))
    return Number.isFinite(ms) ? `${name} ${Math.round(ms)} ms (${count})` : `${name} –`
  }
  const failed = sum(told, (one) => one.failed)
  const messages = sum(people, (one) => one.messages)
  const offers = sum(people, (one) => one.offers)
  const joins = sum(rooms, (one) => one.joins)
  return [
    `${clock(passedMs)} of ${clock(minutes * 60_000)}  ${doing}`,
    sample === undefined ? 'people and rooms come' : windowAt(sample.atMs / 1_000, seconds),
    `${sum(people, (one) => one.people)} people, ${sum(rooms, (one) => one.rooms)} rooms`,
    ...(sample === undefined
      ? []
      : [
          `p99 ${came('message', messages, pick(people, 'messageP99Ms'))}, ${came('offer', offers, pick(people, 'offerP99Ms'))}`,
          `p95 ${came('join', joins, pick(rooms, 'joinP95Ms'))}`,
          `machine ${Math.round(sample.machine * 100)} %`,
        ]),
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(sample === undefined ? [] : [coresOf(sample)]),
  ].join(' · ')
}

/** What was sent in the window may take longer than it. */
const windowAt = (passed: number, seconds: number): string =>
  passed > seconds ? 'the rest arrives' : `${Math.round(passed)} of ${seconds} s`

const pick = <N extends string>(of: readonly { readonly [K in N]: number }[], name: N): number[] =>
  of.map((one) => one[name])

/** The busiest first, because a narrow terminal shows the beginning. */
const coresOf = ({ cores }: Sample): string =>
  Object.entries(cores)
    .toSorted(([, a], [, b]) => b - a)
    .map(([part, share]) => `${part} ${share.toFixed(2)}`)
    .join(' ')

const clock = (ms: number): string => {
  const seconds = Math.max(0, Math.round(ms / 1_000))
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}
