/** The transitions of notices and contacts as typed functions. */
import { script } from '../store/script.ts'
import type { StoredContact } from './contact.ts'
import type { Notice, State } from './notice.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)
const outbox = [file('outbox')]

export type OutboxKeys = [notices: string, own: string, open: string, due: string, expiring: string]
type AllKeys = [...OutboxKeys, contacts: string]

/** Undefined for somebody who is erased. */
export const put = script<
  [...OutboxKeys, erased: string],
  [notice: string, retentionMs: number],
  { readonly created: boolean; readonly state: State } | undefined
>(
  file('put'),
  (reply) => {
    const [is, state] = reply as ['created' | 'existing' | 'erased', State]
    if (is === 'erased') return undefined
    return { created: is === 'created', state }
  },
  outbox,
)

/** Notices of one person that go in one mail. */
export interface Taken {
  /** What the Message-ID is made of. */
  readonly mail: string
  readonly token: number
  /** An earlier attempt has not been recorded, or not how it ended: the mail may have gone out already. */
  readonly repeated: boolean
  /** At least one; the earliest first. */
  readonly notices: readonly Notice[]
}

export const take = script<
  OutboxKeys,
  [leaseMs: number, most: number, together: number, retentionMs: number],
  { readonly now: number; readonly mails: readonly Taken[] }
>(
  file('take'),
  (reply) => {
    const [now, ...mails] = reply as [number, ...[string, number, 0 | 1, string[]][]]
    return {
      now,
      mails: mails.map(([mail, token, repeated, notices]) => ({
        mail,
        token,
        repeated: repeated === 1,
        notices: notices.map((json) => JSON.parse(json) as Notice).sort((a, b) => a.at - b.at),
      })),
    }
  },
  outbox,
)

export const settle = script<OutboxKeys, [token: number, changes: string, retentionMs: number], number>(
  file('settle'),
  Number,
  outbox,
)

export type Withdrawn = 'withdrawn' | 'underway' | 'sent' | 'failed' | 'missing'

export const withdraw = script<OutboxKeys, [key: string, retentionMs: number], Withdrawn>(
  file('withdraw'),
  (reply) => reply as Withdrawn,
  outbox,
)

/** @returns how many notices went. */
export const forget = script<AllKeys, [person: string, patienceMs: number], number>(file('forget'), Number, outbox)

/** @returns the cursor to go on with. */
export const forgetName = script<[notices: string], [name: string, id: string, cursor: string, count: number], string>(
  file('forget-name'),
  String,
)

export const expire = script<OutboxKeys, [most: number], number>(file('expire'), Number, outbox)

const decodeContact = (json: unknown) => JSON.parse(String(json)) as StoredContact

export const setContact = script<
  [contacts: string, erased: string],
  [person: string, email: string, preferences: string],
  { readonly changed: boolean; readonly contact: StoredContact } | undefined
>(file('set-contact'), (reply) => {
  if (reply === null) return undefined
  const [changed, json] = reply as [0 | 1, string]
  return { changed: changed === 1, contact: decodeContact(json) }
})

export const choose = script<
  [...AllKeys, erased: string],
  [person: string, preferences: string],
  StoredContact | undefined
>(file('choose'), (reply) => (reply === null ? undefined : decodeContact(reply)), outbox)

export const subscribe = script<[contacts: string], [person: string, wanted: 0 | 1], StoredContact | undefined>(
  file('subscribe'),
  (reply) => (reply === null ? undefined : decodeContact(reply)),
)
