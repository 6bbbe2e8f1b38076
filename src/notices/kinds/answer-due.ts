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
}

export const answerDue: Kind<AnswerDue> = { official: false, merges: true, last: false, words }

const most = 20

function words(all: readonly AnswerDue[], reader: Reader): Words {
  const soonest = all.toSorted((a, b) => a.answerBy - b.answerBy)
  const shown = soonest.slice(0, most).map(({ jobseeker, since, answerBy, nobody = false }) => ({
    name: plainName(jobseeker),
    since: momentOf(since, reader),
    by: momentOf(answerBy, reader),
    nobody,
  }))
  const more = soonest.length - shown.length
  if (reader.language === 'fr') {
    return {
      subject: all.length === 1 ? 'Une personne attend une réponse' : `${all.length} personnes attendent une réponse`,
      paragraphs: [
        ...shown.map(
          ({ name, since, by, nobody }) =>
            `${name} attend depuis le ${since}. Réponse attendue avant le ${by}.${nobody ? ' Personne ne peut répondre : désignez quelqu’un.' : ''}`,
        ),
        ...(more === 0 ? [] : [`Et ${more} de plus.`]),
      ],
      link: 'Ouvrir Visavis',
    }
  }
  return {
    subject: all.length === 1 ? 'A person is waiting for an answer' : `${all.length} people are waiting for an answer`,
    paragraphs: [
      ...shown.map(
        ({ name, since, by, nobody }) =>
          `${name} has been waiting since ${since}. Answer due by ${by}.${nobody ? ' Nobody can answer: name somebody.' : ''}`,
      ),
      ...(more === 0 ? [] : [`And ${more} more.`]),
    ],
    link: 'Open Visavis',
  }
}
