/** The transitions of the lobby as typed functions. */
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'

const preludes = [eventsPrelude]
const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)

export const write = script<
  [visits: string, log: string, nudge: string],
  [field: string, before: string, next: string, fact: string],
  boolean
>(file('write'), (reply) => reply === 1, preludes)

export const talk = script<
  [talks: string, log: string, nudge: string],
  [member: string, now: number, untilAt: number, fact: string],
  void
>(file('talk'), () => {}, preludes)
