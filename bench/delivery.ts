/** Pure: was every message of a channel delivered once and in order, to all of its members' sessions and to the history? */

/** Which of the two members of a channel wrote a message. */
export type Side = 'jobseeker' | 'advisor'
export const sides: readonly Side[] = ['jobseeker', 'advisor']

export interface Sent {
  readonly from: Side
  /** Among those of its sender: 1, 2, 3 … in the order in which they were sent. */
  readonly number: number
}

/** A message as it was seen, with its place in the channel. */
export interface Seen extends Sent {
  readonly offset: number
}

export interface ChannelRecord {
  readonly channel: string
  /** The last offset before the first of these messages. */
  readonly before: number
  /** How many each side sent. */
  readonly sent: Readonly<Record<Side, number>>
  /** Answered with a place: they must be stored exactly there. */
  readonly acknowledged: readonly Seen[]
  /**
   * What each session of a member received, in the order in which it arrived, by a name such as `advisor 2`. Senders
   * receive their own messages too.
   */
  readonly received: Readonly<Record<string, readonly Seen[]>>
  /** The history as read back. Absent for a peer that keeps none. */
  readonly stored?: readonly Seen[]
}

export interface Verdict {
  /** Breaks of "every message once, in order", a sentence each. */
  readonly order: readonly string[]
  /** Breaks of "acknowledged equals stored". */
  readonly durability: readonly string[]
}

const nameOf = ({ from, number }: Sent): string => `${from} ${number}`

export function judge({ channel, before, sent, acknowledged, received, stored }: ChannelRecord): Verdict {
  const readers: Record<string, readonly Seen[]> = {
    ...received,
    ...(stored === undefined ? {} : { history: stored }),
  }
  const order = Object.entries(readers).flatMap(([reader, seen]) =>
    [...outOfOrder(seen, before), ...missing(seen, sent)].map((fault) => `${channel}, the ${reader}: ${fault}`),
  )
  const durability = stored === undefined ? [] : broken(acknowledged, stored)
  return { order, durability: durability.map((fault) => `${channel}: ${fault}`) }
}

/** Offsets rise by one, of each sender the numbers rise, and nothing comes twice. */
function outOfOrder(seen: readonly Seen[], before: number): string[] {
  const faults: string[] = []
  const known = new Set<string>()
  const last: Record<Side, number> = { jobseeker: 0, advisor: 0 }
  let offset = before
  for (const entry of seen) {
    const name = nameOf(entry)
    if (known.has(name)) faults.push(`${name} came twice`)
    else if (entry.number < last[entry.from]) faults.push(`${name} came after ${entry.from} ${last[entry.from]}`)
    if (entry.offset !== offset + 1) faults.push(`offset ${entry.offset} follows ${offset}`)
    known.add(name)
    last[entry.from] = Math.max(last[entry.from], entry.number)
    offset = entry.offset
  }
  return faults
}

function missing(seen: readonly Seen[], sent: Readonly<Record<Side, number>>): string[] {
  const there = new Set(seen.map(nameOf))
  const expected = sides.flatMap((from) =>
    Array.from({ length: sent[from] }, (_, index) => nameOf({ from, number: index + 1 })),
  )
  const known = new Set(expected)
  return [
    ...expected.filter((name) => !there.has(name)).map((name) => `${name} is lost`),
    ...[...there].filter((name) => !known.has(name)).map((name) => `${name} was never sent`),
  ]
}

function broken(acknowledged: readonly Seen[], stored: readonly Seen[]): string[] {
  const places = new Map(stored.map((entry) => [nameOf(entry), entry.offset]))
  const promised = new Set(acknowledged.map(nameOf))
  return [
    ...acknowledged.flatMap((entry) => {
      const place = places.get(nameOf(entry))
      if (place === entry.offset) return []
      const where = place === undefined ? 'is not stored' : `is stored at ${place}`
      return [`${nameOf(entry)} was acknowledged at ${entry.offset} and ${where}`]
    }),
    ...[...places.keys()].filter((name) => !promised.has(name)).map((name) => `${name} is stored, not acknowledged`),
  ]
}

/** Ways to spoil a result on purpose, so that a run can prove that its checks see it. */
export const sabotages = ['lost', 'duplicated', 'reordered'] as const
export type Sabotage = (typeof sabotages)[number]

/** What a reader would have received had the server done this to it. */
export function spoil<T>(seen: readonly T[], how: Sabotage): T[] {
  const [first, second, ...rest] = seen
  if (first === undefined || second === undefined) return []
  if (how === 'lost') return [first, ...rest]
  return how === 'duplicated' ? [first, second, second, ...rest] : [second, first, ...rest]
}
