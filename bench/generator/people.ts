/**
 * Jobseekers and advisors at their pages, through the SDK that pages use: they sign in, are there, write in bursts, and ask
 * to be called back; advisors take what they are offered. Open loop.
 */
import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'
import { connect, type Visavis } from '../../client/index.ts'
import { asked } from '../callback-request.ts'
import { judge, sides } from '../delivery.ts'
import { type Hold, sharedHolds, unaccounted } from '../holding.ts'
import { inLanes } from '../lanes.ts'
import { encode, type Histogram, latencyHistogram, percentileMs, recordMs } from '../latency.ts'
import type { Socket } from '../socket.ts'
import { seeded } from '../statistics.ts'
import type { Portfolio } from '../visavis.ts'
import { Conversation } from './conversation.ts'
import { Failures } from './failures.ts'
import { tellEveryMs, type Window } from './job.ts'
import { lateness, type Own } from './lateness.ts'
import { openLoop } from './pace.ts'
import { Lines, type Storm } from './severed.ts'

export interface PeopleJob {
  readonly kind: 'people'
  /** People are spread over them. */
  readonly nodes: readonly string[]
  readonly portfolios: readonly Portfolio[]
  readonly seconds: number
  readonly messagesPerSecond: number
  /** Messages that follow each other in a conversation. */
  readonly burst: number
  readonly callbacksPerSecond: number
  /** When the connections of all are cut at once, in seconds of the load; undefined: they are not. */
  readonly cutAfter?: number | undefined
}

export interface PeopleOutcome extends Own {
  readonly kind: 'people'
  readonly sessions: number
  /** Encoded latencies: sign-in; a message until the other has it; a callback until its advisor hears of the offer. */
  readonly signIns: string
  readonly messages: string
  readonly offers: string
  /** Acts due, those begun, and those that failed. */
  readonly due: number
  readonly acts: number
  readonly failed: readonly string[]
  /** Of these by the server's own word. */
  readonly refused: number
  /** Lost, doubled, out of order, held by two: a sentence each. */
  readonly faults: readonly string[]
  /** Undefined: nobody was cut. */
  readonly storm: Storm | undefined
}

const lanes = 16
const openMs = 20_000
const drainMs = 20_000
/** After a cut: an offer that was on its way may have to run out before it is made again. */
const drainAfterCutMs = 90_000
/** Conversations that have a message from each side before the load. */
const warmUps = 10
/** Between two messages of a burst. */
const pauseMs = 250

interface Jobseeker {
  readonly id: string
  readonly visavis: Visavis
  readonly conversation: Conversation
  /** When the callback that is open was due. */
  askedAt: number | undefined
}

export async function live(job: PeopleJob, window: Window): Promise<PeopleOutcome> {
  using lines = new Lines()
  const signIns = latencyHistogram()
  const [messages, offers] = [latencyHistogram(), latencyHistogram()]
  const book: Book = {
    offers,
    holds: [],
    acknowledged: [],
    completed: [],
    states: new Map(),
    failed: new Failures(),
    jobseekers: new Map(),
  }
  const run = randomBytes(6).toString('hex')
  const people: Visavis[] = []
  const telling = setInterval(() => window.tell(peopleNow(book, { people: people.length, messages })), tellEveryMs)
  const enter = async (url: string, token: string) => {
    const startedAt = performance.now()
    const visavis = connect({ url, token: () => token })
    people.push(visavis)
    try {
      await opened(visavis)
      recordMs(signIns, performance.now() - startedAt)
      return visavis
    } catch (error) {
      book.failed.note('sign-in', error)
      return undefined
    }
  }
  try {
    await inLanes(job.portfolios.entries(), lanes, async ([n, { advisor, token, channels }]) => {
      const nodeOf = (m: number) => job.nodes[(n + m) % job.nodes.length] ?? ''
      const colleague = await enter(nodeOf(0), token)
      if (colleague === undefined) return
      takeOffers(colleague, advisor, book)
      for (const [m, { channel: id, token }] of channels.entries()) {
        const visavis = await enter(nodeOf(m + 1), token)
        if (visavis === undefined) continue
        const conversation = converse({ id, run, latency: messages, jobseeker: visavis, advisor: colleague })
        await conversation.begin()
        const jobseeker: Jobseeker = { id, visavis, conversation, askedAt: undefined }
        book.jobseekers.set(id, jobseeker)
        follow(jobseeker, book)
      }
    })
    // A callback leaves a message in the channel: whoever asks for one is not among those whose messages are counted.
    const [talking, asking] = halves([...book.jobseekers.values()])
    await warmUp(talking)
    const late = lateness()
    await window.open()
    await late.start()
    for (const { conversation } of talking) conversation.count()
    const fail = (what: string) => (error: unknown) => book.failed.note(what, error)
    const sent = chatter(job, talking, (dueAt) => late.acted(dueAt), fail('chat'))
    const called = openLoop(job.callbacksPerSecond, job.seconds, (_, dueAt) => {
      late.acted(dueAt)
      ask(asking, dueAt, book).catch(fail('callback'))
    })
    const cut = job.cutAfter === undefined ? undefined : delay(job.cutAfter * 1_000).then(() => lines.sever(people))
    const due = await sent
    await Promise.all([called, cut])
    const own = await late.stop()
    const isQuiet = () => lines.everybodyIsBack && quiet(talking, asking, book)
    await drained(isQuiet, cut === undefined ? drainMs : drainAfterCutMs)
    window.close()
    const records = talking.filter(({ conversation }) => conversation.counted > 0)
    const judged: string[] = []
    await inLanes(records, lanes, async ({ conversation }) => {
      const { order, durability } = judge(await conversation.record(true))
      judged.push(...order, ...durability)
    })
    const { acknowledged, completed, states, holds, failed } = book
    const callbacks = Math.round(job.callbacksPerSecond * job.seconds)
    return {
      ...{ kind: 'people', sessions: people.length, due: due + callbacks, acts: due + callbacks, ...own },
      ...{ failed: failed.told, refused: failed.refused },
      ...{ signIns: encode(signIns), messages: encode(messages), offers: encode(offers) },
      storm: cut === undefined ? undefined : lines.storm,
      faults: [
        ...absent(lines.storm),
        ...judged,
        ...sharedHolds(holds),
        ...unaccounted({ acknowledged, completed, states }),
      ].slice(0, 50),
    }
  } finally {
    clearInterval(telling)
    for (const visavis of people) visavis.close()
  }
}

/** How a run goes, while it goes. */
export interface PeopleNow {
  readonly kind: 'people'
  readonly people: number
  readonly messages: number
  readonly messageP99Ms: number
  readonly offers: number
  readonly offerP99Ms: number
  readonly failed: number
}

const peopleNow = (
  { offers, failed }: Book,
  { people, messages }: { readonly people: number; readonly messages: Histogram },
): PeopleNow => ({
  ...{ kind: 'people', people, failed: failed.told.length },
  ...{ messages: messages.totalCount, messageP99Ms: percentileMs(messages, 99) },
  ...{ offers: offers.totalCount, offerP99Ms: percentileMs(offers, 99) },
})

function halves<T>(items: readonly T[]): [T[], T[]] {
  const even = items.filter((_, n) => n % 2 === 0)
  return [even, items.length < 2 ? [] : items.filter((_, n) => n % 2 === 1)]
}

/** What runs for the first time is slow, here and at the server, and a service is not measured by that. */
async function warmUp(talking: readonly Jobseeker[]): Promise<void> {
  await inLanes(talking.slice(0, warmUps), lanes, async ({ conversation }) => {
    for (const side of sides) await conversation.send(side, performance.now())
    await Promise.race([conversation.arrived(), delay(drainMs, undefined, { ref: false })])
  })
}

async function opened(visavis: Visavis): Promise<void> {
  const timer = new AbortController()
  const late = delay(openMs, undefined, { signal: timer.signal }).then(() => {
    throw new Error(`nobody could sign in within ${openMs} ms`)
  })
  late.catch(() => {})
  try {
    await Promise.race([visavis.opened, late])
  } finally {
    timer.abort()
  }
}

interface Two {
  readonly id: string
  readonly run: string
  readonly latency: Histogram
  readonly jobseeker: Visavis
  readonly advisor: Visavis
}

/** What is sent goes through the channel of the SDK, with its receipts; what arrives is told as it is to pages. */
function converse({ id, run, latency, jobseeker, advisor }: Two): Conversation {
  const member = (visavis: Visavis): Pick<Socket, 'call'> => ({
    async call(method, params) {
      if (method !== 'chat.publish') return visavis.call(method as 'chat.history', params as { channel: string })
      const { offset } = await visavis.chat.channel(id).send((params as { text: string }).text)
      return { position: { offset } }
    },
  })
  const members = { jobseeker: member(jobseeker), advisor: member(advisor) }
  const conversation = new Conversation({ channel: id, run, members, latency })
  for (const side of sides) {
    const visavis = side === 'advisor' ? advisor : jobseeker
    visavis.on('chat.messagePublished', ({ channel, message }) => {
      if (channel === id) conversation.receive(side, message)
    })
  }
  return conversation
}

/** Bursts begin at their times, and each message of one has a time of its own. @returns how many were due. */
async function chatter(
  { messagesPerSecond, burst, seconds }: PeopleJob,
  everybody: readonly Jobseeker[],
  acted: (dueAt: number) => void,
  fail: (error: unknown) => void,
): Promise<number> {
  if (everybody.length === 0 || messagesPerSecond === 0) return 0
  const random = seeded(everybody.length)
  const total = Math.round(messagesPerSecond * seconds)
  const plan = Array.from({ length: total }, (_, n) => {
    const begin = (Math.floor(n / burst) * burst * 1_000) / messagesPerSecond
    return Math.min(begin + (n % burst) * pauseMs, seconds * 1_000)
  })
  const speakers = Array.from(
    { length: Math.ceil(total / burst) },
    () => everybody[Math.floor(random() * everybody.length)],
  )
  const inTime = [...plan.entries()].sort(([, a], [, b]) => a - b)
  const startedAt = performance.now()
  for (const [n, at] of inTime) {
    const dueAt = startedAt + at
    const waitMs = dueAt - performance.now()
    if (waitMs > 0) await delay(waitMs)
    acted(dueAt)
    const conversation = speakers[Math.floor(n / burst)]?.conversation
    void conversation?.send(n % 2 === 0 ? 'jobseeker' : 'advisor', dueAt).catch(fail)
  }
  return total
}

interface Book {
  readonly offers: Histogram
  readonly holds: Hold[]
  readonly acknowledged: string[]
  readonly completed: string[]
  /** As jobseekers heard of it. */
  readonly states: Map<string, string>
  readonly failed: Failures
  readonly jobseekers: Map<string, Jobseeker>
}

function takeOffers(visavis: Visavis, advisor: string, book: Book): void {
  const taken = new Set<string>()
  visavis.on('callback.offered', ({ callback: { id, jobseeker } }) => {
    // What is told again after an interruption is the same offer.
    const offer = `${id} ${visavis.callbacks.offerOf(id)?.token}`
    if (taken.has(offer)) return
    taken.add(offer)
    const from = performance.now()
    const { askedAt } = book.jobseekers.get(jobseeker) ?? {}
    if (askedAt !== undefined) recordMs(book.offers, from - askedAt)
    const take = async () => {
      const token = visavis.callbacks.offerOf(id)?.token
      await visavis.callbacks.accept(id)
      book.holds.push({ id, session: advisor, token: token ?? -1, from, until: performance.now() })
      await visavis.callbacks.complete(id, { disposition: 'answered' })
      book.completed.push(id)
    }
    take().catch((error: unknown) => book.failed.note(`callback ${id}`, error))
  })
}

function follow(jobseeker: Jobseeker, book: Book): void {
  jobseeker.visavis.on('callback.changed', ({ callback: { id, state } }) => {
    book.states.set(id, state)
    if (state === 'done') jobseeker.askedAt = undefined
  })
}

/** By somebody who has no open request. */
async function ask(asking: readonly Jobseeker[], dueAt: number, book: Book): Promise<void> {
  const jobseeker = asking.find(({ askedAt }) => askedAt === undefined)
  if (jobseeker === undefined) throw new Error('everybody waits to be called back')
  jobseeker.askedAt = dueAt
  const { id, created } = await jobseeker.visavis.callbacks.request(asked)
  if (!created) throw new Error(`${jobseeker.id} had an open request`)
  book.acknowledged.push(id)
}

const quiet = (
  talking: readonly Jobseeker[],
  asking: readonly Jobseeker[],
  { acknowledged, completed }: Book,
): boolean =>
  acknowledged.length === completed.length &&
  asking.every(({ askedAt }) => askedAt === undefined) &&
  talking.every(({ conversation }) => conversation.quiet)

/** Until everything has arrived on both sides, or has had more than enough time to. */
async function drained(isQuiet: () => boolean, withinMs: number): Promise<void> {
  const deadline = performance.now() + withinMs
  while (!isQuiet() && performance.now() < deadline) await delay(10)
}

const absent = ({ severed, back }: Storm): string[] =>
  severed === back ? [] : [`${severed - back} of ${severed} sessions did not come back`]
