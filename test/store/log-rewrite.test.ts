/** What was removed is in no file of the embedded Redis, once they are rewritten: the bytes are looked at. */
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { openStore } from '../../src/store/store.ts'
import { traces } from '../erasure/traces.ts'
import { dataFolder } from '../faults/data-folder.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })
const canary = 'kanarienvogel-log'

async function open(t: Test) {
  const dataDir = await dataFolder(t)
  const store = await openStore({ dataDir, redisFsync: 'always', redisServer: process.env.VISAVIS_REDIS_SERVER, log })
  t.teardown(() => store.close())
  const { client, rewriteLog } = store
  if (rewriteLog === undefined) throw new Error('the Redis of this store is not its own')
  return { dataDir, client, rewriteLog, found: () => traces(dataDir, [canary]) }
}

t.test('of a key that was deleted, bytes are left until then and none after', async (t) => {
  const { client, rewriteLog, found } = await open(t)
  await client.set('kept', 'yes')
  await client.set('gone', canary)
  await client.unlink('gone')
  t.equal((await found()).length, 1, 'the test can see it')
  await rewriteLog()
  t.same(await found(), [])
  t.equal(await client.get('kept'), 'yes')
})

t.test('several at once share a rewrite that begins after the last of them has asked', async (t) => {
  const { client, rewriteLog, found } = await open(t)
  const rewrites = async () => Number(/aof_rewrites:(\d+)/.exec(await client.info('persistence'))?.[1])
  const before = await rewrites()
  await client.set('gone', canary)
  const first = rewriteLog()
  await client.unlink('gone')
  await Promise.all([first, ...Array.from({ length: 20 }, () => rewriteLog())])
  t.same(await found(), [])
  t.equal((await rewrites()) - before, 2)
})

t.test('one that Redis has begun by itself is waited for', async (t) => {
  const { client, rewriteLog, found } = await open(t)
  await client.set('gone', canary)
  for (let n = 0; n < 200; n++) await client.set(`filler-${n}`, 'x'.repeat(20_000))
  await client.config('SET', 'rdb-key-save-delay', '2000')
  await client.bgrewriteaof()
  await client.unlink('gone')
  await client.config('SET', 'rdb-key-save-delay', '0')
  await rewriteLog()
  t.same(await found(), [])
})

t.test('a snapshot that somebody has made by hand, and what a killed Redis has left, go as well', async (t) => {
  const { dataDir, client, rewriteLog, found } = await open(t)
  await client.config('SET', 'rdbcompression', 'no')
  await client.set('gone', canary)
  await client.save()
  await client.unlink('gone')
  await writeFile(join(dataDir, 'redis', 'temp-rewriteaof-bg-1.aof'), canary)
  await writeFile(join(dataDir, 'redis', 'appendonlydir', 'temp-1.aof'), canary)
  t.equal((await found()).length, 4)
  await rewriteLog()
  t.same(await found(), [])
})

t.test('a rewrite that fails is said to have failed, and the next one does it', async (t) => {
  const { client, rewriteLog, found } = await open(t)
  await client.set('gone', canary)
  await client.unlink('gone')
  // The delay is one per key: without a key the child is done before it can be killed.
  await client.set('kept', 'yes')
  const server = Number(/process_id:(\d+)/.exec(await client.info('server'))?.[1])
  await client.config('SET', 'rdb-key-save-delay', '2000000')
  const failed = t.rejects(rewriteLog())
  const child = await childOf(server)
  process.kill(child, 'SIGKILL')
  await failed
  await client.config('SET', 'rdb-key-save-delay', '0')
  await rewriteLog()
  t.same(await found(), [])
})

async function childOf(parent: number): Promise<number> {
  return until(async () => {
    const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8')
    return Number(children.trim().split(' ')[0]) || undefined
  })
}
