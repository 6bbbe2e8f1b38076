/**
 * Takes away what a region keeps no longer: looks at its people page by page, round and round. Safe on every node: of all
 * nodes one has the turn of a region, and what it does may be done twice.
 */
import type { Logger } from 'pino'
import type { RedisClient } from '../store/redis.ts'
import { turnKey } from './keys.ts'
import { edgeOf, type RetentionPolicy } from './policy.ts'
import { passTurn, takeTurn } from './scripts.ts'

/** Before which moment (ms) what goes; undefined: nothing does. */
export interface Edges {
  readonly messages: number | undefined
  readonly notes: number | undefined
  readonly callbacks: number | undefined
}

/** How many went. */
export interface Removed {
  readonly messages: number
  readonly notes: number
  readonly callbacks: number
}

export interface RetentionOptions<P> {
  readonly client: RedisClient
  readonly policies: ReadonlyMap<string, RetentionPolicy>
  /** A page of a region's people, in an order that stays; `next` is where to go on. */
  readonly people: (region: string, after: string) => Promise<{ readonly people: readonly P[]; readonly next?: string }>
  /** Takes away what is over of one person, as much as is good in one go; repeating it is harmless. */
  readonly expire: (person: P, edges: Edges) => Promise<Removed>
  /** Makes the files of storage be written anew: what was removed stands in them until then. Absent: they are somebody else's. */
  readonly rewriteLog?: () => Promise<void>
  readonly log: Logger
  /** How often each region has its turn, on whichever node. */
  readonly everyMs?: number
  readonly now?: () => number
}

export interface RetentionLoop extends AsyncDisposable {
  /** By this node, since it began. */
  readonly removed: Removed
}

const everyDefaultMs = 60_000
/** The files have everything in them, so that they are not written for each message that goes. */
const rewriteEveryMs = 24 * 60 * 60 * 1_000
/** People looked at together: each costs a few short commands. */
const atOnce = 8
const none: Removed = { messages: 0, notes: 0, callbacks: 0 }

/** Runs until disposed; then it waits for the people in hand. */
export function startRetention<P>(options: RetentionOptions<P>): RetentionLoop {
  const { client, policies, people, expire, rewriteLog, log, everyMs = everyDefaultMs, now = Date.now } = options
  let removed = none
  /** Went since the files were written anew. */
  let inFiles = 0
  let rewrittenAt = Number.NEGATIVE_INFINITY
  let closed = false
  let running: Promise<void> | undefined

  const turnOf = async (region: string, policy: RetentionPolicy) => {
    const cursor = await takeTurn(client, [turnKey(region)], [everyMs])
    if (cursor === undefined) return
    const at = now()
    const edges: Edges = {
      messages: edgeOf(policy.messagesDays, at),
      notes: edgeOf(policy.notesDays, at),
      callbacks: edgeOf(policy.callbacksDays, at),
    }
    const page = await people(region, cursor)
    let went = none
    for (let n = 0; n < page.people.length && !closed; n += atOnce) {
      const some = await Promise.all(page.people.slice(n, n + atOnce).map((person) => expire(person, edges)))
      went = some.reduce(sum, went)
    }
    if (closed) return
    await passTurn(client, [turnKey(region)], [cursor, page.next ?? ''])
    removed = sum(removed, went)
    inFiles += total(went)
    if (total(went) > 0) log.info({ region, ...went }, 'what was kept long enough is gone')
  }
  const round = async () => {
    for (const [region, policy] of policies) {
      if (closed) return
      // The others go on: what could not be done now has its turn again.
      await turnOf(region, policy).catch((err) =>
        log.warn({ err, region }, 'retention could not be applied; trying again'),
      )
    }
  }
  const rewrite = () => {
    if (rewriteLog === undefined || inFiles === 0 || now() - rewrittenAt < rewriteEveryMs) return
    const before = inFiles
    rewrittenAt = now()
    void rewriteLog().then(
      () => {
        inFiles -= before
      },
      (err) => {
        rewrittenAt = Number.NEGATIVE_INFINITY
        log.warn({ err }, 'what is gone still stands in the files of Redis; trying again')
      },
    )
  }
  const look = () => {
    if (closed || running !== undefined) return
    running = round().finally(() => {
      running = undefined
      if (!closed) rewrite()
    })
  }
  const timer = setInterval(look, everyMs)
  look()
  return {
    get removed() {
      return removed
    },
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      await running
    },
  }
}

const total = ({ messages, notes, callbacks }: Removed): number => messages + notes + callbacks

const sum = (a: Removed, b: Removed): Removed => ({
  messages: a.messages + b.messages,
  notes: a.notes + b.notes,
  callbacks: a.callbacks + b.callbacks,
})
