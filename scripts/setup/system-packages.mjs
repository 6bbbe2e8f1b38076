// Packages of the operating system: what each is for, which are missing, and how they are installed.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { RunError, run } from './run.mjs'
import { SetupError, say, step } from './say.mjs'

// biome-ignore lint/suspicious/noTemplateCurlyInString: dpkg-query fills these in, not JavaScript.
const DPKG_FORMAT = '${Package} ${db:Status-Status}\n'

/** Debian's names (12 or later), by purpose, each with the reason shown to whoever's machine it is. */
export const PACKAGES = {
  worker: {
    'build-essential': 'compiler for the mediasoup worker',
    'pkg-config': 'finds the libraries it is linked with',
    meson: "the worker's build system",
    'ninja-build': "the worker's build system",
    'libssl-dev': 'DTLS and encryption of media',
    'libuv1-dev': "the worker's event loop",
    'libabsl-dev': 'used by its bandwidth estimation',
    'flatbuffers-compiler': 'the messages between Node and the worker',
    'libflatbuffers-dev': 'the messages between Node and the worker',
  },
  srtp: { 'libsrtp2-dev': 'encryption of media, as its source could not be fetched' },
  redis: { 'redis-server': 'where everything that must last is kept' },
  compiler: {
    gcc: 'compiles the slow disk of a fault test',
    'libc6-dev': 'its headers',
  },
  coturn: { coturn: 'relays media in the tests of networks that let little through' },
  firefox: { 'firefox-esr': 'the other browser, which talks to Chromium in a test' },
  prometheus: { prometheus: 'its promtool reads the alert rules and tries them' },
  chromium: {
    chromium: 'the browser that the browser tests drive',
    'fonts-liberation': 'letters for it, so that pages have their real sizes',
  },
  headless: { 'chromium-headless-shell': 'the same without windows: tests are quicker' },
}

/** Which of the packages are not installed, going by dpkg-query's listing in DPKG_FORMAT. */
export function missingFrom(listing, names) {
  const installed = new Set(
    listing
      .split('\n')
      .filter((line) => line.endsWith(' installed'))
      .map((line) => line.slice(0, line.indexOf(' '))),
  )
  return names.filter((name) => !installed.has(name))
}

/** Installs what is missing of the given groups of PACKAGES, in one go, or names the one command that would. */
export async function ensureSystemPackages(groups) {
  const reasons = Object.assign({}, ...groups.map((group) => PACKAGES[group]))
  const names = Object.keys(reasons)
  if (names.length === 0) return
  if (!existsSync('/usr/bin/apt-get')) {
    throw new SetupError(
      `this is not a Debian system: please install what corresponds to its packages ${names.join(' ')}`,
    )
  }
  const query = spawnSync('dpkg-query', ['-W', '-f', DPKG_FORMAT, ...names], {
    encoding: 'utf8',
  })
  const missing = missingFrom(query.stdout, names)
  if (missing.length === 0) return

  say('packages of the system that are needed:')
  for (const name of missing) say(`  ${name.padEnd(20)} ${reasons[name]}`)
  const prefix = rootPrefix()
  if (!prefix) {
    throw new SetupError(
      'only root may install them: please have root run this one command, then start again\n' +
        `  apt-get update && apt-get install --yes --no-install-recommends ${missing.join(' ')}`,
    )
  }
  await step(`installing them with ${[...prefix, 'apt-get'].join(' ')}`, () => install(prefix, missing))
  for (const service of ['redis-server', 'coturn', 'prometheus'])
    if (missing.includes(service)) await stopService(prefix, service)
}

/** How to become root without asking anybody: nothing, `sudo -n`, or undefined. */
function rootPrefix() {
  if (process.getuid() === 0) return []
  return spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined
}

async function install(prefix, names) {
  const apt = (...args) => {
    const [command, ...rest] = [
      ...prefix,
      'env',
      'DEBIAN_FRONTEND=noninteractive',
      'apt-get',
      '--quiet',
      // Another installation may be at work on this machine.
      '--option=DPkg::Lock::Timeout=600',
      ...args,
    ]
    // dpkg interrupted half-way has to be put right by hand.
    return run(command, rest, { quiet: true, finish: true })
  }
  const packages = ['install', '--yes', '--no-install-recommends', ...names]
  try {
    await apt(...packages)
  } catch (error) {
    if (!(error instanceof RunError)) throw error
    say('  not with the package lists at hand: updating them')
    await apt('update')
    await apt(...packages)
  }
}

/** Debian's packages start services for the whole machine. Visavis starts its own, so the new ones are not left running. */
async function stopService(prefix, service) {
  if (!existsSync('/run/systemd/system')) return
  const [command, ...args] = [...prefix, 'systemctl', 'disable', '--now', service]
  await run(command, args, { quiet: true })
  say(`  stopped the service ${service} that Debian's package starts: Visavis starts its own`)
}
