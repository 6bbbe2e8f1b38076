/** The transitions of workshops as typed functions. */
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)

export const write = script<
  [
    ...[records: string, floors: string, lists: string, acted: string, erased: string],
    ...[due: string, feeds: string, log: string, nudge: string],
  ],
  [
    ...[id: string, before: string, next: string, members: string, people: string],
    ...[told: string, fact: string, rememberMs: number, changed: number | ''],
  ],
  'stored' | 'faster' | 'repeat' | 'erased'
>(file('write'), (reply) => reply as 'stored' | 'faster' | 'repeat' | 'erased', [eventsPrelude])

export const writeFloor = script<
  [records: string, floors: string, acted: string],
  [id: string, before: string, next: string, rememberMs: number],
  'stored' | 'faster' | 'repeat' | 'gone'
>(file('floor'), (reply) => reply as 'stored' | 'faster' | 'repeat' | 'gone')

export const settle = script<[due: string], [id: string, score: string], void>(file('settle'), () => {})
