import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t, { type Test } from 'tap'
import { cacheKey, putIntoCache, starts, systemName, workerPaths } from '../../scripts/setup/worker.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** What putIntoCache() works on: a cache folder and the worker's place in it. */
function emptyCache(t: Test) {
  const folder = join(t.testdir(), 'cache')
  return { folder, binary: join(folder, 'key', 'mediasoup-worker') }
}

/** A program that ends like a mediasoup worker started without its environment. */
function makeProgram(folder: string, exitCode = 41) {
  const file = join(folder, 'made')
  writeFileSync(file, `#!/bin/sh\nexit ${exitCode}\n`)
  chmodSync(file, 0o755)
  return file
}

t.test('another version, processor, system or recipe means another worker', async (t) => {
  const base = { version: '3.27.1', platform: 'linux', arch: 'x64', system: 'debian12', recipe: 'a'.repeat(64) }
  const variants = [
    base,
    { ...base, version: '3.27.2' },
    { ...base, arch: 'arm64' },
    { ...base, system: 'debian13' },
    { ...base, recipe: 'b'.repeat(64) },
  ]
  t.equal(new Set(variants.map(cacheKey)).size, variants.length)
  t.equal(cacheKey(base), '3.27.1-linux-x64-debian12-aaaaaaaaaaaa')
})

t.test('the system is named from os-release, with or without quotes', async (t) => {
  t.equal(systemName('PRETTY_NAME="Debian GNU/Linux 12"\nID=debian\nVERSION_ID="12"\n'), 'debian12')
  t.equal(systemName('VERSION_CODENAME=sid\nID=debian\n'), 'debian', 'testing has no version')
  t.equal(systemName(''), 'unknown')
})

t.test('the cache follows XDG_CACHE_HOME and else the home folder', async (t) => {
  t.match(workerPaths(root, { XDG_CACHE_HOME: '/elsewhere' }).binary, /^\/elsewhere\/visavis\/mediasoup-worker\/3\./)
  t.match(workerPaths(root, {}).folder, /\/\.cache\/visavis\/mediasoup-worker$/)
})

t.test('only a program that ends with 41 is a worker that starts', async (t) => {
  const folder = t.testdir()
  t.ok(starts(makeProgram(folder)))
  t.notOk(starts(makeProgram(folder, 127)), 'a library it needs is missing')
  t.notOk(starts(join(folder, 'absent')))
})

t.test('a worker is in the cache once it was made and tried', async (t) => {
  const cache = emptyCache(t)
  t.ok(
    await putIntoCache(
      cache,
      async (folder: string) => makeProgram(folder),
      async () => {},
    ),
  )
  t.ok(starts(cache.binary))
  t.same(readdirSync(cache.folder), ['key'], 'nothing else is left')
})

t.test('nothing is in the cache when making fails, trying fails, or there was nothing to make', async (t) => {
  const cache = emptyCache(t)
  const make = async (folder: string) => makeProgram(folder)
  const fail = async () => {
    throw new Error('compiler crashed')
  }
  await t.rejects(
    putIntoCache(cache, fail, async () => {}),
    { message: 'compiler crashed' },
  )
  await t.rejects(putIntoCache(cache, make, fail), { message: 'compiler crashed' })
  t.notOk(await putIntoCache(cache, async () => undefined, fail))
  t.same(readdirSync(cache.folder), [])
})

t.test('a build killed half-way leaves no worker, and the next one clears up after it', async (t) => {
  const cache = emptyCache(t)
  const child = spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { writeFileSync } from 'node:fs'
       import { putIntoCache } from ${JSON.stringify(join(root, 'scripts/setup/worker.mjs'))}
       await putIntoCache(${JSON.stringify(cache)}, async (folder) => {
         writeFileSync(folder + '/mediasoup-worker', 'half of a worker')
         console.log('half')
         await new Promise((resolve) => setTimeout(resolve, 60_000))
       })`,
    ],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  )
  await once(child.stdout, 'data')
  child.kill('SIGKILL')
  await once(child, 'exit')
  t.notOk(existsSync(cache.binary))
  t.equal(readdirSync(cache.folder).length, 1, 'the attempt is left, under a name nobody looks for')

  await putIntoCache(
    cache,
    async (folder: string) => makeProgram(folder),
    async () => {},
  )
  t.same(readdirSync(cache.folder), ['key'])
})
