/**
 * Erasure leaves no trace: words that occur nowhere else are left wherever the service keeps any, the person is erased, and
 * then the raw bytes of all files and logs are looked at.
 */
import { randomUUID } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { connectRedis, type RedisClient } from '../../src/store/redis.ts'
import { dataFolder } from '../faults/data-folder.ts'
import { testSmtp } from '../notices/smtp-server.ts'
import { freePort } from '../support/port.ts'
import { type NodeProcess, startProcess } from '../support/process.ts'
import { until } from '../support/until.ts'
import { agencyToken, apiOf, canaries, erased, fill, region } from './stage.ts'
import { traces, wordsIn } from './traces.ts'

t.setTimeout(240_000)
const words: string[] = Object.values(canaries)
const patience = { timeoutMs: 60_000 }

t.test('after an erasure none of their words is in any file, index or log, now or after a restart', async (t) => {
  const dataDir = await realpath(await dataFolder(t))
  await using smtp = await testSmtp(t)
  const lines: string[] = []
  const port = await freePort()
  const start = async (): Promise<NodeProcess> => {
    const node = await startProcess({
      ...{ VISAVIS_DATA_DIR: dataDir, VISAVIS_AGENCY_TOKEN: agencyToken, VISAVIS_LOG_LEVEL: 'trace' },
      ...{ VISAVIS_SMTP_URL: smtp.url, VISAVIS_MAIL_FROM: 'no-reply@example.org' },
      ...{ VISAVIS_PORT: String(port), VISAVIS_PUBLIC_URL: `http://127.0.0.1:${port}` },
      ...{ VISAVIS_REQUESTS_PER_SECOND: '1000', VISAVIS_ATTENDANCE_VERDICT_MS: '0' },
    })
    t.teardown(() => node.kill('SIGKILL'))
    return node
  }
  const stop = async (node: NodeProcess) => {
    await node.kill('SIGTERM')
    lines.push(...node.lines)
  }
  /** As Redis would write it without compression, which could hide a word. */
  const writeRaw = async () => {
    const redis = connectRedis(join(dataDir, 'redis', 'redis.sock'))
    await redis.config('SET', 'rdbcompression', 'no')
    await redis.bgrewriteaof()
    await until(async () => /aof_rewrite_in_progress:0/.test(await redis.info('persistence')), patience)
    return redis
  }

  let node = await start()
  let api = apiOf(node.url)
  await fill(api)
  const finds = async (person: string, query: string) => {
    await using client = await api.client(person)
    return await until(async () => {
      const found = await client.result('chat.search', { query })
      const { hits, complete } = found as { hits: unknown[]; complete: boolean }
      return complete && { count: hits.length }
    }, patience)
  }
  await until(async () => (await finds(erased, canaries.edited)).count === 1, patience)

  await t.test('before it the test sees all of them, each where it should be', async (t) => {
    const redis = await writeRaw()
    redis.disconnect()
    const found = await traces(dataDir, words)
    t.same(
      words.filter((word) => !found.some((trace) => trace.endsWith(`: ${word}`))),
      [],
    )
    const inPlace = (place: RegExp) => found.filter((trace) => place.test(trace)).map((trace) => trace.split(': ')[1])
    t.match(inPlace(/^attachments/), [canaries.fileText])
    t.ok(inPlace(/^search/).includes(canaries.text))
    const inRedis = inPlace(/^redis/)
    t.same(
      words.filter((word) => word !== canaries.fileText && !inRedis.includes(word)),
      [],
    )
  })
  await stop(node)
  node = await start()
  api = apiOf(node.url)

  const key = randomUUID()
  await using witness = await api.client(erased)
  const begun = await api.call('DELETE', `people/${erased}?key=${key}`)
  t.match(begun, { status: 202, body: { state: 'erasing' } })
  t.match(await witness.closed, { code: 4503 })
  const { id } = begun.body
  t.match(await api.call('DELETE', `people/${erased}?key=${key}`), { status: 202, body: { id } })
  const receipt = await until(async () => (await api.call('GET', `erasures/${id}`)).body.receipt, patience)
  t.match(receipt, {
    region,
    by: 'agency',
    log: 'rewritten',
    counts: { messages: 11, files: 2, notes: 1, callbacks: 2, appointments: 2, replies: 0 },
  })
  t.same(await traces(dataDir, words), [])
  // One that was on its way already may come after it.
  const receipts = smtp.mails.filter(({ subject }) => subject === 'Your data have been erased')
  t.match(receipts, [{ to: [canaries.email] }])
  t.equal(receipts.length, 1)
  await t.rejects(api.client(erased), 'nobody signs in as them')

  {
    const redis = await writeRaw()
    t.same(await traces(dataDir, words), [], 'nor where compression could have hidden it')
    const left = await keysWith(redis, erased)
    t.same(
      left.filter(({ ttl, key: name }) => ttl < 0 && !/^vv:audit:/.test(name)),
      [],
      'what has their id goes by itself, but for the audit log',
    )
    redis.disconnect()
  }
  const { body } = await api.call('POST', `erasures/${id}/receipt`, { key: 'collect-it-once' })
  t.match(body, { salt: /^[a-f0-9]{64}$/ })

  await stop(node)
  t.same(await traces(dataDir, words), [])
  node = await start()
  api = apiOf(node.url)
  t.equal((await finds('advisor-bruno', canaries.text)).count, 0)
  t.equal((await finds('jobseeker-2', 'somebody')).count, 1, 'nobody else has lost anything')
  t.match(await api.call('PUT', `people/${erased}`, { role: 'jobseeker', name: 'New', advisor: 'advisor-anne' }), {
    status: 200,
    body: { changed: true },
  })
  {
    await using fresh = await api.client(erased)
    t.match(await fresh.result('chat.history', { channel: erased }), { messages: [] })
    const first = { channel: erased, key: randomUUID(), text: 'a new beginning' }
    t.match(await fresh.result('chat.publish', first), { offset: 1 })
  }
  await stop(node)
  t.same(await traces(dataDir, words), [])
  t.same(wordsIn(Buffer.from(lines.join('\n')), words), [], 'no log has ever had one')
  t.ok(lines.length > 100)
})

/** Keys that name somebody, or hold what names them. */
async function keysWith(redis: RedisClient, id: string): Promise<{ key: string; ttl: number }[]> {
  await redis.config('SET', 'rdbcompression', 'no')
  const keys = await redis.keys('*')
  const found = await Promise.all(
    keys.map(async (key) => {
      const value = (await redis.dumpBuffer(key)) ?? Buffer.alloc(0)
      return key.includes(id) || value.includes(id) ? [{ key, ttl: await redis.pttl(key) }] : []
    }),
  )
  return found.flat()
}
