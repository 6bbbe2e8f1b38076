/**
 * A verdict about an appointment was proposed, made official by a person, or contested: the jobseeker is told of each, with the
 * way to the record. Subjects are shown on locked screens: neither names nor the verdict in them. Pure.
 */
import type { Kind } from '../kind.ts'
import { momentOf, plainName } from '../wording.ts'

export type ToldVerdict = 'attended' | 'excused' | 'absent' | 'technical-service' | 'technical-user' | 'undetermined'

export interface VerdictNotice {
  readonly appointment: string
  /** Begin of the appointment (ms). */
  readonly from: number
  /** Name of the advisor. */
  readonly with: string
  readonly is: 'proposed' | 'confirmed' | 'contested'
  readonly verdict: ToldVerdict
}

interface Texts {
  readonly verdicts: Readonly<Record<ToldVerdict, string>>
  readonly subjects: Readonly<Record<VerdictNotice['is'], string>>
  readonly told: (told: {
    readonly name: string
    readonly when: string
    readonly verdict: string
  }) => Readonly<Record<VerdictNotice['is'], readonly string[]>>
  readonly link: string
}

const french: Texts = {
  verdicts: {
    attended: 'rendez-vous tenu',
    excused: 'excusé',
    absent: 'absence',
    'technical-service': 'empêché par une panne du service',
    'technical-user': 'empêché par un problème technique de votre côté, qui n’est jamais une faute',
    undetermined: 'indéterminé',
  },
  subjects: {
    proposed: 'Conclusion proposée pour votre rendez-vous',
    confirmed: 'Conclusion confirmée pour votre rendez-vous',
    contested: 'Votre contestation est enregistrée',
  },
  told: ({ name, when, verdict }) => ({
    proposed: [
      `Pour votre rendez-vous avec ${name} du ${when}, la conclusion proposée est : ${verdict}.`,
      'Elle n’est pas officielle : une personne doit d’abord la confirmer. Si vous n’êtes pas d’accord, vous pouvez la contester d’un seul geste.',
    ],
    confirmed: [
      `Pour votre rendez-vous avec ${name} du ${when}, une personne a confirmé la conclusion : ${verdict}.`,
      'Elle est officielle. Si vous n’êtes pas d’accord, vous pouvez la contester d’un seul geste.',
    ],
    contested: [
      `Vous avez contesté la conclusion de votre rendez-vous avec ${name} du ${when} : ${verdict}.`,
      'Elle n’est plus officielle, jusqu’à ce qu’une personne ait relu le relevé et confirmé une conclusion. Vous n’avez rien d’autre à faire.',
    ],
  }),
  link: 'Ouvrir le relevé du rendez-vous',
}

const english: Texts = {
  verdicts: {
    attended: 'the appointment took place',
    excused: 'excused',
    absent: 'absent',
    'technical-service': 'hindered by a fault of the service',
    'technical-user': 'hindered by a technical problem on your side, which is never a fault',
    undetermined: 'undetermined',
  },
  subjects: {
    proposed: 'A verdict is proposed for your appointment',
    confirmed: 'The verdict for your appointment is confirmed',
    contested: 'You have contested a verdict',
  },
  told: ({ name, when, verdict }) => ({
    proposed: [
      `For your appointment with ${name} of ${when}, the proposed verdict is: ${verdict}.`,
      'It is not official: a person has to confirm it first. If you do not agree, you can contest it in one click.',
    ],
    confirmed: [
      `For your appointment with ${name} of ${when}, a person has confirmed the verdict: ${verdict}.`,
      'It is official. If you do not agree, you can contest it in one click.',
    ],
    contested: [
      `You have contested the verdict about your appointment with ${name} of ${when}: ${verdict}.`,
      'It is not official any more, until a person has read the record again and confirmed a verdict. There is nothing else you need to do.',
    ],
  }),
  link: 'Open the record of the appointment',
}

export const verdict: Kind<VerdictNotice> = {
  official: true,
  merges: false,
  last: false,
  words: ([notice], reader) => {
    if (notice === undefined) return { subject: '', paragraphs: [] }
    const { verdicts, subjects, told, link } = reader.language === 'fr' ? french : english
    const when = momentOf(notice.from, reader)
    return {
      subject: subjects[notice.is],
      paragraphs: told({ name: plainName(notice.with), when, verdict: verdicts[notice.verdict] })[notice.is],
      link,
      place: `jobseeker#record/${notice.appointment}`,
    }
  },
}
