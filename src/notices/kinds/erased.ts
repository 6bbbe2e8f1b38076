/** The receipt of erasure: sent with an address that is erased right after. Pure. */
import type { Kind } from '../kind.ts'
import { momentOf } from '../wording.ts'

export interface Erased {
  /** When the data were erased (ms). */
  readonly at: number
}

export const erased: Kind<Erased> = {
  official: true,
  merges: false,
  last: true,
  words: ([notice], reader) => {
    const at = momentOf(notice?.at ?? 0, reader)
    if (reader.language === 'fr') {
      return {
        subject: 'Vos données sont effacées',
        paragraphs: [
          `Vos données dans Visavis ont été effacées le ${at}.`,
          'Cette adresse aussi, avec l’envoi de ce message. Conservez-le : il en est la preuve.',
        ],
      }
    }
    return {
      subject: 'Your data have been erased',
      paragraphs: [
        `Your data in Visavis were erased on ${at}.`,
        'So is this address, now that this message has been sent. Keep it: it is your proof.',
      ],
    }
  },
}
