import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { inspect } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { outageAware, translateRedisError } from '../../src/store/errors.ts'
import { key, shardTag, shardTags } from '../../src/store/key.ts'
import { script } from '../../src/store/script.ts'
import { testRedis } from '../support/redis.ts'

const folder = await mkdtemp(join(tmpdir(), 'visavis-script-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))

async function scriptOf(name: string, lua: string) {
  const file = join(folder, `${name}.lua`)
  await writeFile(file, lua)
  return script<[key: string], [text: string], unknown>(pathToFileURL(file), (reply) => reply)
}

t.test('a script runs, and again after Redis has forgotten it', async (t) => {
  await using redis = await testRedis(t)
  const append = await scriptOf('append', "#!lua\nreturn redis.call('APPEND', KEYS[1], ARGV[1])")
  t.equal(await append(redis.client, ['k'], ['one']), 3)
  await redis.client.script('FLUSH')
  t.equal(await append(redis.client, ['k'], ['two']), 6)
  await redis.kill()
  await redis.restart()
  t.equal(await append(redis.client, ['k'], ['six']), 9)
})

t.test('a mistake in a script is not taken for an outage', async (t) => {
  await using redis = await testRedis(t)
  const broken = await scriptOf('broken', "#!lua\nreturn redis.call('INCR', KEYS[1])")
  await redis.client.set('k', 'text')
  await t.rejects(broken(redis.client, ['k'], ['']), { name: 'ReplyError' })
})

t.test('an error of Redis never has what was to be stored, so that no log can', async (t) => {
  await using redis = await testRedis(t)
  await redis.client.set('k', 'text')
  const broken = await scriptOf('confided', "#!lua\nreturn redis.call('LPUSH', KEYS[1], ARGV[1])")
  for (const failing of [
    () => broken(redis.client, ['k'], ['confided']),
    () => outageAware(redis.client.lpush('k', 'confided')),
  ]) {
    const error = await failing().catch((reason: unknown) => reason)
    t.match(error, { name: 'ReplyError', message: /WRONGTYPE/ })
    t.notMatch(inspect(error, { depth: 10, showHidden: true }), 'confided')
  }
})

t.test('replies that say "not now" become UNAVAILABLE and keep their cause', async (t) => {
  for (const reply of [
    'LOADING Redis is loading',
    'READONLY You can’t write',
    'OOM command not allowed',
    'MISCONF Errors writing to the AOF',
    'CLUSTERDOWN The cluster is down',
  ]) {
    const error = Object.assign(new Error(reply), { name: 'ReplyError' })
    t.match(translateRedisError(error), { code: 'UNAVAILABLE', retryable: true, cause: error })
  }
  const mistake = Object.assign(new Error('WRONGTYPE Operation'), { name: 'ReplyError' })
  t.equal(translateRedisError(mistake), mistake)
  t.equal(translateRedisError('text'), 'text')
})

t.test('keys are spelt in one way', async (t) => {
  t.equal(key('chat', 's3', 'jobseeker-1', 'messages'), 'vv:chat:{s3}:jobseeker-1:messages')
})

t.test('every id has one of the tags, and they are evenly used', async (t) => {
  const tags = shardTags(16)
  t.equal(new Set(tags).size, 16)
  fc.assert(fc.property(fc.string(), (id) => tags.includes(shardTag(id, 16))))
  const counts = Map.groupBy(
    Array.from({ length: 10_000 }, (_, n) => shardTag(`jobseeker-${n}`, 16)),
    (tag) => tag,
  )
  for (const [tag, ids] of counts) t.ok(ids.length > 400 && ids.length < 900, `${tag}: ${ids.length} of 10,000`)
})
