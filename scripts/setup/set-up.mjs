// Everything a fresh checkout needs, in order. Each step looks first and is silent when there is nothing to do.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { findChromium, findHeadlessShell } from './chromium.mjs'
import { withLock } from './lock.mjs'
import { ensureNodeModules, ensureTapBuilt, nodeBinary } from './node-modules.mjs'
import { ensurePages } from './pages.mjs'
import { findRedis } from './redis.mjs'
import { RunError } from './run.mjs'
import { SetupError, say } from './say.mjs'
import { ensureSystemPackages } from './system-packages.mjs'
import { ensureWorker } from './worker.mjs'

export const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Prepares this checkout to be started, or with `tests` to be tested. Returns the Node to run it with, and the
 * environment that tells it where the programs outside the checkout are. Ones named in the environment are left alone.
 */
export function setUp({ tests = false } = {}) {
  return withLock(join(root, '.cache/setup.lock'), async (hold) => {
    await ensureNodeModules(root, hold)

    // With a Redis of the operator's own, the server needs no other.
    const wantsRedis = tests || !process.env.REDIS_URL
    const needed = []
    if (wantsRedis && !findRedis()) needed.push('redis')
    if (tests && !findChromium()) needed.push('chromium')
    if (tests && !hasCompiler()) needed.push('compiler')
    if (tests && !onPath('turnserver')) needed.push('coturn')
    if (tests && !onPath('firefox-esr')) needed.push('firefox')
    const install = (groups) => ensureSystemPackages([...groups, ...needed])

    const worker = process.env.VISAVIS_MEDIASOUP_WORKER_BIN || (await ensureWorker(root, install))
    await install([])
    if (tests && !onPath('promtool')) await tryToInstall('prometheus')
    if (tests && !findHeadlessShell()) await tryToInstall('headless')
    const redis = wantsRedis ? (findRedis() ?? missing('a Redis or Valkey server, version 7 or later')) : undefined
    const chromium = tests ? (findChromium() ?? missing("Debian's Chromium")) : undefined
    const headless = tests ? findHeadlessShell() : undefined

    if (tests) await ensureTapBuilt(root, hold)
    await ensurePages(root, hold)
    return {
      node: nodeBinary(root),
      env: {
        // So that `node` is the same one in whatever is started from there.
        PATH: [join(root, 'node_modules/.bin'), process.env.PATH].join(delimiter),
        VISAVIS_MEDIASOUP_WORKER_BIN: worker,
        ...(redis && { VISAVIS_REDIS_SERVER: redis }),
        ...(chromium && { VISAVIS_TEST_CHROMIUM: chromium }),
        ...(headless && { VISAVIS_TEST_HEADLESS_CHROMIUM: headless }),
      },
    }
  })
}

/** What a test can do without: it leaves out what it needs this for. */
async function tryToInstall(group) {
  try {
    await ensureSystemPackages([group])
  } catch (error) {
    if (!(error instanceof SetupError || error instanceof RunError)) throw error
    say(`going on without: ${error.message.split('\n')[0]}`)
  }
}

/** A machine that could download the worker need not have one. */
const hasCompiler = () => spawnSync('cc', ['--version'], { stdio: 'ignore' }).status === 0

const onPath = (program) =>
  (process.env.PATH ?? '').split(delimiter).some((folder) => existsSync(join(folder, program)))

function missing(what) {
  throw new SetupError(`${what} is needed on PATH, and what the system's packages offer is not it`)
}
