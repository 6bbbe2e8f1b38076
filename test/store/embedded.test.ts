import { appendFile, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { redisServersIn } from '../../src/store/orphans.ts'
import { openStore, type StoreOptions } from '../../src/store/store.ts'
import { startProcess } from '../support/process.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })

async function folder(t: Test): Promise<string> {
  const dataDir = await mkdtemp(join(tmpdir(), 'visavis-store-'))
  t.teardown(() => rm(dataDir, { recursive: true, force: true, maxRetries: 5 }))
  return dataDir
}

const open = (dataDir: string, more: Partial<StoreOptions> = {}) =>
  openStore({ dataDir, redisFsync: 'always', redisServer: process.env.VISAVIS_REDIS_SERVER, log, ...more })

t.test('what was written is there after a stop and a start, and no server is left in between', async (t) => {
  const dataDir = await folder(t)
  const first = await open(dataDir)
  t.match(await first.durability(), { appendonly: true, appendfsync: 'always', promise: 'every-write' })
  await first.client.set('kept', 'yes')
  await first.close()
  await first.close()
  t.same(await redisServersIn(join(dataDir, 'redis')), [])
  await using second = await open(dataDir)
  t.equal(await second.client.get('kept'), 'yes')
})

t.test('its file is not rewritten every few seconds under load', async (t) => {
  await using store = await open(await folder(t))
  const least = 'auto-aof-rewrite-min-size'
  t.match(await store.client.config('GET', least), [least, String(256 * 1024 * 1024)])
})

t.test('nobody else can reach it: no TCP port, a folder and a socket for the owner alone', async (t) => {
  const dataDir = await folder(t)
  await using store = await open(dataDir)
  t.match(await store.client.config('GET', 'port'), ['port', '0'])
  t.equal((await stat(join(dataDir, 'redis'))).mode & 0o777, 0o700)
  t.equal((await stat(store.target)).mode & 0o777, 0o700)
})

t.test('a server killed with -9 is started again by itself, with its data', async (t) => {
  await using store = await open(await folder(t))
  await store.client.set('kept', 'yes')
  const { serverPid } = store
  if (serverPid === undefined) throw new Error('there is no server')
  process.kill(serverPid, 'SIGKILL')
  await until(() => store.serverPid !== undefined && store.serverPid !== serverPid && store.available, {
    what: 'another server',
  })
  t.equal(await store.client.get('kept'), 'yes')
})

t.test(
  'a command that waits through an outage is carried out, and one that waits too long fails as UNAVAILABLE',
  async (t) => {
    await using store = await open(await folder(t))
    const { serverPid } = store
    if (serverPid === undefined) throw new Error('there is no server')
    process.kill(serverPid, 'SIGKILL')
    t.equal(await store.client.set('during', 'the outage'), 'OK')
    const stopped = store.serverPid ?? (await until(() => store.serverPid))
    process.kill(stopped, 'SIGSTOP')
    try {
      await t.rejects(store.client.get('during'), /timed out/)
    } finally {
      process.kill(stopped, 'SIGCONT')
    }
  },
)

t.test('two nodes never have one data folder: the second is refused with one sentence', async (t) => {
  const dataDir = await folder(t)
  await using store = await open(dataDir)
  await t.rejects(open(dataDir), /the data folder .+ is in use by another node \(process \d+ on .+\)/)
  t.equal(await store.client.ping(), 'PONG', 'the first is undisturbed')
  t.equal((await redisServersIn(join(dataDir, 'redis'))).length, 1)
})

t.test('the server of a node that was killed with -9 is ended by the next start, and its data kept', async (t) => {
  const dataDir = await folder(t)
  const node = await startProcess({ VISAVIS_DATA_DIR: dataDir })
  const [orphan] = await redisServersIn(join(dataDir, 'redis'))
  await node.kill('SIGKILL')
  t.same(await redisServersIn(join(dataDir, 'redis')), [orphan], 'it outlives its node')
  await using store = await open(dataDir)
  const servers = await redisServersIn(join(dataDir, 'redis'))
  t.equal(servers.length, 1)
  t.not(servers[0], orphan)
  t.ok((await store.client.dbsize()) > 0, 'the sample people are still there')
})

t.test('a torn end of the append-only file, as a power cut leaves it, is no obstacle', async (t) => {
  const dataDir = await folder(t)
  const first = await open(dataDir)
  await first.client.set('kept', 'yes')
  await first.close()
  const files = join(dataDir, 'redis', 'appendonlydir')
  const [incremental] = (await readdir(files)).filter((name) => name.endsWith('.incr.aof'))
  await appendFile(join(files, incremental ?? ''), '*3\r\n$3\r\nSET\r\n$4\r\nto')
  await using second = await open(dataDir)
  t.equal(await second.client.get('kept'), 'yes')
})

t.test('data that Redis refuses stops the start with Redis’ own words, and leaves nothing running', async (t) => {
  const dataDir = await folder(t)
  const first = await open(dataDir)
  await first.close()
  const files = join(dataDir, 'redis', 'appendonlydir')
  const [incremental] = (await readdir(files)).filter((name) => name.endsWith('.incr.aof'))
  await writeFile(join(files, incremental ?? ''), 'this is no append-only file\r\n*1\r\n')
  await t.rejects(open(dataDir), /the embedded Redis could not start: [\s\S]*append only file/i)
  t.same(await redisServersIn(join(dataDir, 'redis')), [])
})

t.test('a data folder with a path too long for a socket works all the same', async (t) => {
  const dataDir = join(await folder(t), 'long'.repeat(20), 'folder'.repeat(10))
  await using store = await open(dataDir)
  t.equal(await store.client.ping(), 'PONG')
  t.notOk(store.target.startsWith(dataDir))
})

t.test('a program that is not there or no Redis is named in the error', async (t) => {
  await t.rejects(open(await folder(t), { redisServer: '/nonexistent/redis-server' }), /\/nonexistent\/redis-server/)
  await t.rejects(open(await folder(t), { redisServer: '/bin/true' }), /\/bin\/true/)
})
