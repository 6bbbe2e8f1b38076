/** The receipt of leaving the scheme. Pure. */
import type { Kind } from '../kind.ts'
import { momentOf } from '../wording.ts'

export interface Left {
  /** When they left (ms). */
  readonly at: number
}

export const left: Kind<Left> = {
  official: true,
  merges: false,
  last: false,
  words: ([notice], reader) => {
    const at = momentOf(notice?.at ?? 0, reader)
    if (reader.language === 'fr') {
      return {
        subject: 'Votre sortie est enregistrée',
        paragraphs: [
          `Vous avez quitté l’accompagnement en ligne le ${at}.`,
          'Votre accès est fermé et vos demandes de rappel sont retirées. Quitter l’accompagnement en ligne n’est pas une faute.',
          'Conservez ce message : il en est la preuve.',
        ],
      }
    }
    return {
      subject: 'You have left, as you asked',
      paragraphs: [
        `You left the online scheme on ${at}.`,
        'Your access is closed and your callback requests are withdrawn. Leaving the online scheme is never a fault.',
        'Keep this message: it is your proof.',
      ],
    }
  },
}
