/** The process: read the settings, build, listen, and close on a signal. */
import { flushCompileCache } from 'node:module'
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { type Config, ConfigError, loadConfig } from '../config/load.ts'
import type { App } from './app.ts'
import { createLog } from './ops/log.ts'
import { openStore } from './store/store.ts'

try {
  // Whatever a close that was not in time has left open must not keep the process.
  process.exit(await run())
} catch (error) {
  if (!(error instanceof ConfigError)) throw error
  console.error(error.message)
  process.exitCode = 2
}

async function run(): Promise<number> {
  const config = loadConfig()
  const log = await createLog(config.logLevel, config.nodeName)
  const stop = firstSignal()
  const app = await start(config, log).catch((err: unknown) => {
    log.fatal({ err }, 'the node cannot start')
    return undefined
  })
  if (app === undefined) return 1
  const url = await app.listen()
  log.info({ url }, 'listening')
  if (process.stdout.isTTY) console.log(welcome(url, config.devSignIn))
  // Where NODE_COMPILE_CACHE names a folder: a node that is killed later would leave nothing for its successor.
  flushCompileCache()

  const signal = await stop
  log.info({ signal }, 'stopping')
  // A close that hangs must not keep the node from being replaced.
  const deadline = delay(config.shutdownGraceMs + 10_000, 'late', { ref: false })
  if ((await Promise.race([app.close(), deadline])) === 'late') {
    log.error('the node could not close in time')
    return 1
  }
  log.info('stopped')
  return 0
}

/** Loads the program while Redis loads its data: after a kill both take about as long, and everybody waits. */
async function start(config: Config, log: Logger): Promise<App> {
  const waiting = Promise.withResolvers<void>()
  const store = openStore({ ...config, log, onWaiting: waiting.resolve })
  await Promise.race([waiting.promise, store])
  const { createApp } = await import('./app.ts')
  return createApp(config, log, store)
}

function firstSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, resolve)
  })
}

function welcome(url: string, devSignIn: boolean): string {
  if (!devSignIn) return `\n  Visavis is up: ${url}/\n`
  return `
  Visavis is up.

    Sign in      ${url}/           as a sample jobseeker in one tab, as an advisor in another
    REST         ${url}/docs
    Health       ${url}/readyz     ${url}/metrics
`
}
