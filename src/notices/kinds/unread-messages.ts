/** Messages wait in somebody's channels: who wrote, how many, since when; never what. Pure. */
import type { Kind, Reader, Words } from '../kind.ts'
import { momentOf, namesOf } from '../wording.ts'

export interface UnreadMessages {
  /** Names of those who wrote. */
  readonly from: readonly string[]
  /** Of the messages of this notice alone: merged ones are added up. */
  readonly count: number
  /** When the first was written (ms). */
  readonly since: number
}

export const unreadMessages: Kind<UnreadMessages> = { official: false, merges: true, last: false, words }

function words(all: readonly UnreadMessages[], reader: Reader): Words {
  const names = all.flatMap(({ from }) => from)
  const people = {
    names: namesOf(names, reader),
    several: new Set(names).size > 1,
    count: all.reduce((total, { count }) => total + count, 0),
    since: momentOf(Math.min(...all.map(({ since }) => since)), reader),
  }
  return reader.language === 'fr' ? french(people) : english(people)
}

interface Told {
  readonly names: string
  readonly several: boolean
  readonly count: number
  readonly since: string
}

const french = ({ names, several, count, since }: Told): Words => ({
  subject: count === 1 ? 'Vous avez 1 message non lu' : `Vous avez ${count} messages non lus`,
  paragraphs: [
    ...(names === '' ? [] : [several ? `${names} vous ont écrit.` : `${names} vous a écrit.`]),
    count === 1
      ? `Un message vous attend depuis le ${since}.`
      : `${count} messages vous attendent, le premier depuis le ${since}.`,
  ],
  link: 'Lire et répondre',
})

const english = ({ names, several, count, since }: Told): Words => ({
  subject: count === 1 ? 'You have 1 unread message' : `You have ${count} unread messages`,
  paragraphs: [
    ...(names === '' ? [] : [several ? `${names} have written to you.` : `${names} has written to you.`]),
    count === 1
      ? `A message has been waiting since ${since}.`
      : `${count} messages are waiting, the first since ${since}.`,
  ],
  link: 'Read and answer',
})
