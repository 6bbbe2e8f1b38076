/** Talks in many channels, as both of their members. */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { judge, type Sabotage, type Side, spoil } from '../delivery.ts'
import { type Dialect, openEngineSocket } from '../engine-socket.ts'
import { encode, latencyHistogram } from '../latency.ts'
import { openSocket, type Socket } from '../socket.ts'
import type { Portfolio } from '../visavis.ts'
import { Conversation, type WireMessage } from './conversation.ts'
import { serveJob, type Window } from './job.ts'
import { closedLoop, openLoop } from './pace.ts'

export interface ChatJob {
  readonly url: string
  readonly dialect: Dialect
  readonly portfolios: readonly Portfolio[]
  /**
   * Open loop at so many messages a second; or closed loop, in which every channel has one message on its way and the
   * other member answers it once it has arrived.
   */
  readonly load: { readonly perSecond: number } | 'closed'
  /** Of each advisor, at the same time: each receives every message of the portfolio. The first one also sends. */
  readonly advisorSessions: number
  readonly seconds: number
  readonly warmUpSeconds: number
  /** Whether to read every channel back at the end; a peer without history has none. */
  readonly readBack: boolean
  readonly sabotage?: Sabotage | undefined
}

export interface ChatOutcome {
  /** Messages after the warm-up; all of them were received. */
  readonly messages: number
  /** Events that these became: one for each session that receives. */
  readonly events: number
  /** Encoded histogram of their latencies. */
  readonly latency: string
  readonly outOfOrder: readonly string[]
  readonly notDurable: readonly string[]
}

/** Longer than any overload that the scenario makes on purpose takes to drain. */
const drainMs = 30_000
const lanes = 16

async function run(job: ChatJob, window: Window): Promise<ChatOutcome> {
  const latency = latencyHistogram()
  const conversations: Conversation[] = []
  const sockets: Socket[] = []
  const id = randomBytes(6).toString('hex')
  const open = job.dialect === 'visavis' ? openSocket : openEngineSocket
  const others = Array.from({ length: job.advisorSessions - 1 }, (_, n) => `advisor ${n + 2}`)
  await inLanes(job.portfolios, async ({ token, channels }) => {
    const advisor = await open(job.url, token)
    sockets.push(advisor)
    const own = new Map<string, Conversation>()
    for (const { channel, token } of channels) {
      const jobseeker = await open(job.url, token)
      sockets.push(jobseeker)
      const conversation = new Conversation({ channel, run: id, members: { jobseeker, advisor }, others, latency })
      own.set(channel, conversation)
      listen(jobseeker, 'jobseeker', own)
      if (job.readBack) await conversation.begin()
    }
    listen(advisor, 'advisor', own)
    for (const name of others) {
      const device = await open(job.url, token)
      sockets.push(device)
      listen(device, name, own)
    }
    conversations.push(...own.values())
  })

  // One by one first, so that scripts are loaded before anything is counted.
  for (const conversation of conversations) await conversation.send('jobseeker', performance.now())
  await load(job, conversations, job.warmUpSeconds)
  await drained(conversations)
  await window.open()
  for (const conversation of conversations) conversation.count()
  await load(job, conversations, job.seconds)
  await drained(conversations)
  window.close()

  const messages = conversations.reduce((sum, { counted }) => sum + counted, 0)
  const events = conversations.reduce((sum, { counted, audience }) => sum + counted * audience, 0)
  const outcome = { messages, events, latency: encode(latency) }
  const verdicts = await judged(job, conversations)
  await Promise.all(sockets.map((socket) => socket.close()))
  return { ...outcome, ...verdicts }
}

function listen(socket: Socket, reader: string, conversations: ReadonlyMap<string, Conversation>): void {
  socket.onEvent = ({ event, data }) => {
    if (event !== 'chat.messagePublished') return
    const { channel, message } = data as { channel: string; message: WireMessage }
    conversations.get(channel)?.receive(reader, message)
  }
}

/** @throws the first error that any message was answered with: a load that is refused measures nothing. */
async function load({ load }: ChatJob, conversations: readonly Conversation[], seconds: number): Promise<void> {
  const failed: unknown[] = []
  const send = (n: number, dueAt: number) => {
    const from = Math.floor(n / conversations.length) % 2 === 0 ? 'advisor' : 'jobseeker'
    conversations[n % conversations.length]?.send(from, dueAt).catch((error: unknown) => failed.push(error))
    if (failed.length > 0) throw failed[0]
  }
  if (load !== 'closed') return openLoop(load.perSecond, seconds, send)
  const answering = conversations.map((conversation) => {
    let from: Side = 'jobseeker'
    return async () => {
      from = from === 'jobseeker' ? 'advisor' : 'jobseeker'
      await conversation.send(from, performance.now())
      await conversation.arrived()
    }
  })
  // What never arrives must not hang the loop: the deadline lets the check find it.
  const late = delay(seconds * 1_000 + drainMs, undefined, { ref: false })
  await Promise.race([closedLoop(answering, seconds), late])
}

/** Until everything has arrived, or has had more than enough time to. */
async function drained(conversations: readonly Conversation[]): Promise<void> {
  const deadline = performance.now() + drainMs
  while (!conversations.every(({ quiet }) => quiet) && performance.now() < deadline) await delay(1)
}

async function judged({ readBack, sabotage }: ChatJob, conversations: readonly Conversation[]) {
  const outOfOrder: string[] = []
  const notDurable: string[] = []
  let spoilt = false
  await inLanes(conversations, async (conversation) => {
    const record = await conversation.record(readBack)
    const { advisor = [] } = record.received
    const received = sabotage && !spoilt ? { ...record.received, advisor: spoil(advisor, sabotage) } : record.received
    spoilt = true
    const { order, durability } = judge({ ...record, received })
    outOfOrder.push(...order)
    notDurable.push(...durability)
  })
  return { outOfOrder: outOfOrder.slice(0, 20), notDurable: notDurable.slice(0, 20) }
}

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const queue = items.values()
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of queue) await work(item)
    }),
  )
}

serveJob(run)
