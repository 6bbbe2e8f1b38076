/**
 * What a pilot report counts. Pure. Nothing in it names a person.
 *
 * Parts of a group that has a sum exclude each other, so that their sum is a number of its own: such sums, and those over a
 * quarter, are what hidden numbers could be found out from (suppress.ts).
 */

export interface Group {
  readonly parts: readonly string[]
  /** The name of the sum of its parts. */
  readonly sum?: string
}

const stars = ['1', '2', '3', '4', '5'] as const

export const groups = {
  /** Those who asked to join, whether they could or not, each once a week. */
  volunteers: { parts: ['volunteers'] },
  joined: { parts: ['joined'] },
  left: {
    parts: ['left.agency', 'left.technology', 'left.privacy', 'left.work', 'left.other', 'left.unsaid'],
    sum: 'left',
  },
  /** Whose verdict was proposed: held, or why not; technical failures by their cause. */
  appointments: {
    parts: [
      ...(['held', 'excused', 'absent', 'undetermined'] as const).map((one) => `appointments.${one}`),
      ...(['incident', 'service', 'device', 'network'] as const).map((one) => `appointments.technical.${one}`),
    ],
    sum: 'appointments',
  },
  contested: { parts: ['contested'] },
  /** How long callbacks waited until they were offered. */
  waits: { parts: ['waits.5min', 'waits.15min', 'waits.60min', 'waits.longer'], sum: 'waits' },
  /** How long whoever came to the lobby waited until they were let in. */
  lobby: { parts: ['lobby.1min', 'lobby.5min', 'lobby.15min', 'lobby.longer'], sum: 'lobby' },
  /** How long a jobseeker who had written waited for the first answer, nights and weekends included. */
  answers: { parts: ['answers.1h', 'answers.4h', 'answers.24h', 'answers.48h', 'answers.longer'], sum: 'answers' },
  /** "How did the talk go?" and "Could you hear and see each other well?", from 1 to 5; of jobseekers, and of advisors. */
  talk: { parts: stars.map((star) => `talk.${star}`), sum: 'talk' },
  media: { parts: stars.map((star) => `media.${star}`), sum: 'media' },
  advisorTalk: { parts: stars.map((star) => `advisorTalk.${star}`), sum: 'advisorTalk' },
  advisorMedia: { parts: stars.map((star) => `advisorMedia.${star}`), sum: 'advisorMedia' },
} satisfies Record<string, Group>

export const everyGroup: readonly Group[] = Object.values(groups)
/** What is counted; sums are made when it is read. */
export const measures: readonly string[] = everyGroup.flatMap(({ parts }) => parts)
export const isMeasure = (name: string): boolean => measures.includes(name)

const minuteMs = 60_000

/** The first limit that a wait is below, by the names of its group. */
const within =
  (group: 'waits' | 'lobby' | 'answers', limits: readonly (readonly [name: string, minutes: number])[]) =>
  (waitMs: number): string =>
    `${group}.${limits.find(([, minutes]) => waitMs < minutes * minuteMs)?.[0] ?? 'longer'}`

export const waitMeasure = within('waits', [
  ['5min', 5],
  ['15min', 15],
  ['60min', 60],
])
export const lobbyMeasure = within('lobby', [
  ['1min', 1],
  ['5min', 5],
  ['15min', 15],
])
export const answerMeasure = within('answers', [
  ['1h', 60],
  ['4h', 4 * 60],
  ['24h', 24 * 60],
  ['48h', 48 * 60],
])

/** @param because the reasons of the verdict (protocol/attendance.ts); the first that names a cause counts. */
export function verdictMeasure(verdict: string, because: readonly string[]): string {
  if (verdict === 'attended') return 'appointments.held'
  if (verdict === 'excused' || verdict === 'absent') return `appointments.${verdict}`
  if (verdict === 'technical-service') {
    return because.includes('incident') ? 'appointments.technical.incident' : 'appointments.technical.service'
  }
  if (verdict === 'technical-user') {
    return because.includes('device-failed') ? 'appointments.technical.device' : 'appointments.technical.network'
  }
  return 'appointments.undetermined'
}

export const leftMeasure = (reason: string | undefined): string => `left.${reason ?? 'unsaid'}`

/** Under which what somebody says of a talk is counted. */
export function opinionMeasures(
  role: 'jobseeker' | 'advisor',
  { talk, media }: { readonly talk?: number; readonly media?: number },
): string[] {
  const [ofTalk, ofMedia] = role === 'jobseeker' ? ['talk', 'media'] : ['advisorTalk', 'advisorMedia']
  return [...(talk === undefined ? [] : [`${ofTalk}.${talk}`]), ...(media === undefined ? [] : [`${ofMedia}.${media}`])]
}
