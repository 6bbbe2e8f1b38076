/** The transitions of presence as typed functions. */
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)
const preludes = [eventsPrelude, file('record')]

type PlaceKeys = [sessions: string, due: string, places: string, log: string, nudge: string]

export type Attached =
  | { readonly is: 'ok'; readonly session: string; readonly resumed: boolean; readonly heldBy: string | undefined }
  /** The person has as many connected sessions as they may. */
  | { readonly is: 'full'; readonly sessions: number }

export const attach = script<
  PlaceKeys,
  [person: string, wanted: string, fresh: string, node: string, connection: string, most: number],
  Attached
>(
  file('attach'),
  (reply) => {
    const [is, value, resumed, held] = reply as ['ok' | 'full', string | number, number, string]
    if (is === 'full') return { is, sessions: Number(value) }
    return { is, session: String(value), resumed: resumed === 1, heldBy: held === '' ? undefined : held }
  },
  preludes,
)

export const detach = script<
  PlaceKeys,
  [person: string, session: string, node: string, connection: string, graceMs: number],
  void
>(file('detach'), () => {}, preludes)

export const expire = script<[sessions: string, due: string, log: string, nudge: string], [most: number], number>(
  file('expire'),
  Number,
  preludes,
)

export const setAway = script<
  [sessions: string, log: string, nudge: string],
  [person: string, session: string, away: '0' | '1'],
  void
>(file('set-away'), () => {}, preludes)

export const bury = script<PlaceKeys, [node: string, graceMs: number, most: number], number>(
  file('bury'),
  Number,
  preludes,
)

export const forget = script<[sessions: string, due: string, places: string], [person: string], void>(
  file('forget'),
  () => {},
  preludes,
)

export const beat = script<
  [beats: string],
  [node: string, silenceMs: number],
  { readonly givenUp: boolean; readonly sinceMs: number; readonly dead: string[] }
>(file('beat'), (reply) => {
  const [givenUp, sinceMs, ...dead] = reply as [0 | 1, number, ...string[]]
  return { givenUp: givenUp === 1, sinceMs, dead }
})
