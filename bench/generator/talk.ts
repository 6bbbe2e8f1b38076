/** The conversations of many channels: sessions of all members are opened, listened to, and judged at the end. */
import { randomBytes } from 'node:crypto'
import { judge, type Sabotage, spoil, type Verdict } from '../delivery.ts'
import { type Dialect, openEngineSocket } from '../engine-socket.ts'
import { inLanes } from '../lanes.ts'
import type { Histogram } from '../latency.ts'
import { openSocket, type Socket } from '../socket.ts'
import type { Portfolio } from '../visavis.ts'
import { Conversation, type WireMessage } from './conversation.ts'

export interface TalkOptions {
  readonly url: string
  readonly dialect: Dialect
  readonly portfolios: readonly Portfolio[]
  /** Of each advisor, at the same time: each receives every message of the portfolio. The first one also sends. */
  readonly advisorSessions: number
  /** Whether to read every channel back at the end; a peer without history has none. */
  readonly readBack: boolean
  readonly latency: Histogram
}

export interface Talk {
  readonly conversations: readonly Conversation[]
  /** What broke, at most 20 of each. */
  judge(sabotage: Sabotage | undefined): Promise<Verdict>
  close(): Promise<void>
}

const lanes = 16
const mostFaults = 20

export async function openTalk(options: TalkOptions): Promise<Talk> {
  const { url, portfolios, readBack, latency } = options
  const conversations: Conversation[] = []
  const sockets: Socket[] = []
  const run = randomBytes(6).toString('hex')
  const openAny = options.dialect === 'visavis' ? openSocket : openEngineSocket
  const open = async (token: string) => {
    const socket = await openAny(url, token)
    sockets.push(socket)
    return socket
  }
  const others = Array.from({ length: options.advisorSessions - 1 }, (_, n) => `advisor ${n + 2}`)
  await inLanes(portfolios, lanes, async ({ token, channels }) => {
    const advisor = await open(token)
    const own = new Map<string, Conversation>()
    for (const { channel, token } of channels) {
      const jobseeker = await open(token)
      const conversation = new Conversation({ channel, run, members: { jobseeker, advisor }, others, latency })
      own.set(channel, conversation)
      listen(jobseeker, 'jobseeker', own)
      if (readBack) await conversation.begin()
    }
    listen(advisor, 'advisor', own)
    for (const name of others) listen(await open(token), name, own)
    conversations.push(...own.values())
  })
  return {
    conversations,
    judge: (sabotage) => judged(conversations, readBack, sabotage),
    async close() {
      await Promise.all(sockets.map((socket) => socket.close()))
    },
  }
}

function listen(socket: Socket, reader: string, conversations: ReadonlyMap<string, Conversation>): void {
  socket.onEvent = ({ event, data }) => {
    if (event !== 'chat.messagePublished') return
    const { channel, message } = data as { channel: string; message: WireMessage }
    conversations.get(channel)?.receive(reader, message)
  }
}

/** @param sabotage is done to one channel. */
async function judged(
  conversations: readonly Conversation[],
  readBack: boolean,
  sabotage: Sabotage | undefined,
): Promise<Verdict> {
  const order: string[] = []
  const durability: string[] = []
  let spoilt = false
  await inLanes(conversations, lanes, async (conversation) => {
    const record = await conversation.record(readBack)
    const { advisor = [] } = record.received
    const received = sabotage && !spoilt ? { ...record.received, advisor: spoil(advisor, sabotage) } : record.received
    spoilt = true
    const verdict = judge({ ...record, received })
    order.push(...verdict.order)
    durability.push(...verdict.durability)
  })
  return { order: order.slice(0, mostFaults), durability: durability.slice(0, mostFaults) }
}
