/** The transitions of alerts as typed functions. */
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)

type AlertKeys = [alerts: string, due: string, feeds: string, log: string, nudge: string]

export const alert = script<
  AlertKeys,
  [channel: string, mark: string, data: string, dueAt: number, ...people: string[]],
  string[]
>(file('alert'), (reply) => reply as string[], [eventsPrelude])

export const end = script<AlertKeys, [channel: string, since: number, data: string], boolean>(
  file('end'),
  (reply) => reply === 1,
  [eventsPrelude],
)
