import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { script } from '../../src/store/script.ts'
import { openStore } from '../../src/store/store.ts'
import { dataFolder } from '../faults/data-folder.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const silent = pino({ level: 'silent' })
const append = script<[key: string], [text: string], number>(
  new URL('append.lua', import.meta.url),
  (reply) => reply as number,
)

t.test(
  'while Redis is away every request has its answer within seconds, and work goes on when it is back',
  async (t) => {
    await using redis = await testRedis(t)
    await using store = await openStore({ redisUrl: redis.url, dataDir: '', redisFsync: 'always', log: silent })
    t.equal(await append(store.client, ['k'], ['one']), 3)
    await redis.kill()
    await until(() => !store.available, { what: 'the outage being seen' })
    // The second begins after the first has failed: the wait must not depend on how long the outage has lasted.
    for (const text of ['two', 'six']) {
      const askedAt = performance.now()
      await t.rejects(append(store.client, ['k'], [text]), { code: 'UNAVAILABLE', retryable: true })
      const waited = performance.now() - askedAt
      t.ok(waited < 3_000, `answered after ${Math.round(waited)} ms`)
    }
    await t.rejects(store.durability(), { message: /./ })
    await redis.restart()
    await until(() => store.available, { what: 'Redis being found again' })
    // What has failed may have been carried out later: that is why every write carries a key.
    t.ok((await append(store.client, ['k'], ['ten'])) >= 6)
  },
)

t.test('a Redis that hangs without closing its connections is noticed', async (t) => {
  await using redis = await testRedis(t)
  await using store = await openStore({ redisUrl: redis.url, dataDir: '', redisFsync: 'always', log: silent })
  process.kill(redis.pid, 'SIGSTOP')
  try {
    await t.rejects(append(store.client, ['k'], ['one']), { code: 'UNAVAILABLE' })
    await until(() => !store.available, { what: 'the hanging Redis being given up' })
  } finally {
    process.kill(redis.pid, 'SIGCONT')
  }
  await until(() => store.available, { what: 'Redis being found again' })
  t.ok((await append(store.client, ['k'], ['two'])) >= 3)
})

t.test('an embedded Redis that cannot start again is tried until it can, and the node lives on', async (t) => {
  const dataDir = await dataFolder(t)
  const told: string[] = []
  const log = pino({ level: 'error' }, { write: (line) => void told.push(line) })
  await using store = await openStore({ dataDir, redisFsync: 'always', log })
  await store.client.set('kept', 'yes')
  const files = join(dataDir, 'redis', 'appendonlydir')
  const manifest = join(files, (await readdir(files)).find((name) => name.endsWith('.manifest')) ?? '')
  const right = await readFile(manifest)
  await writeFile(manifest, 'this is no manifest\n')
  if (store.serverPid !== undefined) process.kill(store.serverPid, 'SIGKILL')
  await until(() => told.filter((line) => line.includes('starting it again')).length >= 3, { what: 'three attempts' })
  t.notOk(store.available)
  t.match(told.join(''), /manifest/, 'its own last words are in the log')
  await writeFile(manifest, right)
  await until(() => store.available, { what: 'the repaired Redis' })
  t.equal(await store.client.get('kept'), 'yes')
})

t.test('closing does not wait for a Redis that is away', async (t) => {
  await using redis = await testRedis(t)
  const store = await openStore({ redisUrl: redis.url, dataDir: '', redisFsync: 'always', log: silent })
  await redis.kill()
  await until(() => !store.available)
  const startedAt = performance.now()
  await store.close()
  // A command would be waited for for 2 s.
  t.ok(performance.now() - startedAt < 1_800)
})

t.test('on a cluster a script cannot touch keys of two slots', async (t) => {
  await using redis = await testRedis(t, { cluster: true })
  t.equal(await append(redis.client, ['vv:test:{a}:k'], ['one']), 3)
  const both = script<[string, string], [string], unknown>(new URL('append.lua', import.meta.url), (reply) => reply)
  await t.rejects(both(redis.client, ['vv:test:{a}:k', 'vv:test:{b}:k'], ['one']), { message: /CROSSSLOT|slot/ })
})
