// The mediasoup worker, a program of its own. The project publishes built ones; where those cannot be reached it is
// built here from the npm package's source (native/mediasoup-worker). Kept outside the checkout: it takes minutes.
import { spawnSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { homedir, tmpdir } from 'node:os'
import { join } from 'node:path'
import { withLock } from './lock.mjs'
import { nodeBinary } from './node-modules.mjs'
import { run } from './run.mjs'
import { say, step } from './say.mjs'
import { hashOf } from './stamp.mjs'

const RECIPE = 'native/mediasoup-worker'
const ATTEMPT = 'attempt-'
/** The download has this long to begin, and this long in all. */
const DOWNLOAD_BEGINS_MS = 8_000
const DOWNLOAD_ENDS_MS = 60_000

/** One worker per version, processor, system (whose libraries it is linked with) and way of building it. */
export function cacheKey({ version, platform, arch, system, recipe }) {
  return `${version}-${platform}-${arch}-${system}-${recipe.slice(0, 12)}`
}

/** `debian12` from the content of /etc/os-release. */
export function systemName(osRelease) {
  const field = (name) => new RegExp(`^${name}="?([^"\\n]*)`, 'm').exec(osRelease)?.[1] ?? ''
  return `${field('ID') || 'unknown'}${field('VERSION_ID')}`
}

/** Where this checkout's worker is, or will be once it has been obtained. */
export function workerPaths(root, env = process.env) {
  const folder = join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'visavis', 'mediasoup-worker')
  const key = cacheKey({
    version: JSON.parse(readFileSync(join(root, 'node_modules/mediasoup/package.json'), 'utf8')).version,
    platform: process.platform,
    arch: process.arch,
    system: systemName(existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : ''),
    recipe: hashOf(join(root, RECIPE), ['build.sh', 'overlay', 'patches']),
  })
  return { folder, binary: join(folder, key, 'mediasoup-worker'), lock: join(folder, 'lock') }
}

/** Whether the program starts on this machine. Without mediasoup's environment it ends with 41, and only then. */
export function starts(binary) {
  return spawnSync(binary, [], { env: {}, stdio: 'ignore', timeout: 5_000 }).status === 41
}

/**
 * Makes a worker with `make(folder)`, which returns the file it made or undefined, and puts it into the cache in one
 * move once it has been tried. Whatever happens in between leaves nothing that could be mistaken for a worker.
 * The caller holds the lock, so attempts found lying about are those of a set-up that was killed.
 */
export async function putIntoCache({ folder, binary }, make, tryOut) {
  mkdirSync(folder, { recursive: true })
  for (const name of readdirSync(folder)) {
    if (name.startsWith(ATTEMPT)) rmSync(join(folder, name), { recursive: true, force: true })
  }
  const attempt = mkdtempSync(join(folder, ATTEMPT))
  try {
    const made = await make(attempt)
    if (!made) return false
    await tryOut(made)
    mkdirSync(join(binary, '..'), { recursive: true })
    renameSync(made, binary)
    return true
  } finally {
    rmSync(attempt, { recursive: true, force: true })
  }
}

/**
 * Puts a working worker into the cache unless one is there, and returns it. `install(groups)` is called with the
 * groups of system packages that a build needs, once it is clear that there will be one.
 */
export async function ensureWorker(root, install) {
  const paths = workerPaths(root)
  if (!starts(paths.binary)) {
    await withLock(paths.lock, async () => {
      // Perhaps somebody else has just built it, or it can be downloaded.
      if (starts(paths.binary) || (await downloadWorker(root, paths))) return
      const scratch = mkdtempSync(join(tmpdir(), 'visavis-libsrtp2-'))
      try {
        const srtp = await fetchSrtp(root, scratch)
        await install(srtp ? ['worker'] : ['worker', 'srtp'])
        await buildWorker(root, paths, srtp)
      } finally {
        rmSync(scratch, { recursive: true, force: true })
      }
    })
  }
  pointTo(root, paths.binary)
  return paths.binary
}

/** mediasoup's own download, which also knows the right file for this machine. False when it cannot be had. */
function downloadWorker(root, paths) {
  return step('looking for a built mediasoup worker to download', async () => {
    const found = await putIntoCache(paths, (folder) => download(root, folder), tryWorker(root))
    if (!found) say('  none can be reached')
    return found
  })
}

async function download(root, folder) {
  const result = 'worker/out/Release'
  const tooLate = new AbortController()
  // The folder appears with the first answer.
  const begun = setTimeout(() => existsSync(join(folder, result)) || tooLate.abort(), DOWNLOAD_BEGINS_MS)
  try {
    await run(nodeBinary(root), [join(root, 'node_modules/mediasoup/npm-scripts.mjs'), 'postinstall'], {
      // It writes below the folder it is run in.
      cwd: folder,
      // Its second choice is a build of its own, which needs Python packages: with this "Python" it fails at once.
      env: { PYTHON: 'false', MEDIASOUP_WORKER_BIN: '' },
      quiet: true,
      signal: AbortSignal.any([tooLate.signal, AbortSignal.timeout(DOWNLOAD_ENDS_MS)]),
    })
  } catch {
    return undefined
  } finally {
    clearTimeout(begun)
  }
  const binary = join(folder, result, 'mediasoup-worker')
  return existsSync(binary) ? binary : undefined
}

/** Debian's source of libsrtp2, in a folder the caller removes. Undefined when it cannot be had. */
async function fetchSrtp(root, folder) {
  try {
    await run(join(root, RECIPE, 'fetch-libsrtp2.sh'), [folder], { quiet: true, signal: AbortSignal.timeout(120_000) })
    return folder
  } catch {
    say("  the source of libsrtp2 cannot be had: using Debian's library, which costs 12 % more processor time")
    return undefined
  }
}

function buildWorker(root, paths, srtp) {
  return step('building the mediasoup worker from source (once per version; 2 to 4 minutes on 2 cores)', () =>
    putIntoCache(paths, (folder) => build(root, folder, srtp), tryWorker(root)),
  )
}

async function build(root, folder, srtp) {
  const binary = join(folder, 'mediasoup-worker')
  let shown = 0
  const onLine = (line) => {
    const progress = /^\[(\d+)\/(\d+)\]/.exec(line)
    if (!progress) return say(`  ${line}`)
    const tenth = Math.floor((10 * Number(progress[1])) / Number(progress[2]))
    if (tenth > shown) say(`  ${progress[0]} compiled`)
    shown = tenth
  }
  await run(join(root, RECIPE, 'build.sh'), [join(root, 'node_modules/mediasoup'), srtp ?? '', binary], {
    // What a killed build leaves is then removed with the attempt.
    env: { TMPDIR: folder },
    // On a terminal ninja keeps one line up to date by itself.
    ...(process.stdout.isTTY ? {} : { onLine }),
  })
  return binary
}

/** A worker that starts may still not work: have mediasoup open a router on it. */
const tryWorker = (root) => (binary) =>
  run(nodeBinary(root), [join(root, 'scripts/setup/try-worker.mjs'), binary], {
    quiet: true,
    signal: AbortSignal.timeout(30_000),
  })

/** `.cache/mediasoup-worker`, where the server looks when nobody tells it otherwise. */
function pointTo(root, binary) {
  const pointer = join(root, '.cache/mediasoup-worker')
  try {
    if (readlinkSync(pointer) === binary) return
  } catch {
    // There is none yet.
  }
  mkdirSync(join(root, '.cache'), { recursive: true })
  rmSync(`${pointer}.${process.pid}`, { force: true })
  symlinkSync(binary, `${pointer}.${process.pid}`)
  renameSync(`${pointer}.${process.pid}`, pointer)
}
