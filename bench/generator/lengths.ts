/** Fills channels to different lengths and compares what it costs to append to them and to read them. */
import { openStorage } from '../chat-storage.ts'
import type { Sabotage } from '../delivery.ts'
import { inLanes } from '../lanes.ts'
import {
  type Act,
  acts,
  type Cost,
  lengths,
  type PerLength,
  perLength,
  type Times,
  type Way,
  ways,
} from '../lengths.ts'
import { serveOrders } from '../orders.ts'
import type { Cursor } from '../pages.ts'
import { openSocket } from '../socket.ts'
import { median, quantile, seeded } from '../statistics.ts'
import type { Portfolio } from '../visavis.ts'
import { LongChannel } from './long-channel.ts'

export type LengthOrders = {
  /** One session, of the advisor of these channels. */
  open(params: Open): Promise<void>
  /** Closed loop with as many on their way as was said. Resolves when all have come as events, too. */
  fill(params: { readonly channels: readonly string[]; readonly messages: number }): Promise<void>
  /** One act at a time: some on channels of one length, then as many on those of the next, in turn. */
  compare(params: Compare): Promise<Readonly<Record<Act, PerLength<Cost>>>>
  /** At random places of one channel, one at a time. */
  pages(params: Pages): Promise<Readonly<Record<Way, Times>>>
  /** Reads every channel by cursor from its first message on, and its newest messages backwards. */
  readBack(params: { readonly backwards: number; readonly sabotage: Sabotage | undefined }): Promise<ReadBack>
}

export interface Open {
  readonly url: string
  readonly portfolio: Portfolio
  readonly maxInFlight: number
}

export interface Compare {
  readonly channels: PerLength<readonly string[]>
  readonly blocks: number
  readonly perBlock: number
  /** Messages of a page: no more than the shortest channel has, so that all pages are the same size. */
  readonly limit: number
  /** The data folder of the node. */
  readonly folder: string
}

export interface Pages {
  readonly channel: string
  readonly count: number
  readonly limit: number
}

export interface ReadBack {
  readonly messages: number
  readonly seconds: number
  readonly outOfOrder: readonly string[]
  readonly badPages: readonly string[]
}

const pageSize = 200
const readLanes = 4
const known = new Map<string, LongChannel>()
const random = seeded(3)
let inFlight = 1

const of = (channel: string | undefined): LongChannel => {
  const found = known.get(channel ?? '')
  if (found === undefined) throw new Error(`${channel} is not one of the channels`)
  return found
}

async function open({ url, portfolio, maxInFlight }: Open): Promise<void> {
  inFlight = maxInFlight
  const session = await openSocket(url, portfolio.token, { maxInFlight })
  for (const { channel } of portfolio.channels) known.set(channel, new LongChannel(channel, session))
  session.onEvent = ({ event, data }) => {
    if (event !== 'chat.messagePublished') return
    const { channel, message } = data as { channel: string; message: { offset: number; text: string } }
    known.get(channel)?.hear(message)
  }
}

async function fill({ channels, messages }: Parameters<LengthOrders['fill']>[0]): Promise<void> {
  for (const channel of channels.map(of)) {
    await inLanes(Array(messages).keys(), inFlight, () => channel.append())
    await channel.drained()
  }
}

async function compare({ channels, blocks, perBlock, limit, folder }: Compare) {
  await using storage = openStorage(folder)
  const perform: Record<Act, (channel: LongChannel) => Promise<unknown>> = {
    append: (channel) => channel.append(),
    page: (channel) => channel.page({ limit }),
  }
  const spent = { append: perLength(() => new Spent()), page: perLength(() => new Spent()) }
  for (let block = 0; block < blocks; block += 1) {
    // Another length begins each time, so that what one leaves to be done falls on all.
    const turn = [...lengths.slice(block % lengths.length), ...lengths.slice(0, block % lengths.length)]
    for (const act of acts) {
      for (const length of turn) {
        const before = await storage.cpuUs()
        for (let n = 0; n < perBlock; n += 1) {
          const places = channels[length]
          const channel = of(places[(block * perBlock + n) % places.length])
          await spent[act][length].on(() => perform[act](channel))
        }
        spent[act][length].redisUs += (await storage.cpuUs()) - before
      }
    }
  }
  return {
    append: perLength((length) => spent.append[length].cost),
    page: perLength((length) => spent.page[length].cost),
  }
}

class Spent {
  readonly #ms: number[] = []
  redisUs = 0

  async on(act: () => Promise<unknown>): Promise<void> {
    const startedAt = performance.now()
    await act()
    this.#ms.push(performance.now() - startedAt)
  }

  get cost(): Cost {
    return { us: median(this.#ms) * 1_000, redisUs: this.redisUs / this.#ms.length }
  }

  get times(): Times {
    return { p50Ms: median(this.#ms), p99Ms: quantile(this.#ms, 0.99) }
  }
}

async function pages({ channel, count, limit }: Pages): Promise<Record<Way, Times>> {
  const long = of(channel)
  const somewhere = () => Math.floor(random() * long.length)
  const cursors: Record<Way, () => Cursor> = {
    newest: () => ({ limit }),
    before: () => ({ before: somewhere() + 1, limit }),
    after: () => ({ after: somewhere(), limit }),
  }
  const spent = { newest: new Spent(), before: new Spent(), after: new Spent() }
  for (let n = 0; n < count; n += 1) {
    for (const way of ways) {
      const cursor = cursors[way]()
      await spent[way].on(() => long.page(cursor))
    }
  }
  return { newest: spent.newest.times, before: spent.before.times, after: spent.after.times }
}

async function readBack({ backwards, sabotage }: Parameters<LengthOrders['readBack']>[0]): Promise<ReadBack> {
  const channels = [...known.values()]
  for (const channel of channels) await channel.drained()
  const steps = (messages: number) => Array.from({ length: Math.ceil(messages / pageSize) }, (_, n) => n * pageSize)
  const reads = channels.flatMap((channel) => [
    ...steps(channel.length).map((after) => ({ channel, cursor: { after, limit: pageSize } })),
    ...steps(Math.min(backwards, channel.length)).map((back) => {
      return { channel, cursor: { before: channel.length + 1 - back, limit: pageSize } }
    }),
  ])
  let messages = 0
  let spoils = sabotage
  const startedAt = performance.now()
  await inLanes(reads, readLanes, async ({ channel, cursor }) => {
    const how = spoils
    spoils = undefined
    const read = await channel.page(cursor, how)
    messages += read
  })
  return {
    messages,
    seconds: (performance.now() - startedAt) / 1_000,
    outOfOrder: channels.flatMap(({ outOfOrder }) => outOfOrder),
    badPages: channels.flatMap(({ badPages }) => badPages),
  }
}

serveOrders({ open, fill, compare, pages, readBack } satisfies LengthOrders)
