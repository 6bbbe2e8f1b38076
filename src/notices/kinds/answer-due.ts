/** To whoever could answer and their supervisors: a jobseeker waits for an answer that is soon due, or overdue. Pure. */
import type { Kind, Reader, Words } from '../kind.ts'
import { momentOf, plainName } from '../wording.ts'

export interface AnswerDue {
  /** Name of the jobseeker. */
  readonly jobseeker: string
  /** Since when they wait (ms). */
  readonly since: number
  /** When they are to have an answer (ms). */
  readonly answerBy: number
  /** True while nobody could answer: no advisor who takes part, and no cover. */
  readonly nobody?: boolean
  /** True where that time was over when this was told. */
  readonly overdue?: boolean
}

export const answerDue: Kind<AnswerDue> = { official: false, merges: true, last: false, words }

const most = 20

/** Who is told that an answer is late need not hear in the same mail that it is soon due. */
const newest = (all: readonly AnswerDue[]): readonly AnswerDue[] => {
  const late = new Set(all.filter(({ overdue }) => overdue).map(({ jobseeker, since }) => `${since} ${jobseeker}`))
  return all.filter(({ jobseeker, since, overdue }) => overdue || !late.has(`${since} ${jobseeker}`))
}

function inFrench(count: number, allLate: boolean): string {
  if (allLate) return count === 1 ? 'Une réponse est en retard' : `${count} réponses sont en retard`
  return count === 1 ? 'Une personne attend une réponse' : `${count} personnes attendent une réponse`
}

function inEnglish(count: number, allLate: boolean): string {
  if (allLate) return count === 1 ? 'An answer is late' : `${count} answers are late`
  return count === 1 ? 'A person is waiting for an answer' : `${count} people are waiting for an answer`
}

function words(told: readonly AnswerDue[], reader: Reader): Words {
  const all = newest(told)
  const allLate = all.every(({ overdue }) => overdue)
  const soonest = all.toSorted((a, b) => a.answerBy - b.answerBy)
  const shown = soonest.slice(0, most).map(({ jobseeker, since, answerBy, nobody = false, overdue = false }) => ({
    name: plainName(jobseeker),
    since: momentOf(since, reader),
    by: momentOf(answerBy, reader),
    nobody,
    overdue,
  }))
  const more = soonest.length - shown.length
  if (reader.language === 'fr') {
    return {
      subject: inFrench(all.length, allLate),
      paragraphs: [
        ...shown.map(
          ({ name, since, by, nobody, overdue }) =>
            `${name} attend depuis le ${since}. ${overdue ? `En retard : la réponse était due le ${by}.` : `Réponse attendue avant le ${by}.`}${nobody ? ' Personne ne peut répondre : désignez quelqu’un.' : ''}`,
        ),
        ...(more === 0 ? [] : [`Et ${more} de plus.`]),
      ],
      link: 'Ouvrir Visavis',
    }
  }
  return {
    subject: inEnglish(all.length, allLate),
    paragraphs: [
      ...shown.map(
        ({ name, since, by, nobody, overdue }) =>
          `${name} has been waiting since ${since}. ${overdue ? `Late: the answer was due on ${by}.` : `Answer due by ${by}.`}${nobody ? ' Nobody can answer: name somebody.' : ''}`,
      ),
      ...(more === 0 ? [] : [`And ${more} more.`]),
    ],
    link: 'Open Visavis',
  }
}
