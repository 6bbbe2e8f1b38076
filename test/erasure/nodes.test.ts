/** Erasures on whole nodes: killed in the middle, on several nodes, of an advisor, and who may ask for one. */
import { randomUUID } from 'node:crypto'
import { realpath } from 'node:fs/promises'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { dataFolder } from '../faults/data-folder.ts'
import { testNode } from '../support/node.ts'
import { startProcess } from '../support/process.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { agencyToken, apiOf, canaries, erased, fill, region } from './stage.ts'
import { traces, wordsIn } from './traces.ts'

t.setTimeout(240_000)
const patience = { timeoutMs: 90_000 }
const words: string[] = Object.values(canaries)

async function processes(t: Test) {
  const redis = await testRedis(t)
  const attachments = await realpath(await dataFolder(t))
  const start = async () => {
    const dataDir = await realpath(await dataFolder(t))
    const node = await startProcess({
      ...{ REDIS_URL: redis.url, VISAVIS_DATA_DIR: dataDir, VISAVIS_ATTACHMENTS_DIR: attachments },
      ...{ VISAVIS_AGENCY_TOKEN: agencyToken, VISAVIS_REQUESTS_PER_SECOND: '1000' },
      VISAVIS_ATTENDANCE_VERDICT_MS: '0',
      VISAVIS_JWT_SECRET: 'the secret of this test, for all its nodes',
    })
    t.teardown(() => node.kill('SIGKILL'))
    return { ...node, dataDir, api: apiOf(node.url) }
  }
  return { redis, attachments, start }
}

t.test('a node that is killed in the middle leaves the rest to another, whose index forgets as well', async (t) => {
  const { redis, attachments, start } = await processes(t)
  const doomed = await start()
  const other = await start()
  await fill(doomed.api)
  await until(async () => (await traces(join(other.dataDir, 'search'), words)).length > 0, patience)
  const { body } = await doomed.api.call('DELETE', `people/${erased}?key=${randomUUID()}`)
  // Wherever it is by now.
  await doomed.kill('SIGKILL')
  const receipt = await until(async () => (await other.api.call('GET', `erasures/${body.id}`)).body.receipt, patience)
  t.match(receipt, { log: 'operator', counts: { messages: 11, files: 2, notes: 1, callbacks: 2 } })
  t.same(await traces(attachments, words), [])
  await until(async () => (await traces(other.dataDir, words)).length === 0, {
    ...patience,
    what: 'its index to forget',
  })
  // What this Redis has in its files is for whoever looks after it: as docs/operations.md says.
  await redis.client.config('SET', 'rdbcompression', 'no')
  await redis.client.bgrewriteaof()
  await until(async () => /aof_rewrite_in_progress:0/.test(await redis.client.info('persistence')), patience)
  t.same(await traces(redis.dir, words), [])
  const late = await start()
  t.same(await traces(late.dataDir, words), [])
})

t.test('of an advisor the messages stay, and the name is nowhere any more', async (t) => {
  const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
  const api = apiOf(node.url)
  const [name, title, text] = ['Kanarien Beraterin', 'kanarientitelzeile', 'kanarienvorlage']
  const person = 'advisor-canary'
  await api.call('PUT', `people/${person}`, { role: 'advisor', name, team: 'rennes' })
  await api.call('POST', 'people/jobseeker-1/transfer', { to: person, key: randomUUID() })
  {
    await using advisor = await api.client(person)
    await advisor.result('reply.put', { id: randomUUID(), scope: 'own', title, text })
    const message = { channel: 'jobseeker-1', key: randomUUID(), text: 'of service, so it stays' }
    await advisor.result('chat.publish', message)
  }
  await using jobseeker = await api.client('jobseeker-1')
  type History = { messages: { from: string; text: string; system?: { person: { id: string; name: string } } }[] }
  const history = async () => (await jobseeker.result('chat.history', { channel: 'jobseeker-1' })) as History
  await until(async () => (await history()).messages.some(({ system }) => system?.person.name === name))
  t.ok((await traces(node.dataDir, [name, title, text])).length > 2, 'the test can see them')
  t.match(await api.call('DELETE', `people/${person}?key=${randomUUID()}`), { status: 409 })

  await api.call('POST', 'people/jobseeker-1/transfer', { to: 'advisor-bruno', key: randomUUID() })
  const { body } = await api.call('DELETE', `people/${person}?key=${randomUUID()}`)
  const receipt = await until(async () => (await api.call('GET', `erasures/${body.id}`)).body.receipt, patience)
  t.match(receipt, { counts: { messages: 0, replies: 1 } })
  t.same(await traces(node.dataDir, [name, title, text]), [])
  const { messages } = await history()
  t.ok(messages.some(({ from, text: said }) => from === person && said.startsWith('of service')))
  t.ok(messages.some(({ system }) => system?.person.id === person && system.person.name === person))
  t.notOk(wordsIn(Buffer.from(JSON.stringify(messages)), [name]).length)
})

t.test('only whoever keeps a person erases them, and sees what came of it', async (t) => {
  const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
  const api = apiOf(node.url)
  const as = async (person: string, method: string, path: string) => {
    const response = await fetch(`${node.url}/api/regions/${region}/${path}`, {
      method,
      headers: { authorization: `Bearer ${await api.token(person)}` },
    })
    return response.status
  }
  const path = (person: string) => `people/${person}?key=${randomUUID()}`
  for (const person of ['jobseeker-1', 'advisor-anne', 'operator-denis'])
    t.equal(await as(person, 'DELETE', path('jobseeker-1')), 403, person)
  await api.call('PUT', 'people/far', { role: 'jobseeker', name: 'Far', team: 'brest' })
  t.equal(await as('supervisor-claire', 'DELETE', path('far')), 404, 'of another team')
  t.equal(await as('supervisor-claire', 'DELETE', path('nobody')), 404)
  t.equal((await api.call('DELETE', 'people/far')).status, 400, 'without a key')
  t.equal(await as('supervisor-claire', 'DELETE', path('jobseeker-1')), 202)
  const { body } = await api.call('DELETE', path('far'))
  t.equal(await as('supervisor-claire', 'GET', `erasures/${body.id}`), 404, 'it was not hers')
  const audit = await fetch(`${node.url}/api/regions/${region}/audit`, {
    headers: { authorization: `Bearer ${agencyToken}` },
  })
  t.match(await audit.text(), '"act":"DELETE /api/regions/:region/people/:id","subject":{"kind":"person","id":"far"}')
})
