/** Who is written to about unread messages, about whom no longer, and when to look next. Pure: the moment is an argument. */

export interface Member {
  readonly person: string
  /** The first message they have not read; undefined when there is none. */
  readonly unread: { readonly first: number; readonly at: number } | undefined
  /** They look at one of their devices. */
  readonly present: boolean
  /** How long a message stays unread before they are written to. */
  readonly delayMs: number
}

export interface Plan {
  /** Whom to write to, by the key of what they are told: the same as long as they have not read the first message. */
  readonly remind: ReadonlyMap<string, string>
  /** Keys of mail that is needless by now. */
  readonly withdraw: ReadonlyMap<string, string>
  /** When to look next (ms); undefined: not before somebody reads or writes. */
  readonly lookAt: number | undefined
}

/** Somebody who is there and does not read may do so any moment, or go. */
const presentMs = 60_000

/** @param lastAt when the newest message was written (ms). */
export function planOf(
  { channel, lastAt }: { readonly channel: string; readonly lastAt: number },
  members: readonly Member[],
  reminded: ReadonlyMap<string, string>,
  now: number,
): Plan {
  const remind = new Map<string, string>()
  const withdraw = new Map(reminded)
  const shortestMs = Math.min(...members.map(({ delayMs }) => delayMs))
  // In a talk that goes on something is unread at nearly every look: one now and then is enough.
  const looks = members.length > 0 && lastAt + shortestMs > now ? [lastAt + shortestMs] : []
  for (const { person, unread, present, delayMs } of members) {
    if (unread === undefined) continue
    const key = `unread/${channel}/${unread.first}-${unread.at}/${person}`
    if (reminded.get(person) === key) withdraw.delete(person)
    else if (now < unread.at + delayMs) looks.push(unread.at + delayMs)
    else if (present) looks.push(now + presentMs)
    else remind.set(person, key)
  }
  // What is written meanwhile moves no look: it is found while there is still time to write to whoever waits the least.
  return { remind, withdraw, lookAt: looks.length === 0 ? undefined : Math.min(...looks, now + shortestMs) }
}
