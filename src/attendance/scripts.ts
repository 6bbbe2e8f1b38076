/** The transitions of a record as typed functions. */
import type { Head } from '../protocol/index.ts'
import { eventsPrelude } from '../store/events.ts'
import { script } from '../store/script.ts'

const preludes = [eventsPrelude, new URL('./lua/record.lua', import.meta.url)]

/** Keys of a record and of its two parties. */
export type RecordKeys = [
  ...[record: string, entries: string, contents: string, due: string],
  ...[feeds: string, log: string, nudge: string],
  ...[ofJobseeker: string, ofAdvisor: string],
]

/** What is added: see lua/record.lua. */
export type Addition = [
  ...[appointment: string, n: number, hash: string, at: number, keepUntil: number],
  ...[sealAt: number, verdictAt: number, awaitAt: number, evidence: number, count: number],
  ...actsTextsKeptAndContents: (string | number)[],
]

export type Opened = { readonly is: 'opened' | 'erased' } | { readonly is: 'known'; readonly head: Head }

export const open = script<
  [...RecordKeys, erased: string],
  [jobseeker: string, advisor: string, from: number, until: number, now: number, ...Addition],
  Opened
>(
  new URL('./lua/open.lua', import.meta.url),
  (reply) => {
    const [is, n, hash = ''] = reply as ['opened' | 'erased' | 'known', string?, string?]
    return is === 'known' ? { is, head: { n: Number(n), hash } } : { is }
  },
  preludes,
)

export type Appended =
  | { readonly is: 'appended' | 'moved' | 'missing' }
  /** By act: the entry it has made. */
  | { readonly is: 'known'; readonly acts: ReadonlyMap<string, number> }

export const append = script<
  [...RecordKeys, ofCarried: string, toConfirm: string, toConfirmCarried: string],
  [n: number, hash: string, from: number | '', until: number | '', carriedTo: string, ...Addition],
  Appended
>(
  new URL('./lua/append.lua', import.meta.url),
  (reply) => {
    const [is, ...rest] = reply as ['appended' | 'moved' | 'missing' | 'known', ...string[]]
    if (is !== 'known') return { is }
    const acts = new Map<string, number>()
    for (let i = 0; i < rest.length; i += 2) acts.set(rest[i] ?? '', Number(rest[i + 1]))
    return { is, acts }
  },
  preludes,
)

/** Nothing is awaited of this window any more; another one stays due. */
export const awaited = script<[record: string, due: string], [appointment: string, from: number], void>(
  new URL('./lua/awaited.lua', import.meta.url),
  () => {},
)

export const take = script<[due: string], [now: number, leaseMs: number, most: number], string[]>(
  new URL('./lua/take.lua', import.meta.url),
  (reply) => reply as string[],
)

export const keepSeal = script<
  [record: string, seals: string, due: string],
  [appointment: string, n: number, seal: string],
  'sealed' | 'again' | 'missing'
>(new URL('./lua/seal.lua', import.meta.url), (reply) => reply as 'sealed' | 'again' | 'missing')

export const judged = script<
  [record: string, due: string],
  [appointment: string, evidence: number, againAt: number],
  void
>(new URL('./lua/judged.lua', import.meta.url), () => {})

export const forget = script<
  [record: string, contents: string, of: string, toConfirm: string],
  [appointment: string, person: string],
  number
>(new URL('./lua/forget.lua', import.meta.url), (reply) => reply as number)
