/** The connection to Redis, whichever way it was had. The only place that knows ioredis' options. */
import { type Command, Redis } from 'ioredis'
import { Corks } from './corks.ts'

export type RedisClient = Redis

export interface ConnectOptions {
  /** For a reader that blocks: it waits through an outage, where a request has somebody waiting for its answer. */
  readonly blocking?: boolean
}

/** How long a request waits for Redis; then it fails, and its sender repeats it with the same key. */
const answerMs = 2_000
/** A connection that owes an answer and says nothing is dead, even if no packet said so. */
const silenceMs = 5_000
/** Attempts 10 ms apart, so that a restarted Redis is found at once; then 100 ms apart, so that nobody is hammered. */
const quickAttempts = 50

/**
 * A client that never gives a wrong answer: a command in flight when Redis dies is sent again after reconnection
 * (so every write must be idempotent), and one that stays unanswered fails instead of waiting for ever.
 * A command that has failed may still be carried out later.
 * @param target `redis://…`, `unix://…`, or the path of a unix socket.
 */
export function connectRedis(target: string, { blocking = false }: ConnectOptions = {}): RedisClient {
  const { url, ...account } = addressOf(target)
  const client = new BatchingRedis(url, {
    ...account,
    // The queue is emptied after as many attempts (2 s at first): those who asked have had their error by then.
    maxRetriesPerRequest: blocking ? null : 64,
    ...(blocking ? {} : { commandTimeout: answerMs }),
    retryStrategy: (attempt) => (attempt <= quickAttempts ? 10 : 100),
    connectTimeout: answerMs,
    socketTimeout: silenceMs,
    // ioredis would trust the server's own estimate, which is at least a second.
    maxLoadingRetryTime: 20,
    // After a failover the old address may answer as a replica: look for the new primary.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  })
  // Without a listener ioredis prints to the console. Those who care hear it by their command or by `Store.available`.
  client.on('error', () => {})
  return client
}

/**
 * What is asked within one turn of the event loop goes out in one system call. ioredis' own batches wait for the answers to
 * the one before, and each keeps the next alive: a fifth of all that is allocated for a message then outlives it, and the
 * collector of garbage stops the node for half as long again.
 */
class BatchingRedis extends Redis {
  override sendCommand(command: Command, stream?: Parameters<Redis['sendCommand']>[1]): unknown {
    // While it connects there is none, and what is asked waits in a queue.
    if (this.status === 'ready') corks.cork(this.stream)
    return super.sendCommand(command, stream)
  }
}
const corks = new Corks()

/** How many commands wait for their answer. ioredis keeps them to itself. */
export const unanswered = (client: RedisClient): number => client['commandQueue'].length

/** ioredis knows the account in a `redis://` URL only. */
function addressOf(target: string): { url: string; username?: string; password?: string } {
  const [, username, password, path] = /^unix:\/\/([^/@:]*):([^@]*)@(\/.*)$/.exec(target) ?? []
  if (username === undefined || password === undefined || path === undefined) return { url: target }
  return { url: path, ...(username === '' ? {} : { username }), password: decodeURIComponent(password) }
}
