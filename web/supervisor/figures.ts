/** *Pure.* What the figures of a board come to. */
import type { AdvisorFigures, AnswerDue, Board, TeamFigures } from '../../client/index.ts'
import type { Cover } from '../../client/supervision.ts'

type Figures = Pick<TeamFigures, 'waiting' | 'waitedMs' | 'taken' | 'inTime'>

export interface Totals extends Required<Omit<Figures, 'waitedMs'>> {
  /** Of the longest wait, in opening time (ms); absent when nobody waits. */
  readonly waitedMs: number | undefined
  readonly ready: number
  readonly here: number
}

/** Opening time goes on as long as it is open: `now` is later than the board. */
export const waitedBy = (
  { waitedMs }: Pick<Figures, 'waitedMs'>,
  { at, open }: { readonly at: number; readonly open: boolean },
  now: number,
): number | undefined => (waitedMs === undefined ? undefined : waitedMs + (open ? Math.max(0, now - at) : 0))

export function totalsOf({ at, teams, advisors }: Board, now: number): Totals {
  const sum = (of: (team: TeamFigures) => number) => teams.reduce((total, team) => total + of(team), 0)
  const waits = teams.flatMap((team) => waitedBy(team, { at, open: team.open }, now) ?? [])
  return {
    waiting: sum(({ waiting }) => waiting),
    waitedMs: waits.length === 0 ? undefined : Math.max(...waits),
    taken: sum(({ taken }) => taken),
    inTime: sum(({ inTime }) => inTime),
    ready: advisors.filter(({ state }) => state === 'ready').length,
    here: advisors.filter(({ state }) => state !== 'offline').length,
  }
}

/** Between 0 and 1; undefined when nothing was taken yet. */
export const shareOf = ({ taken, inTime }: Pick<Figures, 'taken' | 'inTime'>): number | undefined =>
  taken === 0 ? undefined : inTime / taken

/** The one to look at first: where somebody waits longest. '' for advisors without a team. */
export function firstTeam({ team, teams }: Board): string | undefined {
  if (team !== undefined) return team
  return teams.toSorted((a, b) => (b.waitedMs ?? -1) - (a.waitedMs ?? -1))[0]?.team
}

const rank: Readonly<Record<AdvisorFigures['state'], number>> = { ready: 0, 'wrap-up': 1, busy: 2, away: 3, offline: 4 }

/** Who can call first, then by name. */
export const byDesk = (advisors: readonly AdvisorFigures[]): AdvisorFigures[] =>
  advisors.toSorted((a, b) => rank[a.state] - rank[b.state] || a.name.localeCompare(b.name, 'fr'))

type Part = readonly [value: number, unit: 'minute' | 'hour' | 'day']

/** A time in at most two units, without those that are 0; none for less than a minute. */
export function partsOf(ms: number): readonly Part[] {
  const minutes = Math.floor(ms / 60_000)
  const hours = Math.floor(minutes / 60)
  const parts: readonly Part[] =
    hours < 48
      ? [
          [hours, 'hour'],
          [minutes % 60, 'minute'],
        ]
      : [[Math.round(hours / 24), 'day']]
  return parts.filter(([value]) => value > 0)
}

/** Until when somebody can answer because they stand in for another one who can; undefined when they need no cover. */
export const coverUntil = (
  person: string,
  answerers: AnswerDue['answerers'],
  covers: readonly Cover[],
  now: number,
): number | undefined =>
  covers.find(
    ({ advisor, cover, from, until, endedAt = until }) =>
      cover === person && from <= now && now < Math.min(until, endedAt) && answerers.some(({ id }) => id === advisor),
  )?.until
