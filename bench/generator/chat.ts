/** Talks in many channels, as both of their members. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Sabotage, Side } from '../delivery.ts'
import { encode, latencyHistogram } from '../latency.ts'
import type { Conversation } from './conversation.ts'
import { serveJob, type Window } from './job.ts'
import { closedLoop, openLoop } from './pace.ts'
import { openTalk, type TalkOptions } from './talk.ts'

export interface ChatJob extends Omit<TalkOptions, 'latency'> {
  /**
   * Open loop at so many messages a second; or closed loop, in which every channel has one message on its way and the
   * other member answers it once it has arrived.
   */
  readonly load: { readonly perSecond: number } | 'closed'
  readonly seconds: number
  readonly warmUpSeconds: number
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

async function run(job: ChatJob, window: Window): Promise<ChatOutcome> {
  const latency = latencyHistogram()
  const talk = await openTalk({ ...job, latency })
  const { conversations } = talk

  // One by one first, so that scripts are loaded before anything is counted.
  for (const conversation of conversations) await conversation.send('jobseeker', performance.now())
  await load(job, conversations, job.warmUpSeconds)
  await window.open()
  for (const conversation of conversations) conversation.count()
  await load(job, conversations, job.seconds)
  window.close()

  const messages = conversations.reduce((sum, { counted }) => sum + counted, 0)
  const events = conversations.reduce((sum, { counted, audience }) => sum + counted * audience, 0)
  const { order, durability } = await talk.judge(job.sabotage)
  await talk.close()
  return { messages, events, latency: encode(latency), outOfOrder: order, notDurable: durability }
}

/**
 * Ends when all of it has arrived.
 * @throws the first error that any message was answered with, the last ones as well: a load that is refused measures
 * nothing, and what was refused for being late may be stored all the same.
 */
async function load({ load }: ChatJob, conversations: readonly Conversation[], seconds: number): Promise<void> {
  const failed: unknown[] = []
  const send = (n: number, dueAt: number) => {
    const from = Math.floor(n / conversations.length) % 2 === 0 ? 'advisor' : 'jobseeker'
    conversations[n % conversations.length]?.send(from, dueAt).catch((error: unknown) => failed.push(error))
    if (failed.length > 0) throw failed[0]
  }
  if (load !== 'closed') {
    await openLoop(load.perSecond, seconds, send)
    await drained(conversations, failed)
    if (failed.length > 0) throw failed[0]
    return
  }
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
  await drained(conversations)
}

/** Until everything has arrived, or has had more than enough time to, or something was refused. */
async function drained(conversations: readonly Conversation[], failed: readonly unknown[] = []): Promise<void> {
  const deadline = performance.now() + drainMs
  const over = () => failed.length > 0 || performance.now() >= deadline
  while (!conversations.every(({ quiet }) => quiet) && !over()) await delay(1)
}

serveJob(run)
