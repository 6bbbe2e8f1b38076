/** Structured logs. Tokens, SDP and message bodies never reach them. */
import { type DestinationStream, type Logger, pino } from 'pino'

/** Paths that are masked wherever an object with them is logged. */
const secrets = [
  'token',
  '*.token',
  'req.headers.authorization',
  'headers.authorization',
  'params.text',
  '*.sdp',
  'credential',
  '*.credential',
]

/**
 * For people on a terminal, JSON lines otherwise (which a log collector reads).
 * @param destination where JSON lines go; standard output when absent.
 */
export async function createLog(level: string, node: string, destination?: DestinationStream): Promise<Logger> {
  const options = { level, base: { node }, redact: { paths: secrets, censor: '(hidden)' } }
  if (destination !== undefined) return pino(options, destination)
  if (!process.stdout.isTTY) return pino(options, pino.destination({ fd: 1, sync: true }))
  const { default: pretty } = await import('pino-pretty')
  return pino(options, pretty({ colorize: true, ignore: 'pid,hostname,node', sync: true }))
}
