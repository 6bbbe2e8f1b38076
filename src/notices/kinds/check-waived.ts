/** Somebody answers for a jobseeker whose device check is missing: they may join without. Pure. */
import type { Kind } from '../kind.ts'
import { momentOf, plainName } from '../wording.ts'

export interface CheckWaived {
  /** When (ms). */
  readonly at: number
  /** Name of whoever answers for them; absent for the agency’s systems. */
  readonly by?: string
}

/** The reason is on the page: mail passes through many hands. */
export const checkWaived: Kind<CheckWaived> = {
  official: true,
  merges: false,
  last: false,
  words: ([notice], reader) => {
    const at = momentOf(notice?.at ?? 0, reader)
    const by = notice?.by === undefined ? undefined : plainName(notice.by)
    if (reader.language === 'fr') {
      return {
        subject: 'Vous pouvez participer sans test du matériel',
        paragraphs: [
          `${by ?? 'Votre agence'} vous dispense du test du matériel depuis le ${at}.`,
          'Participer reste votre choix. La raison de la dispense et votre récépissé vous attendent sur la page de votre participation.',
        ],
        link: 'Voir ma participation',
        place: 'scheme',
      }
    }
    return {
      subject: 'You may join without a device check',
      paragraphs: [
        `${by ?? 'Your agency'} lets you in without a device check since ${at}.`,
        'Whether you take part is still your choice. The reason and your receipt are on the page of your participation.',
      ],
      link: 'See my participation',
      place: 'scheme',
    }
  },
}
