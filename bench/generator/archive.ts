/** Fills many channels as people would, in turns and reading what they get, and searches them. */
import { setTimeout as delay } from 'node:timers/promises'
import { type Sabotage, sides, type Verdict } from '../delivery.ts'
import { latencyHistogram } from '../latency.ts'
import { serveOrders } from '../orders.ts'
import { Refusal } from '../socket.ts'
import { median, quantile } from '../statistics.ts'
import { searchWord } from '../texts.ts'
import type { Portfolio } from '../visavis.ts'
import type { Conversation } from './conversation.ts'
import { openTalk, type Talk } from './talk.ts'

export type ArchiveOrders = {
  /** A session for everybody in these portfolios. */
  open(params: { readonly url: string; readonly portfolios: readonly Portfolio[] }): Promise<void>
  /** Closed loop: each channel has one message on its way; both members move their receipts after every so many. */
  converse(params: { readonly messages: number; readonly readEvery: number }): Promise<void>
  /** By advisors, of their portfolios, one at a time. Undefined when the node knows no search. */
  search(params: { readonly queries: number; readonly limit: number }): Promise<Search | undefined>
  judge(params: { readonly sabotage: Sabotage | undefined }): Promise<Verdict>
}

export interface Search {
  readonly p50Ms: number
  readonly p99Ms: number
  /** Queries for a word that was sent, and that found nothing. */
  readonly inVain: number
  /** Answers that said that they had not looked at everything. */
  readonly incomplete: number
}

interface Answer {
  readonly hits: readonly unknown[]
  readonly complete: boolean
}

const converseMs = 180_000
/** An index that is made after the fact has so long to catch up before anything is measured. */
const indexMs = 20_000
let talk: Talk | undefined

const opened = (): Talk => {
  if (talk === undefined) throw new Error('nothing is open')
  return talk
}

async function open({ url, portfolios }: Parameters<ArchiveOrders['open']>[0]): Promise<void> {
  const options = { url, portfolios, dialect: 'visavis', advisorSessions: 1, readBack: true } as const
  talk = await openTalk({ ...options, latency: latencyHistogram() })
}

async function converse({ messages, readEvery }: Parameters<ArchiveOrders['converse']>[0]): Promise<void> {
  const all = opened().conversations.map(async (conversation) => {
    for (let n = 0; n < messages; n += 1) {
      await conversation.send(sides[n % sides.length] ?? 'advisor', performance.now())
      await conversation.arrived()
      if ((n + 1) % readEvery === 0) await Promise.all(sides.map((side) => conversation.read(side)))
    }
  })
  // What never arrives must not hang the loop: the judge finds it.
  await Promise.race([Promise.all(all), delay(converseMs, undefined, { ref: false })])
}

async function search({ queries, limit }: Parameters<ArchiveOrders['search']>[0]): Promise<Search | undefined> {
  const { conversations } = opened()
  const ask = async (n: number) => {
    // Far apart, so that every portfolio has its turn.
    const conversation = conversations[(n * 97) % conversations.length] as Conversation
    const params = { query: searchWord(conversation.lastText, n), limit }
    return (await conversation.members.advisor.call('chat.search', params)) as Answer
  }
  try {
    const deadline = performance.now() + indexMs
    while (!(await ask(0)).complete && performance.now() < deadline) await delay(100)
  } catch (error) {
    if (error instanceof Refusal && error.code === 'UNKNOWN_METHOD') return undefined
    throw error
  }
  const ms: number[] = []
  let [inVain, incomplete] = [0, 0]
  for (let n = 0; n < queries; n += 1) {
    const startedAt = performance.now()
    const { hits, complete } = await ask(n)
    ms.push(performance.now() - startedAt)
    if (hits.length === 0) inVain += 1
    if (!complete) incomplete += 1
  }
  return { p50Ms: median(ms), p99Ms: quantile(ms, 0.99), inVain, incomplete }
}

serveOrders({ open, converse, search, judge: ({ sabotage }) => opened().judge(sabotage) } satisfies ArchiveOrders)
