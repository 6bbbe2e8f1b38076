/** A step of a record as a sentence. */
import { type Fact, type Party, problemWords } from '../../client/index.ts'
import { language } from '../language/language.ts'
import { clock, span } from '../language/times.ts'
import type { Step } from './steps.ts'
import { a, length } from './words.ts'

/** Of both parties, as they are called here; whoever is erased has none. */
export type Names = Readonly<Record<Party, string | undefined>>

export const nameOf = (names: Names, who: string): string => {
  if (who === 'jobseeker' || who === 'advisor') return names[who] ?? a(who)
  return who === 'agency' || who === 'service' || who === 'supervisor' ? a(who) : who
}

const health = ({ covered, incidents }: Extract<Fact, { type: 'health' }>): string => {
  if (incidents.length > 0) return a('health.incidents', { count: incidents.length })
  return a(covered ? 'health.well' : 'health.unknown')
}

function check({ result, problems }: Extract<Fact, { type: 'check' }>, who: string): string {
  if (result === 'passed' && problems.length === 0) return a('fact.passed', { who })
  // Other systems may use words of their own, which are shown as they are.
  const words = problems.map((problem) => problemWords[language.value][problem] ?? problem)
  if (words.length === 0) return a('fact.checkFailed', { who })
  return a(result === 'passed' ? 'fact.limited' : 'fact.notPassed', { who, problems: words.join(', ') })
}

function media({ until = 0, at, score }: Step, fact: Extract<Fact, { type: 'media' }>, who: string): string {
  const lasted = { who, until: clock(until), length: length(until - at) }
  if (fact.packetsFrom === 0) return a('fact.mediaNone', lasted)
  const [kind] = fact.kinds
  return a('fact.media', {
    ...lasted,
    kinds: a(fact.kinds.length > 1 ? 'kinds.both' : kind === 'video' ? 'kinds.video' : 'kinds.audio'),
    quality: a(qualityOf(score)),
  })
}

/** mediasoup's scores: 10 is perfect. */
const qualityOf = (score: number | undefined) => {
  if (score === undefined) return 'quality.unknown'
  if (score >= 8) return 'quality.good'
  return score >= 5 ? 'quality.fair' : 'quality.poor'
}

export function sentenceOf(step: Step, names: Names, now: number): string {
  const { fact } = step
  const who = 'party' in fact ? nameOf(names, fact.party) : ''
  switch (fact.type) {
    case 'opened':
    case 'moved':
      return a(`fact.${fact.type}`, { window: span(fact.window, now) })
    case 'cancelled':
    case 'excused':
      return a(`fact.${fact.type}`, { by: nameOf(names, fact.by) })
    case 'invitation':
      return a(`fact.${fact.step}`, { to: nameOf(names, fact.to), about: a(`about.${fact.about}`) })
    case 'check':
      return check(fact, who)
    case 'arrived':
      return a(fact.place === undefined ? 'fact.arrived' : 'fact.lobby', { who })
    case 'dropped':
      return a(fact.cause === 'left' && fact.visit.startsWith('lobby-') ? 'drop.lobby' : `drop.${fact.cause}`, { who })
    case 'attempt':
      return a(`attempt.${fact.cause}`, { who })
    case 'media':
      return media(step, fact, who)
    case 'health':
      return health(fact)
    case 'verdictProposed':
      return a('fact.verdictProposed', { verdict: a(`verdict.${fact.verdict}`) })
    case 'verdictConfirmed':
      return a('fact.verdictConfirmed', { by: nameOf(names, fact.by), verdict: a(`verdict.${fact.verdict}`) })
    case 'contested':
      return a('fact.contested', { who: nameOf(names, 'jobseeker'), verdict: a(`verdict.${fact.verdict}`) })
    case 'quality':
      // Part of the stretch of media it belongs to.
      return ''
    default:
      return a(`fact.${fact.type}`, { who })
  }
}
