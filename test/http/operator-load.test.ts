/** What operators are told by any node, and nobody else. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { connect } from '../../client/index.ts'
import { Operation } from '../../client/operation.ts'
import { certificateFormat, signCertificate } from '../../src/capacity/certificate.ts'
import { testNode } from '../support/node.ts'
import { freePort } from '../support/port.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const dayMs = 86_400_000
/** Of the sample people: those with an advisor. */
const certificateOf = (low: number) =>
  signCertificate(
    {
      ...{ format: certificateFormat, region: 'bretagne', issuedAt: Date.now() - 1_000, verdict: 'LAUNCH' },
      expiresAt: Date.now() + 30 * dayMs,
      capacity: { value: low + 1, low, high: low + 2, atLeast: false },
      limit: { resource: 'worker CPU', share: 0.9 },
      inputs: { nodes: ['http://one', 'http://two'], objectives: { eventLoopP99Ms: 5_000, cpuShare: 0.9 } },
      demand: { sockets: 1, concurrentRooms: 10, messagesPerSecond: 5 },
      results: { factor: { low: 1 } },
    },
    privateKey,
  )

async function keysFile(t: Test): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'vv-keys-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const file = join(folder, 'keys.json')
  await writeFile(file, JSON.stringify({ keys: [certificateOf(1).key] }))
  return file
}

const operationOf = (node: { readonly url: string; token(person: string): Promise<string> }) =>
  new Operation({ url: node.url, token: () => node.token('operator-denis') })

t.test('operators alone are told', async (t) => {
  const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: 'agency'.repeat(8) })
  const url = `${node.url}/api/operator/load`
  const as = async (token: string) => (await fetch(url, { headers: { authorization: `Bearer ${token}` } })).status
  t.equal((await fetch(url)).status, 401)
  t.equal(await as('nonsense'), 401)
  for (const person of ['jobseeker-1', 'advisor-anne', 'supervisor-claire'])
    t.equal(await as(await node.token(person)), 403, person)
  t.not(await as('agency'.repeat(8)), 200, 'the agency’s systems enrol, they do not operate')
  const answer = await fetch(url, { headers: { authorization: `Bearer ${await node.token('operator-denis')}` } })
  t.equal(answer.status, 200)
  t.equal(answer.headers.get('cache-control'), 'no-store')
  // A page that is open asks every five seconds, and the record is of what concerns people.
  await as(await node.token('jobseeker-2'))
  const onRecord = async () => {
    const record = await fetch(`${node.url}/api/regions/bretagne/audit`, {
      headers: { authorization: `Bearer ${'agency'.repeat(8)}` },
    })
    const lines = (await record.text()).trim().split('\n')
    const entries = lines.map((line) => (JSON.parse(line) as { entry?: { act: string; outcome: string } }).entry)
    return entries.filter((entry) => entry?.act === 'GET /api/operator/load')
  }
  await until(async () => (await onRecord()).length === 4, { what: 'those who were refused, the last one too' })
  t.ok((await onRecord()).every((entry) => entry?.outcome === 'FORBIDDEN'))
})

t.test('who is here, who is enrolled, and what a certificate says of it', async (t) => {
  const node = await testNode(t, { VISAVIS_CAPACITY_KEYS: await keysFile(t) })
  const operation = operationOf(node)
  const bretagne = async () => (await operation.load()).regions.find(({ region }) => region === 'bretagne')
  // The sample people come while the node starts.
  const enrolled = await until(async () => (await bretagne())?.enrolled || undefined, {
    what: 'people',
    timeoutMs: 60_000,
  })
  const ofBretagne = async () => (await operation.load()).warnings.filter(({ region }) => region === 'bretagne')
  t.match(await ofBretagne(), [{ of: 'uncertified', is: 'near', value: enrolled }])

  const jeanne = connect({ url: node.url, token: () => node.token('jobseeker-1') })
  t.teardown(() => jeanne.close())
  await jeanne.opened
  const certificate = certificateOf(enrolled)
  const handed = await fetch(`${node.url}/api/regions/bretagne/capacity/certificate`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await node.token('operator-denis')}`, 'content-type': 'application/json' },
    body: JSON.stringify(certificate),
  })
  t.equal(handed.status, 200, await handed.text())
  const region = await until(
    async () => {
      const found = await bretagne()
      return found?.certificate !== undefined && found.sockets === 1 && found
    },
    { what: 'the certificate and the session', timeoutMs: 60_000 },
  )
  t.match(region, {
    ...{ name: 'Bretagne', status: 'open', enrolled, callbacksWaiting: 0 },
    cap: { capacity: enrolled, certificate: certificate.id, setBy: 'operator-denis' },
    certificate: {
      low: enrolled,
      high: enrolled + 2,
      limit: 'worker CPU',
      nodes: 2,
      carried: { sockets: 1, rooms: 10 },
    },
  })
  t.match((await operation.load()).objectives, { eventLoopP99Ms: 5_000, cpuShare: 0.9 })
  const told = (await ofBretagne()).map(({ of, is }) => `${of} ${is}`)
  t.strictSame(told, ['places reached', 'sockets reached', 'nodes reached'])

  const metrics = await (await fetch(`${node.url}/metrics`)).text()
  t.match(metrics, new RegExp(`visavis_region_enrolled\\{region="bretagne",node="[^"]+"\\} ${enrolled}\n`))
  t.match(metrics, new RegExp(`visavis_region_capacity\\{region="bretagne",node="[^"]+"\\} ${enrolled}\n`))

  // Set by hand since: what was measured says nothing of it.
  const byHand = await fetch(`${node.url}/api/regions/bretagne/scheme/capacity`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await node.token('operator-denis')}`, 'content-type': 'application/json' },
    body: JSON.stringify({ capacity: 500, certificate: 'a decision', expiresAt: Date.now() + dayMs }),
  })
  t.equal(byHand.status, 200)
  const other = await until(
    async () => {
      const found = await bretagne()
      return found?.cap?.capacity === 500 && found
    },
    { what: 'the other limit', timeoutMs: 60_000 },
  )
  t.notOk('certificate' in other)
})

t.test(
  'messages and rooms are counted by region, and the same answer serves all who ask within a second',
  async (t) => {
    const node = await testNode(t)
    const operation = operationOf(node)
    const jeanne = connect({ url: node.url, token: () => node.token('jobseeker-1') })
    t.teardown(() => jeanne.close())
    await jeanne.opened
    const channel = jeanne.chat.channel('jobseeker-1')
    const writing = setInterval(() => void channel.send('Bonjour').catch(() => {}), 100)
    t.teardown(() => clearInterval(writing))
    await until(
      async () => {
        const { regions } = await operation.load()
        return regions.some(({ region, messagesPerSecond }) => region === 'bretagne' && messagesPerSecond > 0)
      },
      { what: 'messages', timeoutMs: 60_000, everyMs: 200 },
    )
    clearInterval(writing)
    const answers = await Promise.all(Array.from({ length: 20 }, () => operation.load()))
    // They may straddle the end of one second; what costs anything is that each would be made anew.
    t.ok(new Set(answers.map(({ at }) => at)).size < answers.length)
  },
)

t.test('each node tells of the others, and without Redis of what it still knows', async (t) => {
  const redis = await testRedis(t)
  const start = async (name: string) => {
    const port = String(await freePort())
    return testNode(t, {
      ...{ REDIS_URL: redis.url, VISAVIS_NODE_NAME: name, VISAVIS_PORT: port },
      ...{ VISAVIS_NODE_URL: `http://127.0.0.1:${port}`, VISAVIS_JWT_SECRET: 'the secret of this test, for all nodes' },
      VISAVIS_NODE_ORIGINS: 'ws://127.0.0.1:*',
    })
  }
  const [one, two] = [await start('one'), await start('two')]
  const operation = operationOf(one)
  const [first, second] = await until(
    async () => {
      const { nodes } = await operation.load()
      return nodes.length === 2 && nodes.every(({ load }) => load !== undefined) && nodes
    },
    { what: 'both nodes', timeoutMs: 60_000 },
  )
  t.match(
    [first, second],
    [
      { name: 'one', draining: false, silent: false, load: { workers: 1 } },
      { name: 'two', draining: false, silent: false, load: { workers: 1 } },
    ],
  )
  await operation.drain('two', true)
  await until(async () => (await operation.load()).nodes[1]?.draining, { what: 'the other one drained' })
  await operation.drain('two', false)
  t.ok(two.app.readiness().parts.node)

  const token = await one.token('operator-denis')
  await redis.kill()
  const away = new Operation({ url: one.url, token: async () => token })
  const load = await until(
    async () => {
      const found = await away.load()
      return !found.redis.available && found.regions.every(({ enrolled }) => enrolled === undefined) && found
    },
    { what: 'the outage', timeoutMs: 60_000 },
  )
  t.match(load.warnings[0], { of: 'redis', is: 'reached' })
  t.strictSame(load.redis, { available: false })
  // Nodes that end while it is away wait for it.
  await redis.restart()
})
