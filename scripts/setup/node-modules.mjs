// The npm packages, exactly as package-lock.json has them; among them Node 26, which runs everything else.
import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { run } from './run.mjs'
import { SetupError, step } from './say.mjs'
import { hashOf, isStamped, stamp } from './stamp.mjs'

const NODE_MAJOR = 26
const NODE_PACKAGE = `node-${process.platform}-${process.arch}`

/**
 * Whether node_modules holds what package-lock.json asks for. npm keeps its own copy of the lockfile there and writes
 * it last, so this also sees an interrupted install, and accepts one that a person has made without us.
 */
export function isInstalled(root) {
  const wanted = packagesIn(join(root, 'package-lock.json'))
  const present = packagesIn(join(root, 'node_modules/.package-lock.json'))
  if (!wanted || !present) return false
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true
    const found = present[path]
    // Optional packages are for particular platforms: absent here is fine, a different version is not.
    if (!found) return entry.optional === true || entry.devOptional === true
    return found.version === entry.version
  })
}

function packagesIn(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages
  } catch {
    return undefined
  }
}

export async function ensureNodeModules(root, hold) {
  if (!isInstalled(root)) await install(root, hold)
  linkNode(root)
}

async function install(root, hold) {
  await step('installing the npm packages of package-lock.json (about 640 MB, half a minute)', async () => {
    // From here until npm has finished, nothing may look installed.
    rmSync(join(root, 'node_modules/.package-lock.json'), { force: true })
    // No package needs its install script: mediasoup's would look for a worker, which is a step of its own below.
    // Development packages are wanted even where NODE_ENV says production: the pages are built from them.
    await run('npm', ['ci', '--ignore-scripts', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'], {
      cwd: root,
      hold,
    })
  })
  if (!isInstalled(root)) throw new SetupError('npm ci ended well, yet packages of package-lock.json are missing')
}

/**
 * Both packages of Node 26 have a command `node`. npm 10, which comes with Node 20, installs the one for this processor,
 * then removes the command together with the other package.
 */
function linkNode(root) {
  const target = join('..', NODE_PACKAGE, 'bin/node')
  const bin = join(root, 'node_modules/.bin')
  if (!existsSync(join(bin, target)) || existsSync(join(bin, 'node'))) return
  rmSync(join(bin, 'node'), { force: true })
  symlinkSync(target, join(bin, 'node'))
}

/** The Node that runs Visavis: the pinned one, or on platforms it is not published for, a recent enough host's. */
export function nodeBinary(root) {
  const pinned = join(root, 'node_modules/.bin/node')
  if (existsSync(pinned)) return pinned
  if (Number.parseInt(process.versions.node, 10) >= NODE_MAJOR) return process.execPath
  throw new SetupError(
    `npm has not installed Node ${NODE_MAJOR} (${NODE_PACKAGE}; it exists for Linux on x64 and arm64): ` +
      `run this with Node ${NODE_MAJOR} or later`,
  )
}

/**
 * tap's own test class is generated from the list of plugins in .taprc, into node_modules. It would do so by itself,
 * but only after having loaded the plugin for TypeScript that cannot load TypeScript 7.
 */
export async function ensureTapBuilt(root, hold) {
  const inputs = hashOf(root, ['.taprc', 'node_modules/tap/package.json'])
  const file = join(root, 'node_modules/.cache/visavis/tap-build')
  if (isStamped(file, inputs)) return
  await step('preparing tap for the plugins of .taprc', async () => {
    await run(nodeBinary(root), ['node_modules/.bin/tap', 'build'], { cwd: root, hold, quiet: true })
    stamp(file, inputs)
  })
}
