/** Search over the socket of a whole node: who finds what, and what is on record of it. */
import { randomUUID } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import t from 'tap'
import { connect } from '../../client/index.ts'
import { Search } from '../../client/search.ts'
import type { ResultOf } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

type Found = ResultOf<'chat.search'>

const agencyToken = 'agency'.repeat(8)
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken, VISAVIS_REQUEST_BURST: '100000' })
const signIn = async (person: string): Promise<RawClient> => {
  const client = await rawClient(node.url, await node.token(person))
  t.teardown(() => client[Symbol.asyncDispose]())
  return client
}
const jeanne = await signIn('jobseeker-1')
const anne = await signIn('advisor-anne')
const bruno = await signIn('advisor-bruno')
const publish = (client: RawClient, channel: string, text: string) =>
  client.result('chat.publish', { channel, key: randomUUID(), text })
/** When the index has caught up. */
const search = (client: RawClient, query: string, params: object = {}) =>
  until(
    async () => {
      const found = (await client.result('chat.search', { query, ...params })) as Found
      return found.complete && found
    },
    { what: `a complete answer to "${query}"` },
  )
/** An answer is complete as far as the node has heard: a message just sent may not have come to it yet. */
const untilFound = (client: RawClient, query: string, count: number) =>
  until(
    async () => {
      const found = await search(client, query)
      return found.hits.length === count && found
    },
    { what: `${count} messages with "${query}"` },
  )
const textsOf = ({ hits }: Found) => hits.map(({ snippet }) => snippet.map(({ text }) => text).join(''))

const mehdi = await signIn('jobseeker-4')
await publish(jeanne, 'jobseeker-1', 'Bonjour, où en est mon dossier de formation ?')
await publish(anne, 'jobseeker-1', 'Votre dossier est complet.')
await publish(mehdi, 'jobseeker-4', 'Mon dossier aussi ?')
await publish(anne, 'jobseeker-2', 'Le dossier de Paul')
await untilFound(anne, 'dossier', 3)
await untilFound(bruno, 'dossier', 1)

t.test('a jobseeker finds what is in their own channel, and nothing else', async (t) => {
  t.same(textsOf(await search(jeanne, 'dossier')), [
    'Votre dossier est complet.',
    'Bonjour, où en est mon dossier de formation ?',
  ])
  t.same(await search(jeanne, 'dossier', { channel: 'jobseeker-1' }), await search(jeanne, 'dossier'))
  for (const channel of ['jobseeker-2', 'jobseeker-4', 'nobody']) {
    await t.rejects(jeanne.result('chat.search', { query: 'dossier', channel }), { code: 'FORBIDDEN' }, channel)
  }
})

t.test('an advisor finds what is in the channels of their portfolio, or in one of them', async (t) => {
  t.equal((await search(anne, 'dossier')).hits.length, 3)
  t.same(textsOf(await search(anne, 'dossier', { channel: 'jobseeker-2' })), ['Le dossier de Paul'])
  t.same(textsOf(await search(bruno, 'dossier')), ['Mon dossier aussi ?'])
  await t.rejects(bruno.result('chat.search', { query: 'dossier', channel: 'jobseeker-1' }), { code: 'FORBIDDEN' })
})

t.test('a hit has its place in the channel, and pages follow each other', async (t) => {
  const [first] = (await search(anne, 'complet')).hits
  t.match(first, { space: 'channel', channel: 'jobseeker-1', offset: 2, from: 'advisor-anne' })
  const page = await search(anne, 'dossier', { limit: 2 })
  t.equal(page.hits.length, 2)
  const rest = await search(anne, 'dossier', { limit: 2, before: page.next })
  t.equal(rest.hits.length, 1)
  t.equal(rest.next, undefined)
})

t.test('an edited message is found by its new words, a deleted one no more', async (t) => {
  await publish(anne, 'jobseeker-3', 'un brouillon')
  await publish(anne, 'jobseeker-3', 'un oubli')
  await untilFound(anne, 'un', 2)
  const change = { channel: 'jobseeker-3', key: randomUUID() }
  await anne.result('chat.edit', { ...change, offset: 1, text: 'une version' })
  await anne.result('chat.delete', { ...change, key: randomUUID(), offset: 2 })
  await untilFound(anne, 'version', 1)
  await untilFound(anne, 'oubli', 0)
  t.same((await search(anne, 'brouillon')).hits, [])
})

t.test('notes are found by the advisor’s side, as they stand, and by nobody else', async (t) => {
  const [jobseeker, id] = ['jobseeker-1', randomUUID()]
  let sent = ''
  jeanne.socket.on('message', (data) => {
    sent += String(data)
  })
  const add = async (client: RawClient, text: string, note: string = randomUUID(), about = jobseeker) =>
    ((await client.result('note.add', { jobseeker: about, id: note, text })) as { note: { at: number } }).note
  const note = await add(anne, 'Une réserve : kumquat', id)
  await add(bruno, 'Le kumquat de Mehdi', randomUUID(), 'jobseeker-4')
  await publish(jeanne, jobseeker, 'kumquat, écrit par moi')
  const { hits } = await untilFound(anne, 'kumquat', 2)
  t.same(
    new Set(hits.map(({ space, channel }) => `${space} ${channel}`)),
    new Set([`notes ${jobseeker}`, `channel ${jobseeker}`]),
  )
  t.match(
    hits.find(({ space }) => space === 'notes'),
    { offset: 1, at: note.at, from: 'advisor-anne' },
  )
  t.match((await untilFound(bruno, 'kumquat', 1)).hits, [{ space: 'notes', channel: 'jobseeker-4' }])
  for (const params of [{}, { channel: jobseeker }]) {
    const found = await search(jeanne, 'kumquat', params)
    t.match(found.hits, [{ space: 'channel' }])
    t.equal(found.hits.length, 1)
  }
  t.same((await search(jeanne, 'réserve')).hits, [])
  t.match(sent, 'écrit par moi')
  t.notMatch(sent, /réserve|"notes"/, 'nothing of it was sent to the jobseeker')

  await anne.result('note.edit', { jobseeker, id, text: 'Une réserve : bergamote' })
  await untilFound(anne, 'bergamote', 1)
  t.match((await search(anne, 'kumquat')).hits, [{ space: 'channel' }])
  await anne.result('note.remove', { jobseeker, id })
  await untilFound(anne, 'bergamote', 0)
  await add(anne, 'bergamote, la deuxième')
  t.match((await untilFound(anne, 'bergamote', 1)).hits, [{ space: 'notes', offset: 2 }])
})

t.test('what the schema does not allow is refused', async (t) => {
  for (const params of [
    {},
    { query: '' },
    { query: 'x'.repeat(201) },
    { query: 'x', before: 'y' },
    { query: 'x', limit: 51 },
  ]) {
    await t.rejects(anne.result('chat.search', params), { code: 'BAD_REQUEST' }, JSON.stringify(params))
  }
  await t.rejects(anne.result('chat.search', { query: 'x', before: 'zzzzzzzzzzz.1' }), { code: 'BAD_REQUEST' })
})

t.test('that somebody searched is on record, and not for what', async (t) => {
  await anne.result('chat.search', { query: 'motprive', channel: 'jobseeker-1' })
  const log = await until(
    async () => {
      const headers = { authorization: `Bearer ${agencyToken}` }
      const text = await (await fetch(`${node.url}/api/regions/bretagne/audit`, { headers })).text()
      const entries = text.split('\n').filter((line) => line.includes('chat.search'))
      return entries.some((line) => line.includes('"jobseeker-1"') && line.includes('advisor-anne')) && text
    },
    { what: 'the entry' },
  )
  t.notMatch(log, 'motprive')
})

t.test('the client turns pages by itself', async (t) => {
  const visavis = connect({ url: node.url, token: () => node.token('advisor-anne') })
  t.teardown(() => visavis.close())
  await visavis.opened
  const client = new Search(visavis)
  const texts: string[] = []
  for await (const page of client.pages('dossier', { limit: 1 })) texts.push(...textsOf(page))
  t.equal(texts.length, 3)
  t.same(await client.find('   '), { hits: [], complete: true })
  t.same((await client.find('x'.repeat(1_000))).hits, [])
})

t.test('an index that is removed under a running node is not missed for long', async (t) => {
  const other = await testNode(t, { VISAVIS_REQUEST_BURST: '100000' })
  const client = await rawClient(other.url, await other.token('jobseeker-1'))
  t.teardown(() => client[Symbol.asyncDispose]())
  await publish(client, 'jobseeker-1', 'avant')
  await untilFound(client, 'avant', 1)
  await rm(join(other.dataDir, 'search'), { recursive: true })
  t.equal((await search(client, 'avant')).hits.length, 1)
  await publish(client, 'jobseeker-1', 'avant que')
  await untilFound(client, 'avant', 2)
})
