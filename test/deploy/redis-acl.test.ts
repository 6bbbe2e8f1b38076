/** The Redis user of deploy/redis/visavis.acl may do what a node needs, and nothing by which whoever holds its password gets further. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import t from 'tap'
import { connectRedis } from '../../src/store/redis.ts'
import { agencyToken, apiOf, erased, fill } from '../erasure/stage.ts'
import { testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

t.setTimeout(240_000)

const lines = (await readFile(new URL('../../deploy/redis/visavis.acl', import.meta.url), 'utf8')).trim().split('\n')
const rules = lines.find((line) => line.startsWith('user visavis '))?.split(' ') ?? []
const password = rules.find((rule) => rule.startsWith('>'))?.slice(1) ?? ''

t.test('a node does all it does as that user, in cluster mode, and Redis refuses none of it', async (t) => {
  t.match(lines[0], /^user default off$/, 'nobody comes in without a name')
  // Refuses scripts and commands whose keys lie in several slots, and keys that a script has not declared.
  await using redis = await testRedis(t, { cluster: true })
  const admin = (...command: string[]) => redis.client.call(...(command as [string, ...string[]]))
  await admin('ACL', 'SETUSER', ...rules.slice(1))
  await admin('CONFIG', 'RESETSTAT')
  const address = redis.url.replace('redis://', `redis://visavis:${password}@`)
  const node = await testNode(t, {
    REDIS_URL: address,
    VISAVIS_AGENCY_TOKEN: agencyToken,
    VISAVIS_ATTENDANCE_VERDICT_MS: '0',
    VISAVIS_REQUESTS_PER_SECOND: '1000',
  })
  const api = apiOf(node.url)
  await fill(api)
  const begun = await api.call('DELETE', `people/${erased}?key=${randomUUID()}`)
  t.match(begun, { status: 202 })
  await until(async () => (await api.call('GET', `erasures/${begun.body.id}`)).body.receipt, {
    what: 'the end of an erasure',
    timeoutMs: 120_000,
  })
  t.match(await (await fetch(`${node.url}/readyz`)).json(), { parts: { durability: 'every-write' } })
  t.same(await admin('ACL', 'LOG'), [], 'nothing was refused')
  t.same(await failures(admin), [], 'nor did any command or script fail otherwise')
  await t.rejects(admin('MSET', 'a', '1', 'b', '2'), /CROSSSLOT/)
  t.match(await failures(admin), [/^cmdstat_mset/], 'a failure would be seen')

  const user = connectRedis(address)
  t.teardown(() => user.disconnect())
  await admin('SET', 'other:secret', 'x')
  for (const command of [
    ['CONFIG', 'SET', 'dir', '/tmp'],
    ['KEYS', '*'],
    ['FLUSHALL'],
    ['GET', 'other:secret'],
    ['PUBLISH', 'other:channel', 'x'],
    ['ACL', 'SETUSER', 'more', 'on'],
    ['MODULE', 'LIST'],
    ['REPLICAOF', 'evil.example', '6379'],
    ['SHUTDOWN', 'NOSAVE'],
  ] as [string, ...string[]][]) {
    await t.rejects(user.call(...command), /NOPERM/, command.join(' '))
  }
})

/** The commands that Redis has answered with an error. That it does not know a script yet is none: it is sent then. */
async function failures(admin: (...command: string[]) => Promise<unknown>): Promise<string[]> {
  const commands = String(await admin('INFO', 'commandstats')).matchAll(
    /^cmdstat_(\S+):.*,rejected_calls=(\d+),failed_calls=(\d+)/gm,
  )
  const unknown = Number(/^errorstat_NOSCRIPT:count=(\d+)/m.exec(String(await admin('INFO', 'errorstats')))?.[1] ?? 0)
  return [...commands].flatMap(([line, name, rejected, failed]) =>
    Number(rejected) + Number(failed) > (name === 'evalsha' ? unknown : 0) ? [line] : [],
  )
}
