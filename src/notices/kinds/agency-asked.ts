/** The receipt of asking to be met in the agency. Pure. */
import type { Kind } from '../kind.ts'
import { momentOf } from '../wording.ts'

export interface AgencyAsked {
  /** When (ms). */
  readonly at: number
  readonly receipt: string
}

export const agencyAsked: Kind<AgencyAsked> = {
  official: true,
  merges: false,
  last: false,
  words: ([notice], reader) => {
    const at = momentOf(notice?.at ?? 0, reader)
    const number = notice?.receipt ?? ''
    if (reader.language === 'fr') {
      return {
        subject: 'Votre demande de rendez-vous en agence',
        paragraphs: [
          `Le ${at}, vous avez demandé un rendez-vous en agence. Vos rendez-vous par webcam y ont lieu, aux mêmes heures ; la personne qui vous accompagne en est informée.`,
          'Cela ne vous sera jamais reproché, et vous pouvez revenir à la webcam.',
          `Conservez ce message : récépissé ${number}.`,
        ],
        link: 'Voir mes récépissés',
        place: 'scheme',
      }
    }
    return {
      subject: 'Your request to be met in the agency',
      paragraphs: [
        `On ${at} you asked to be met in the agency. Your webcam appointments are there, at the same times; the person who follows you is told.`,
        'It never counts against you, and you can go back to the webcam.',
        `Keep this message: receipt ${number}.`,
      ],
      link: 'See my receipts',
      place: 'scheme',
    }
  },
}
