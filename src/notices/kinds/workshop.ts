/** A place in a workshop was kept for somebody, or a workshop in which they have one was moved or called off. Pure. */
import type { Kind, Reader, Words } from '../kind.ts'
import { momentOf, plainName, timeOf } from '../wording.ts'

export interface WorkshopNotice {
  readonly told: 'invited' | 'moved' | 'cancelled'
  readonly title: string
  readonly from: number
  readonly until: number
  /** Name of whoever gives it. */
  readonly with: string
  readonly reason?: string
}

const words = ([notice]: readonly WorkshopNotice[], reader: Reader): Words => {
  if (notice === undefined) return { subject: '', paragraphs: [] }
  const { told, reason } = notice
  const when = `${momentOf(notice.from, reader)}–${timeOf(notice.until, reader)}`
  const about = { when, title: plainName(notice.title), name: plainName(notice.with) }
  const texts = reader.language === 'fr' ? french : english
  const why = told === 'invited' || reason === undefined ? [] : [texts.reason(reason)]
  return {
    subject: texts.subject[told],
    paragraphs: [texts.told[told](about), ...why, texts.free],
    link: texts.link,
  }
}

interface About {
  readonly when: string
  readonly title: string
  readonly name: string
}
interface Texts {
  readonly subject: Readonly<Record<WorkshopNotice['told'], string>>
  readonly told: Readonly<Record<WorkshopNotice['told'], (about: About) => string>>
  readonly reason: (reason: string) => string
  readonly free: string
  readonly link: string
}

const french: Texts = {
  subject: {
    invited: 'Une place vous est réservée dans un atelier',
    moved: 'Votre atelier change d’horaire',
    cancelled: 'Votre atelier est annulé',
  },
  told: {
    invited: ({ title, name, when }) => `Atelier « ${title} » avec ${name}, le ${when}, par webcam.`,
    moved: ({ title, name, when }) => `L’atelier « ${title} » avec ${name} aura lieu le ${when}, par webcam.`,
    cancelled: ({ title, name, when }) => `L’atelier « ${title} » avec ${name}, prévu le ${when}, n’aura pas lieu.`,
  },
  reason: (reason) => `Raison : ${reason}`,
  free: 'Venir est libre : les présences ne sont pas relevées, et ne pas venir ne vous sera jamais reproché.',
  link: 'Voir l’atelier',
}

const english: Texts = {
  subject: {
    invited: 'A place in a workshop is kept for you',
    moved: 'Your workshop has another time',
    cancelled: 'Your workshop is called off',
  },
  told: {
    invited: ({ title, name, when }) => `Workshop “${title}” with ${name} on ${when}, by webcam.`,
    moved: ({ title, name, when }) => `The workshop “${title}” with ${name} will be on ${when}, by webcam.`,
    cancelled: ({ title, name, when }) => `The workshop “${title}” with ${name} on ${when} does not take place.`,
  },
  reason: (reason) => `Reason: ${reason}`,
  free: 'Coming is up to you: nobody counts who came, and staying away never counts against you.',
  link: 'See the workshop',
}

const common = { merges: false, last: false, words } as const

/** What becomes of what somebody has planned for. */
export const workshop: Kind<WorkshopNotice> = { ...common, official: true }
/** An offer: as they wish. */
export const workshopInvitation: Kind<WorkshopNotice> = { ...common, official: false }
