/** The receipt of leaving the scheme. Pure. */
import type { Kind } from '../kind.ts'
import { momentOf } from '../wording.ts'

export interface Left {
  /** When they left (ms). */
  readonly at: number
  /** Its number; absent where an older node has put it. */
  readonly receipt?: string
}

export const left: Kind<Left> = {
  official: true,
  merges: false,
  last: false,
  words: ([notice], reader) => {
    const at = momentOf(notice?.at ?? 0, reader)
    const number = notice?.receipt
    if (reader.language === 'fr') {
      return {
        subject: 'Votre sortie est enregistrée',
        paragraphs: [
          `Vous avez quitté l’accompagnement en ligne le ${at}.`,
          'Votre accès est fermé, vos rendez-vous par webcam ont lieu en agence et vos demandes de rappel sont retirées. Quitter l’accompagnement en ligne n’est pas une faute, et vous pouvez revenir.',
          `Conservez ce message : il en est la preuve.${number === undefined ? '' : ` Récépissé ${number}.`}`,
        ],
        link: 'Voir mes récépissés, ou revenir',
        place: 'scheme',
      }
    }
    return {
      subject: 'You have left, as you asked',
      paragraphs: [
        `You left the online scheme on ${at}.`,
        'Your access is closed, your webcam appointments are in the agency and your callback requests are withdrawn. Leaving the online scheme is never a fault, and you can come back.',
        `Keep this message: it is your proof.${number === undefined ? '' : ` Receipt ${number}.`}`,
      ],
      link: 'See my receipts, or come back',
      place: 'scheme',
    }
  },
}
