/**
 * An appointment has begun and somebody is not there yet: both are told what happens next. Whatever the reason may be, nothing
 * is held against anybody here. Subjects are shown on locked screens: no names in them. Pure.
 */
import type { Kind, Reader, Words } from '../kind.ts'
import { momentOf, plainName, timeOf } from '../wording.ts'

export interface NotThereYet {
  /** Whether the reader is not there, and whether the other side is not. */
  readonly self: boolean
  readonly other: boolean
  /** Name of the other side. */
  readonly with: string
  /** Of the appointment (ms). */
  readonly from: number
  readonly until: number
}

interface Told extends Pick<NotThereYet, 'self' | 'other'> {
  readonly name: string
  readonly begin: string
  readonly end: string
}

type Texts = Readonly<Record<'jobseeker' | 'advisor', (told: Told) => readonly string[]>>

const french: Texts = {
  jobseeker: ({ self, other, name, begin, end }) => [
    `Votre rendez-vous avec ${name} du ${begin} a commencé.`,
    ...(self ? [`Vous n’êtes pas encore dans la salle. Vous pouvez y entrer jusqu’à ${end}.`] : []),
    ...(other && !self ? [`${name} n’est pas encore là : nous l’en prévenons. Votre arrivée est notée.`] : []),
    ...(other && self ? [`${name} n’est pas encore là non plus : nous l’en prévenons.`] : []),
    'Si la caméra, l’appareil ou la connexion pose problème, écrivez dans Visavis, demandez un rappel ou un autre moment : un problème technique n’est jamais une faute.',
    'Ensuite, le relevé du rendez-vous vous montre tout ce qui est noté. Rien n’est officiel sans qu’une personne l’ait confirmé, et vous pouvez le contester d’un seul geste.',
  ],
  advisor: ({ self, other, name, begin, end }) => [
    `Votre rendez-vous avec ${name} du ${begin} a commencé.`,
    ...(self && !other ? [`${name} vous attend dans la salle. Entrez, ou proposez un autre moment.`] : []),
    ...(other
      ? [
          `${name} n’est pas encore dans la salle, peut y entrer jusqu’à ${end}, et nous l’en prévenons.`,
          'Vous pouvez attendre, écrire, appeler, ou proposer un autre moment. Une place vide ne dit rien de sa raison.',
        ]
      : []),
    'Après le rendez-vous, le relevé propose une conclusion avec ses motifs ; elle n’est officielle que si vous la confirmez.',
  ],
}

const english: Texts = {
  jobseeker: ({ self, other, name, begin, end }) => [
    `Your appointment with ${name} of ${begin} has begun.`,
    ...(self ? [`You are not in the room yet. You can enter it until ${end}.`] : []),
    ...(other && !self ? [`${name} is not there yet; we are telling them. Your arrival is on record.`] : []),
    ...(other && self ? [`${name} is not there yet either; we are telling them.`] : []),
    'If the camera, the device or the connection is a problem, write in Visavis, ask to be called back, or for another time: technical trouble is never a fault.',
    'Afterwards the record of the appointment shows you everything that is noted. Nothing is official until a person has confirmed it, and you can contest it in one click.',
  ],
  advisor: ({ self, other, name, begin, end }) => [
    `Your appointment with ${name} of ${begin} has begun.`,
    ...(self && !other ? [`${name} waits for you in the room. Enter it, or offer another time.`] : []),
    ...(other
      ? [
          `${name} is not in the room yet, can enter it until ${end}, and we are telling them.`,
          'You can wait, write, call, or offer another time. An empty place says nothing of its reason.',
        ]
      : []),
    'After the appointment the record proposes a verdict with its reasons; it is official only if you confirm it.',
  ],
}

function words([notice]: readonly NotThereYet[], reader: Reader, side: keyof Texts): Words {
  if (notice === undefined) return { subject: '', paragraphs: [] }
  const { self, other, from, until } = notice
  const told = { self, other, name: plainName(notice.with), begin: momentOf(from, reader), end: timeOf(until, reader) }
  const isFrench = reader.language === 'fr'
  const time = timeOf(from, reader)
  return {
    subject: isFrench ? `Votre rendez-vous de ${time} a commencé` : `Your appointment at ${time} has begun`,
    paragraphs: (isFrench ? french : english)[side](told),
    link: isFrench ? 'Ouvrir Visavis' : 'Open Visavis',
  }
}

const common = { merges: false, last: false } as const

export const notThereYet: Kind<NotThereYet> = {
  ...common,
  official: true,
  words: (all, reader) => words(all, reader, 'jobseeker'),
}

export const notThereYetAdvisor: Kind<NotThereYet> = {
  ...common,
  official: false,
  words: (all, reader) => words(all, reader, 'advisor'),
}
