/** The transitions of nodes and of who holds which room, as typed functions. */
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)
const clock = file('clock')

export const claim = script<
  [until: string, holders: string],
  [room: string, wanted: string, leaseMs: number, own: '1' | '0'],
  string | undefined
>(file('claim'), (reply) => (reply === null ? undefined : String(reply)), [clock])

export const renew = script<
  [until: string, holders: string],
  [self: string, leaseMs: number, ...rooms: string[]],
  string[]
>(file('renew'), (reply) => reply as string[], [clock])

export const release = script<[until: string, holders: string], [self: string, ...rooms: string[]], void>(
  file('release'),
  () => {},
)

export const activate = script<
  [holders: string, active: string, log: string, nudge: string],
  [room: string, self: string, by: string, frame: string],
  void
>(file('activate'), () => {}, [eventsPrelude])

export const sweep = script<
  [until: string, holders: string, active: string, log: string, nudge: string],
  [most: number],
  number
>(file('sweep'), Number, [eventsPrelude, clock])

export interface Heard {
  readonly node: string
  readonly silentMs: number
  /** What it said last, as JSON. */
  readonly told: string
  readonly drained: boolean
}

export const beat = script<
  [beats: string, told: string, drained: string],
  [node: string, told: string, forgetMs: number],
  Heard[]
>(
  file('beat'),
  (reply) => {
    const words = reply as [string, number, string, 0 | 1][number][]
    return Array.from({ length: words.length / 4 }, (_, n) => ({
      node: String(words[4 * n]),
      silentMs: Number(words[4 * n + 1]),
      told: String(words[4 * n + 2]),
      drained: words[4 * n + 3] === 1,
    }))
  },
  [clock],
)
