/** Everything about a person, exported by a whole node and compared with what was said and done. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { get } from 'node:http'
import { join } from 'node:path'
import t from 'tap'
import { Channels, service } from '../../src/chat/channels.ts'
import { Contacts } from '../../src/notices/contacts.ts'
import { Notices } from '../../src/notices/notices.ts'
import type { Callback, Message, Note, Offer } from '../../src/protocol/index.ts'
import { connectRedis } from '../../src/store/redis.ts'
import { pdf, png } from '../attachments/samples.ts'
import { testNode } from '../support/node.ts'
import { eventOf, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { checkedByUnzip, unzip } from '../support/zip.ts'

const agencyToken = 'agency'.repeat(8)
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
const redis = connectRedis(join(node.dataDir, 'redis', 'redis.sock'))
t.teardown(() => redis.quit())
const channels = new Channels({ clients: [redis] })
const people = `${node.url}/api/regions/bretagne/people`
const key = () => randomUUID()

const open = async (person: string) => {
  const client = await rawClient(node.url, await node.token(person))
  t.teardown(() => client[Symbol.asyncDispose]())
  return client
}
const ask = (path: string, token = agencyToken) =>
  fetch(`${people}/${path}`, { headers: { authorization: `Bearer ${token}` } })

type Files = Map<string, Buffer>
async function exported(person: string, query = ''): Promise<{ files: Files; archive: Buffer; headers: Headers }> {
  const response = await ask(`${person}/export${query}`)
  if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`)
  const archive = Buffer.from(await response.arrayBuffer())
  return { files: unzip(archive), archive, headers: response.headers }
}
const json = <T>(files: Files, name: string): T => JSON.parse(String(files.get(name))) as T
const lines = <T>(files: Files, name: string): T[] =>
  String(files.get(name))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as T)

async function upload(person: string, channel: string, name: string, body: Buffer): Promise<string> {
  const response = await fetch(
    `${node.url}/api/channels/${channel}/attachments?${new URLSearchParams({ name, key: key() })}`,
    {
      method: 'POST',
      headers: { authorization: `Bearer ${await node.token(person)}` },
      body: new Uint8Array(body),
    },
  )
  return ((await response.json()) as { id: string }).id
}

interface Exported extends Omit<Message, 'from' | 'attachments'> {
  readonly from: { readonly id: string; readonly name: string }
  readonly attachments?: readonly { readonly id: string; readonly name: string; readonly file: string }[]
  readonly versions?: readonly { readonly text: string }[]
}

t.test('everything of a jobseeker is in it, byte for byte, and nothing of anybody else', async (t) => {
  const [jeanne, anne, karim] = [await open('jobseeker-1'), await open('advisor-anne'), await open('jobseeker-2')]
  // Of somebody else: everything that could get in by mistake.
  const canary = 'kanarienvogel'
  const strange = await upload('jobseeker-2', 'jobseeker-2', `${canary}.txt`, Buffer.from(`${canary} file`))
  await karim.result('chat.publish', { channel: 'jobseeker-2', key: key(), text: canary, attachments: [strange] })
  await anne.result('note.add', { jobseeker: 'jobseeker-2', id: key(), text: `${canary} note` })
  const notices = new Notices({ client: redis, retentionMs: 1e9, patienceMs: 1e9 })
  await notices.put({
    region: 'bretagne',
    person: 'jobseeker-2',
    key: `${canary}/1`,
    kind: 'left',
    data: { at: 1 },
    at: 1,
  })
  const unsent = await upload('advisor-anne', 'jobseeker-1', `${canary}.pdf`, pdf)

  // Of hers.
  const say = async (client: typeof jeanne, text: string, more: object = {}) =>
    (await client.result('chat.publish', { channel: 'jobseeker-1', key: key(), text, ...more })) as { offset: number }
  await say(jeanne, 'Bonjour <b>Anne</b>\n../..')
  await say(anne, 'Frist answer', { replyTo: 1 })
  const files = new Map<string, Buffer>()
  const big = Buffer.concat([pdf, Buffer.from(Array.from({ length: 300_000 }, (_, n) => (n * 7919) % 251))])
  for (const [name, body] of [
    ['../../../etc/passwd.pdf', big],
    ['a\nb\u202egpj.png', png],
    [`${'long '.repeat(40)}.pdf`, pdf],
  ] as const)
    files.set(await upload('jobseeker-1', 'jobseeker-1', name, body), body)
  const sent = [...files.keys()]
  await say(jeanne, 'files', { attachments: sent.slice(0, 2) })
  await say(jeanne, 'to be deleted', {})
  for (const text of ['second text', 'last text'])
    await anne.result('chat.edit', { channel: 'jobseeker-1', key: key(), offset: 2, text })
  await jeanne.result('chat.delete', { channel: 'jobseeker-1', key: key(), offset: 4 })
  await anne.result('chat.pin', { channel: 'jobseeker-1', key: key(), offset: 1, pinned: true })
  await anne.result('chat.read', { channel: 'jobseeker-1', offset: 3 })
  const system = { code: 'advisorChanged', person: { id: 'advisor-anne', name: 'Anne Kermarrec' } } as const
  await channels.publish('jobseeker-1', { from: service, key: key(), text: '', system })
  const noteId = key()
  const { note } = (await anne.result('note.add', { jobseeker: 'jobseeker-1', id: noteId, text: 'fist' })) as {
    note: Note
  }
  await anne.result('note.edit', { jobseeker: 'jobseeker-1', id: note.id, text: 'first' })
  await jeanne.result('callback.request', { key: key(), medium: 'phone', phone: '+33698765432', reason: 'un CV' })
  const { offer } = await eventOf<{ offer: Offer }>(anne, 'callback.offered')
  const held = { callback: offer.callback, token: offer.token }
  await anne.result('callback.accept', held)
  await anne.result('callback.complete', { ...held, disposition: 'answered', note: 'colleagues only' })
  // The service says so in the channel.
  await until(async () => (await channels.history('jobseeker-1', { limit: 10 })).messages.length === 6)
  await karim.result('callback.request', { key: key(), medium: 'phone', phone: '+33612345678', reason: canary })
  await notices.put({ region: 'bretagne', person: 'jobseeker-1', key: 'hers/1', kind: 'left', data: { at: 1 }, at: 1 })
  await new Contacts({ client: redis }).set('bretagne', 'jobseeker-1', { email: 'jeanne@example.org', language: 'en' })

  const { files: found, archive, headers } = await exported('jobseeker-1', '?notes=yes')
  const verdict = await checkedByUnzip(archive)
  t.match(verdict ?? '0:', /^0:/)
  t.match(Object.fromEntries(headers), {
    'content-type': 'application/zip',
    'content-disposition': /^attachment; filename="visavis-bretagne-jobseeker-1-\d{4}-\d\d-\d\d\.zip"/,
    'cache-control': 'private, no-store',
    'x-content-type-options': 'nosniff',
  })

  const messages = lines<Exported>(found, 'messages.ndjson')
  t.match(messages, [
    { offset: 1, text: 'Bonjour <b>Anne</b>\n../..', from: { id: 'jobseeker-1', name: 'Jeanne Martin' }, pinned: true },
    { offset: 2, text: 'last text', replyTo: 1, from: { name: 'Anne Kermarrec' }, editedAt: Number },
    { offset: 3, text: 'files', attachments: [{ id: sent[0] }, { id: sent[1] }] },
    { offset: 4, text: '', deletedAt: Number },
    { offset: 5, from: { id: 'visavis' }, system },
    { offset: 6, from: { id: 'visavis' }, system: { code: 'callbackDone' } },
  ])
  t.same(
    messages[1]?.versions?.map(({ text }) => text),
    ['Frist answer', 'second text'],
  )
  t.notMatch(String(found.get('messages.ndjson')), 'to be deleted')
  const names = new Map(
    lines<{ id: string; name: string }>(found, 'attachments.ndjson').map(({ id, name }) => [id, name]),
  )
  t.same([...names.keys()].sort(), [...sent].sort())
  for (const [id, body] of files) {
    const [path] = [...found.keys()].filter((name) => name.startsWith(`files/${id}-`))
    t.ok(found.get(path ?? '')?.equals(body), `${path} is what was sent`)
    t.notMatch(path, /\.\.\/|\\|\n/)
  }
  for (const { file } of messages.flatMap(({ attachments = [] }) => attachments)) t.ok(found.has(file), file)
  t.match(json(found, 'conversation.json'), {
    ...{ newest: 6, pinned: [1], position: { offset: 10 } },
    markers: [
      { person: { id: 'jobseeker-1', name: 'Jeanne Martin' } },
      { person: { id: 'advisor-anne' }, readOffset: 3 },
    ],
  })
  t.match(lines(found, 'notes.ndjson'), [{ note: { text: 'first' }, versions: [{ text: 'fist' }] }])
  const callbacks = json<{ callback: Callback; history: object[] }[]>(found, 'callbacks.json')
  t.match(callbacks, [
    {
      callback: { reason: 'un CV', phone: '+33698765432' },
      history: [{ why: 'requested' }, { state: 'offered' }, {}, { why: 'answered' }],
      note: 'colleagues only',
    },
  ])
  t.match(json(found, 'notices.json'), [{ key: 'hers/1', kind: 'left', attempts: [] }])
  t.match(json(found, 'contact.json'), { email: 'jeanne@example.org', language: 'en' })
  t.match(json(found, 'person.json'), {
    ...{ id: 'jobseeker-1', name: 'Jeanne Martin', region: 'bretagne', covers: [], processes: [] },
    advisor: { id: 'advisor-anne', name: 'Anne Kermarrec' },
  })
  const page = String(found.get('index.html'))
  t.match(page, '<html lang="en">')
  t.match(page, 'Bonjour &lt;b&gt;Anne&lt;/b&gt;')
  t.notMatch(page, '<b>')

  interface AuditLine {
    readonly entry: { act: string; actor: unknown; from?: string; subject?: { id: string }; details?: object }
  }
  const audit = lines<AuditLine>(found, 'audit.ndjson').map(({ entry }) => entry)
  const own = audit.filter(({ actor }) => (actor as { person?: string }).person === 'jobseeker-1')
  t.ok(
    own.some(({ act, from }) => act === 'session.open' && from !== undefined),
    'what she did, and from where',
  )
  const others = audit.filter(({ actor }) => (actor as { person?: string }).person === 'advisor-anne')
  t.ok(
    others.some(({ act }) => act === 'note.add'),
    'what was done about her',
  )
  t.notOk(
    others.some(({ from }) => from !== undefined),
    'not from where somebody else did it',
  )
  t.match(audit.at(-1), {
    act: 'GET /api/regions/:region/people/:id/export',
    actor: 'agency',
    details: { notes: 'yes' },
  })

  const manifest = json<{ files: { name: string; bytes: number }[] }>(found, 'manifest.json')
  t.match(manifest, {
    ...{ format: 'visavis-export', formats: { archive: 1 }, by: 'agency', notes: true, removedMeanwhile: [] },
    person: { id: 'jobseeker-1', region: { id: 'bretagne' } },
    wholeUpTo: { newest: 6, position: { offset: 10 } },
  })
  t.same(
    manifest.files.map(({ name, bytes }) => [name, bytes]).sort(),
    [...found]
      .filter(([name]) => name !== 'manifest.json')
      .map(([name, content]) => [name, content.length])
      .sort(),
  )
  for (const [name, content] of found) {
    t.notOk(name.includes(canary) || name.includes(unsent), `${name} is nobody else's`)
    for (const word of [canary, 'jobseeker-2', unsent]) t.notOk(content.includes(word), `no ${word} in ${name}`)
  }

  const without = (await exported('jobseeker-1')).files
  t.notOk(without.has('notes.ndjson'), 'notes only when asked for')
  for (const [name, content] of without) t.notOk(content.includes('colleagues only'), name)
})

t.test('of an advisor: their own record, and how much they wrote to whom', async (t) => {
  const anne = await open('advisor-anne')
  await anne.result('reply.put', { id: 'hello', scope: 'own', title: 'Hello', text: 'Bonjour' })
  await anne.result('reply.put', { id: 'ours', scope: 'team', team: 'rennes', title: 'Ours', text: 'À bientôt' })
  await anne.result('chat.publish', { channel: 'jobseeker-3', key: key(), text: 'a word to Lucie' })
  const { files } = await exported('advisor-anne', '?notes=yes')
  t.same([...files.keys()].sort(), [
    ...['audit.ndjson', 'checks.json', 'contact.json', 'lobby.json', 'manifest.json', 'notices.json', 'person.json'],
    ...['replies.json', 'workshops.json', 'written.json'],
  ])
  t.match(json(files, 'person.json'), { id: 'advisor-anne', portfolio: ['jobseeker-1', 'jobseeker-2', 'jobseeker-3'] })
  t.match(json(files, 'replies.json'), { own: [{ id: 'hello' }], ofTeam: [{ id: 'ours' }] })
  const { to } = json<{ to: { jobseeker: string; messages: number }[] }>(files, 'written.json')
  t.match(
    to.find(({ jobseeker }) => jobseeker === 'jobseeker-3'),
    { messages: 1 },
  )
  for (const [name, content] of files) t.notOk(content.includes('a word to Lucie'), name)
  t.match((await exported('supervisor-claire')).files.has('person.json'), true)
})

t.test('for the agency only, and only of who is there', async (t) => {
  for (const person of ['jobseeker-1', 'advisor-anne', 'supervisor-claire', 'operator-denis'])
    t.equal((await ask('jobseeker-1/export', await node.token(person))).status, 403, person)
  t.equal((await ask('jobseeker-1/export', 'nothing')).status, 401)
  t.equal((await ask('nobody/export')).status, 404)
  t.equal((await ask('jobseeker-1/export?notes=perhaps')).status, 400)
  const elsewhere = await fetch(`${node.url}/api/regions/atlantis/people/jobseeker-1/export`, {
    headers: { authorization: `Bearer ${agencyToken}` },
  })
  t.equal(elsewhere.status, 404)
})

t.test('10,000 messages take no more memory than a few; a client that goes away stops it', async (t) => {
  const count = 10_000
  for (let n = 0; n < count; n += 500) {
    await Promise.all(
      Array.from({ length: 500 }, (_, each) =>
        channels.publish('jobseeker-5', {
          from: 'jobseeker-5',
          key: key(),
          text: `${n + each} ${'words '.repeat(100)}`,
        }),
      ),
    )
  }
  const { files, archive } = await exported('jobseeker-5')
  t.same(
    lines<Exported>(files, 'messages.ndjson').map(({ offset }) => offset),
    Array.from({ length: count }, (_, n) => n + 1),
  )
  t.comment(`${archive.length} bytes, unpacked ${[...files.values()].reduce((sum, { length }) => sum + length, 0)}`)

  // A reader who takes nothing: the node must not go on reading for them.
  const before = process.memoryUsage().arrayBuffers
  const stalled = await Promise.all(
    Array.from({ length: 4 }, async () => {
      const request = get(`${people}/jobseeker-5/export`, { headers: { authorization: `Bearer ${agencyToken}` } })
      const [response] = (await once(request, 'response')) as [import('node:http').IncomingMessage]
      response.pause()
      return { request, response }
    }),
  )
  t.equal((await ask('jobseeker-5/export')).status, 429, 'so many at once, and no more')
  t.ok(process.memoryUsage().arrayBuffers - before < 32 * 1_024 * 1_024, 'bounded by a few chunks each')
  for (const { request, response } of stalled) {
    response.on('error', () => {})
    request.on('error', () => {})
    request.destroy()
  }
  await until(async () => (await ask('jobseeker-6/export')).status === 200, { what: 'room for another export' })
})

t.test('what is written while it is exported does not break it, and what was there is in it', async (t) => {
  const jeanne = await open('jobseeker-4')
  const first: string[] = []
  for (let n = 0; n < 300; n += 1) {
    first.push(`before ${n}`)
    await channels.publish('jobseeker-4', { from: 'jobseeker-4', key: key(), text: `before ${n}` })
  }
  let stop = false
  const writing = (async () => {
    for (let n = 0; !stop; n += 1) {
      await jeanne.result('chat.publish', { channel: 'jobseeker-4', key: key(), text: `during ${n}` }).catch(() => {})
      if (n % 3 === 0) {
        await channels.edit('jobseeker-4', { who: 'jobseeker-4', key: key(), offset: 1 + (n % 20) }, `edited ${n}`)
      }
    }
  })()
  const { files } = await exported('jobseeker-4')
  stop = true
  await writing.catch(() => {})
  const { wholeUpTo } = json<{ wholeUpTo: { newest: number } }>(files, 'manifest.json')
  const messages = lines<Exported>(files, 'messages.ndjson')
  t.same(
    messages.map(({ offset }) => offset),
    Array.from({ length: wholeUpTo.newest }, (_, n) => n + 1),
  )
  t.ok(wholeUpTo.newest >= 300)
  for (const [n, text] of first.entries()) if (n >= 20) t.equal(messages[n]?.text, text)
})
