/** Holds many sessions; makes them talk while their server is killed and comes back; judges what each of them received. */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { judge, type Sabotage, type Side, sides, spoil, type Verdict } from '../delivery.ts'
import { type Dialect, openEngineSocket } from '../engine-socket.ts'
import { encode, latencyHistogram, recordMs } from '../latency.ts'
import { serveOrders } from '../orders.ts'
import type { Portfolio } from '../visavis.ts'
import { Conversation } from './conversation.ts'
import { Member } from './member.ts'
import { openLoop } from './pace.ts'

export interface Connect {
  readonly url: string
  readonly dialect: Dialect
  readonly portfolios: readonly Portfolio[]
  /** Open loop. */
  readonly perSecond: number
  /** Number of the first local address, so that no two generators use the same. */
  readonly firstAddress: number
}

export type SessionOrders = {
  /** Opens a session for everybody in these portfolios, on top of those that are open. @returns encoded latencies. */
  connect(params: Connect): Promise<string>
  /** Lets members send messages, open loop, until `silence`. */
  talk(params: { readonly perSecond: number }): Promise<void>
  /** From now on a session counts as recovered only when it has come back. */
  expectLoss(params: undefined): Promise<void>
  /** When each came back (ms since the epoch); fewer than there are sessions when not all did in time. */
  recoveries(params: { readonly timeoutMs: number }): Promise<readonly number[]>
  /** Ends the talk, waits until everything has arrived, and judges it. */
  silence(params: { readonly sabotage: Sabotage | undefined }): Promise<Silence>
}

export interface Silence {
  readonly messages: number
  /** All that broke. */
  readonly faults: readonly string[]
  /** Of which: acknowledged, and not in the history at that place. */
  readonly notDurable: readonly string[]
  /** Streams that came back as a snapshot. */
  readonly snapshots: number
  /** Events that came twice, and such that came before an earlier one: the rules of the client put both right. */
  readonly repeats: number
  readonly gaps: number
}

/** An address has ports for about 28,000 connections, and a server may limit how many it accepts from one. */
const sessionsPerAddress = 50
const drainMs = 20_000
/** Every other message goes to one of so many channels, so that some channels have long conversations. */
const busyChannels = 20
const openMs = 60_000
const lanes = 16

const members: Member[] = []
const conversations: Conversation[] = []
const run = randomBytes(6).toString('hex')
let talking = false
let talk: Promise<unknown> = Promise.resolve()
const refused: unknown[] = []

const addressOf = (n: number): string => `127.${1 + ((n >> 16) & 127)}.${(n >> 8) & 255}.${n & 255}`

async function connect({ url, dialect, portfolios, perSecond, firstAddress }: Connect): Promise<string> {
  const latency = latencyHistogram()
  const openings = portfolios.flatMap(({ token, channels }, number): (() => Promise<unknown>)[] => {
    const place = (n: number) => {
      const sessions = number * (channels.length + 1) + n
      return addressOf(firstAddress + Math.floor(sessions / sessionsPerAddress))
    }
    if (dialect === 'socket.io') {
      const tokens = [token, ...channels.map(({ token }) => token)]
      return tokens.map((token, n) => () => openEngineSocket(url, token, { localAddress: place(n) }))
    }
    return joined({ url, token, channels, place }).map((member) => () => member.open())
  })
  const opened: Promise<void>[] = []
  await openLoop(perSecond, openings.length / perSecond, (n, dueAt) => {
    const opening = async () => {
      await openings[n]?.()
      recordMs(latency, performance.now() - dueAt)
    }
    opened.push(opening())
  })
  const late = delay(openMs, undefined, { ref: false }).then(() => {
    throw new Error(`not all sessions were open within ${openMs} ms`)
  })
  await Promise.race([Promise.all(opened), late])
  return encode(latency)
}

interface Joined extends Pick<Portfolio, 'token' | 'channels'> {
  readonly url: string
  /** Local address of the nth session. */
  readonly place: (n: number) => string
}

/** An advisor and their jobseekers, with a conversation each. */
function joined({ url, token, channels, place }: Joined): Member[] {
  const own = new Map<string, Conversation>()
  const listener = (reader: Side) => (channel: string, message: { offset: number; text: string }) =>
    own.get(channel)?.receive(reader, message)
  const advisor = new Member({
    url,
    token,
    localAddress: place(0),
    onMessage: listener('advisor'),
  })
  const jobseekers = channels.map(({ channel, token }, n) => {
    const options = { url, token, localAddress: place(n + 1), onMessage: listener('jobseeker') }
    const jobseeker = new Member(options)
    own.set(channel, new Conversation({ channel, run, members: { jobseeker, advisor }, latency: latencyHistogram() }))
    return jobseeker
  })
  conversations.push(...own.values())
  members.push(advisor, ...jobseekers)
  return [advisor, ...jobseekers]
}

/** Of each channel each member has at most one message on its way, as a person would. */
async function chatter(perSecond: number): Promise<void> {
  const busy = new Set<string>()
  const send = async (conversation: Conversation, from: Side) => {
    const name = `${from} ${conversation.channel}`
    if (busy.has(name)) return
    busy.add(name)
    await conversation.send(from, performance.now())
    busy.delete(name)
  }
  let number = 0
  const startedAt = performance.now()
  while (talking) {
    const due = ((performance.now() - startedAt) * perSecond) / 1_000
    for (; number < due; number += 1) {
      const place = number % 2 === 0 ? (number / 2) % busyChannels : number
      const conversation = conversations[place % conversations.length]
      const from = sides[Math.floor(number / 4) % 2] ?? 'advisor'
      if (conversation !== undefined) send(conversation, from).catch((error: unknown) => refused.push(error))
    }
    await delay(5)
  }
}

async function recoveries({ timeoutMs }: { timeoutMs: number }): Promise<number[]> {
  const deadline = performance.now() + timeoutMs
  while (members.some(({ recoveredAt }) => recoveredAt === undefined) && performance.now() < deadline) await delay(20)
  return members.flatMap(({ recoveredAt }) => (recoveredAt === undefined ? [] : [recoveredAt]))
}

async function silence({ sabotage }: { sabotage: Sabotage | undefined }): Promise<Silence> {
  talking = false
  await talk
  const deadline = performance.now() + drainMs
  while (!conversations.every(({ quiet }) => quiet) && performance.now() < deadline) await delay(20)
  const faults = [...refused.map(String), ...members.flatMap(({ faults }) => faults)]
  const notDurable: string[] = []
  const queue = conversations.values()
  let spoilt = sabotage === undefined
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const conversation of queue) {
        const spoils = !spoilt && conversation.counted > 1
        spoilt ||= spoils
        const { order, durability } = await judged(conversation, spoils ? sabotage : undefined)
        faults.push(...order, ...durability)
        notDurable.push(...durability)
      }
    }),
  )
  for (const member of members) member.stop()
  return {
    messages: conversations.reduce((sum, { counted }) => sum + counted, 0),
    faults: faults.slice(0, 20),
    notDurable: notDurable.slice(0, 20),
    snapshots: members.reduce((sum, { snapshots }) => sum + snapshots, 0),
    repeats: members.reduce((sum, { repeats }) => sum + repeats, 0),
    gaps: members.reduce((sum, { gaps }) => sum + gaps, 0),
  }
}

/** What is stored is read back where anything was sent. */
async function judged(conversation: Conversation, sabotage: Sabotage | undefined): Promise<Verdict> {
  const record = await conversation.record(conversation.counted > 0)
  const { advisor = [] } = record.received
  const received = sabotage ? { ...record.received, advisor: spoil(advisor, sabotage) } : record.received
  return judge({ ...record, received })
}

serveOrders({
  connect,
  async talk({ perSecond }) {
    talking = true
    talk = chatter(perSecond)
  },
  async expectLoss() {
    for (const member of members) member.expectLoss()
  },
  recoveries,
  silence,
} satisfies SessionOrders)
