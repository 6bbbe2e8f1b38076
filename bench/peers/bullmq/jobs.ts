/**
 * BullMQ doing what a callback queue does without people: add → process → complete. A job carries what a request carries,
 * under an id of its own as an idempotency key; a worker with as many jobs in work as there are advisors processes it, which
 * is nothing; each one in work is followed by another one added. Jobs that are done are kept, as BullMQ does by default and
 * as callbacks are.
 */
import { type Job, Queue, Worker } from 'bullmq'
import type { Redis } from 'ioredis'
import { asked, type Judged, type Worked } from '../../callback-request.ts'
import { inLanes } from '../../lanes.ts'
import { serveOrders } from '../../orders.ts'
import { libraryClient } from '../../redis-client.ts'

export type JobOrders = {
  open(params: { readonly socket: string; readonly name: string }): Promise<void>
  /** Puts so many jobs in line. */
  fill(params: { readonly count: number }): Promise<void>
  /** Starts a closed loop; it runs by the time this is answered. What a callback does from request to completion is a cycle of it. */
  begin(params: { readonly pool: number }): Promise<void>
  /** Lets it run for so long, and counts. */
  work(params: { readonly seconds: number }): Promise<Worked>
  /** Ends it. */
  judge(params: object): Promise<Judged>
}

/** On their way while a queue is filled. */
const lanes = 500
const queueName = 'callbacks'
let connection: Redis | undefined
let queue: Queue | undefined
let name = ''
let made = 0
let loop: Loop | undefined

const opened = <T>(resource: T | undefined): T => {
  if (resource === undefined) throw new Error('the queue is not open, or no loop runs')
  return resource
}

async function add(): Promise<string> {
  made += 1
  const jobseeker = `${name}-jobseeker-${made}`
  const person = { jobseeker, jobseekerName: `Name of ${jobseeker}`, advisor: 'pool', topic: 'general', language: 'fr' }
  const job = await opened(queue).add('callback', { ...asked, ...person }, { jobId: `${jobseeker}-key` })
  return job.id ?? ''
}

interface Loop {
  readonly completed: readonly string[]
  end(): Promise<Judged>
}

/**
 * A worker fetches one job after the other until it has as many as it may work on, and works on none of them before: with a
 * thousand that takes a thousand answers, seconds on a slow disk. That is its start, and not what it carries.
 */
async function begin({ pool }: { readonly pool: number }): Promise<void> {
  const started: string[] = []
  const completed: string[] = []
  const adding: Promise<string>[] = []
  const failed: unknown[] = []
  const runs = Promise.withResolvers<void>()
  const processor = async (job: Job) => {
    started.push(job.id ?? '')
    adding.push(add())
    runs.resolve()
  }
  const worker = new Worker(queueName, processor, { connection: opened(connection), concurrency: pool, autorun: false })
  worker.on('error', (error) => failed.push(error))
  worker.on('completed', (job) => completed.push(job.id ?? ''))
  await worker.waitUntilReady()
  const before = await opened(queue).getWaitingCount()
  const running = worker.run()
  loop = {
    completed,
    async end() {
      // Those in work are finished, and no further ones fetched.
      await worker.close()
      await running
      const added = await Promise.all(adding)
      if (failed.length > 0) throw failed[0]
      const after = await opened(queue).getWaitingCount()
      const expected = before + added.length - completed.length
      return {
        shared: new Set(started).size === started.length ? [] : ['a job was processed twice'],
        lost: [
          ...(new Set(completed).size === completed.length ? [] : ['a job was completed twice']),
          ...(after === expected ? [] : [`${after} jobs wait where ${expected} should`]),
        ],
        late: [],
      }
    },
  }
  await runs.promise
}

async function work({ seconds }: { readonly seconds: number }): Promise<Worked> {
  const { completed } = opened(loop)
  const [before, startedAt] = [completed.length, performance.now()]
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000))
  return { cycles: completed.length - before, seconds: (performance.now() - startedAt) / 1_000 }
}

serveOrders({
  async open({ socket, name: own }) {
    name = own
    connection = libraryClient(socket)
    queue = new Queue(queueName, { connection })
    await queue.waitUntilReady()
  },
  async fill({ count }) {
    await inLanes(Array(count).keys(), lanes, add)
  },
  begin,
  work,
  judge: () => opened(loop).end(),
} satisfies JobOrders)
