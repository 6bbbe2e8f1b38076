/** The border between Redis and the domains: outages become an error that a client understands and may retry. */
import { VisavisError } from '../protocol/errors.ts'

/** First words of replies that say "not now": the server is loading, failing over, full, or cannot write its log. */
const passingReplies =
  /^(LOADING|READONLY|OOM|MISCONF|CLUSTERDOWN|MASTERDOWN|NOREPLICAS|TRYAGAIN|BUSY|UNKILLABLE|UNBLOCKED)\b/

/** ioredis names some of these by class and others by message only (6.0). */
const connectionNames = ['MaxRetriesPerRequestError', 'ClusterAllFailedError']
const connectionMessages =
  /^(Connection is closed|Command timed out|Command aborted due to connection close|connect ETIMEDOUT|Socket timeout|Stream isn't writeable)/
const connectionCodes = [
  'ECONNREFUSED',
  'ECONNRESET',
  'EPIPE',
  'ENOENT',
  'ETIMEDOUT',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
]

/**
 * An error of Redis or of the connection to it as UNAVAILABLE with the original as `cause`; any other one unchanged.
 * Redis may still have done, or may yet do, what the failed command asked for: every write is made to be repeated.
 */
export function translateRedisError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof VisavisError) return error
  // ioredis hangs the whole command on its errors: with it, what somebody wrote would go wherever an error is logged.
  if ('command' in error) delete error.command
  if (!isOutage(error)) return error
  return new VisavisError('UNAVAILABLE', 'storage is away for the moment', { cause: error })
}

function isOutage(error: Error & { code?: unknown; syscall?: unknown }): boolean {
  if (error.name === 'ReplyError') return passingReplies.test(error.message)
  if (connectionNames.includes(error.name) || connectionMessages.test(error.message)) return true
  // Files have the same codes: only those of a socket are an outage of Redis.
  const ofSocket = ['connect', 'read', 'write', 'getaddrinfo'].includes(String(error.syscall))
  return ofSocket && connectionCodes.includes(String(error.code))
}

/** The result of commands that are no script, with outages translated in the same way. */
export async function outageAware<T>(work: Promise<T>): Promise<T> {
  try {
    return await work
  } catch (error) {
    throw translateRedisError(error)
  }
}
