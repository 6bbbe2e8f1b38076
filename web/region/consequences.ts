/** *Pure.* What the settings of a region mean for people, as sentences: who can join now, and what limits it. */
import type { SchemeOverview, SchemeSettings } from '../../client/region-scheme.ts'
import type { RegionKey } from '../language/en-region.ts'

export interface Sentence {
  readonly key: RegionKey
  readonly values?: Readonly<Record<string, string | number>>
  /** Nobody new comes in because of it. */
  readonly stops?: boolean
}

export interface Words {
  /** Several names in one sentence. */
  readonly listed: (names: readonly string[]) => string
  /** A moment (ms). */
  readonly moment: (at: number) => string
}

type Stand = Pick<SchemeOverview, 'capacity' | 'followed' | 'overTarget'>

/** @param settings as they are, or as they would be. */
export function consequencesOf(settings: SchemeSettings, stand: Stand, now: number, words: Words): Sentence[] {
  const { status, pilotTeams, target, ceiling, joinFirst, checkRequired } = settings
  const isClosed = status === 'closed'
  const teams = words.listed(pilotTeams)
  const who: Sentence = isClosed
    ? { key: 'whoNobody', stops: true }
    : status === 'pilot' && pilotTeams.length > 0
      ? { key: pilotTeams.length === 1 ? 'whoTeam' : 'whoTeams', values: { teams } }
      : { key: status === 'pilot' ? 'whoPilotAll' : 'whoAll' }
  return [
    who,
    { key: 'whoStays', values: { count: stand.followed } },
    ...(isClosed ? [] : [capacityOf(stand, now, words)]),
    ...(isClosed ? [] : [{ key: 'whoReinforced' } as const]),
    ...(isClosed ? [] : [{ key: joinFirst ? 'joinFirst' : 'joinByAgency' } as const]),
    ...(isClosed ? [] : [{ key: checkRequired ? 'checkRequired' : 'checkFree' } as const]),
    { key: 'ceiling', values: { ceiling } },
    { key: 'target', values: { target } },
    ...beyond(stand, ceiling),
  ]
}

function capacityOf({ capacity, followed }: Stand, now: number, { moment }: Words): Sentence {
  if (capacity === undefined) return { key: 'capacityNone' }
  const values = { capacity: capacity.capacity, time: moment(capacity.expiresAt), left: capacity.capacity - followed }
  if (capacity.expiresAt <= now) return { key: 'capacityExpired', values, stops: true }
  if (followed >= capacity.capacity) return { key: 'capacityFull', values, stops: true }
  return { key: 'capacityLeft', values }
}

/** Of those over the target, some may be beyond the ceiling as well: who is followed stays. */
function beyond({ overTarget }: Stand, ceiling: number): Sentence[] {
  const count = overTarget.filter(({ size }) => size >= ceiling).length
  return count === 0 ? [] : [{ key: count === 1 ? 'beyondOne' : 'beyondMany', values: { count, ceiling } }]
}

/** What differs from before. */
export function changesOf(before: SchemeSettings, after: SchemeSettings): Partial<SchemeSettings> {
  const names = Object.keys(after) as (keyof SchemeSettings)[]
  return Object.fromEntries(
    names.filter((name) => String(before[name]) !== String(after[name])).map((name) => [name, after[name]]),
  )
}
