/** One run of a Redis server: started, heard, stopped. Restarting it is the supervisor's business. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import type { Logger } from 'pino'
import { connectRedis } from './redis.ts'

const keptLines = 12
/** How long an ended server's last words may take to arrive (a forked child of it may hold the pipe open). */
const lastWordsMs = 200
const stopMs = 10_000
const loadingNoticeMs = 2_000

export interface RedisProcess {
  readonly pid: number | undefined
  readonly running: boolean
  /** Resolves when it has ended, in whichever way, with that way in words. Never rejects. */
  readonly exited: Promise<string>
  /** Resolves when it answers with its data loaded, however long loading takes. @throws when it ends before. */
  ready(socket: string): Promise<void>
  /** The end of its log. After `exited`, waits a moment so that nothing is missing. */
  lastWords(): Promise<string>
  /** SIGTERM: Redis writes what it holds and ends. SIGKILL if that takes longer than 10 s. */
  stop(): Promise<void>
}

export function spawnRedis(program: string, settings: readonly string[], cwd: string, log: Logger): RedisProcess {
  // A process group of its own: Ctrl-C on a terminal would else end Redis before the node has finished its work.
  const child = spawn(program, settings, { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  const lines: string[] = []
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => {
      lines.push(line)
      if (lines.length > keptLines) lines.shift()
      log.debug({ redis: line }, 'Redis says')
    })
  }
  let running = true
  let spawnError: Error | undefined
  const exited = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      spawnError = error
      running = false
      resolve(`could not be started: ${error.message}`)
    })
    child.once('exit', (code, signal) => {
      running = false
      resolve(code === null ? `was ended by ${signal}` : `ended with code ${code}`)
    })
  })
  const drained = once(child, 'close')
  drained.catch(() => {})
  // A node that ends without closing takes its Redis along where it can; after kill -9 the next start does it.
  const endWithNode = () => child.kill('SIGTERM')
  process.once('exit', endWithNode)
  void exited.then(() => process.off('exit', endWithNode))

  return {
    pid: child.pid,
    get running() {
      return running
    },
    exited,
    async ready(socket) {
      const client = connectRedis(socket)
      const started = performance.now()
      const notice = setInterval(
        () => log.info({ forMs: Math.round(performance.now() - started) }, 'Redis is still loading its data'),
        loadingNoticeMs,
      )
      try {
        while (running) {
          if (await Promise.race([answers(client), exited.then(() => false)])) return
        }
      } finally {
        clearInterval(notice)
        client.disconnect()
      }
      throw new Error(`Redis (${program}) ${await exited}`)
    },
    async lastWords() {
      if (!running && spawnError === undefined) await Promise.race([drained.catch(() => {}), delay(lastWordsMs)])
      return lines.join('\n')
    },
    async stop() {
      if (!running) return
      child.kill('SIGTERM')
      const timer = setTimeout(() => {
        log.error({ pid: child.pid }, 'Redis does not stop; ending it')
        child.kill('SIGKILL')
      }, stopMs)
      await exited
      clearTimeout(timer)
    },
  }
}

const answers = (client: ReturnType<typeof connectRedis>): Promise<boolean> =>
  client.ping().then(
    () => true,
    () => false,
  )

const delay = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms))
