/** What was on its way when somebody was erased makes nothing of them anew. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { pino } from 'pino'
import t from 'tap'
import { Attachments } from '../../src/attachments/attachments.ts'
import { folderFiles } from '../../src/attachments/folder.ts'
import { Channels, tagOf } from '../../src/chat/channels.ts'
import { Notes } from '../../src/notes/notes.ts'
import { Contacts } from '../../src/notices/contacts.ts'
import { Notices } from '../../src/notices/notices.ts'
import { Presence } from '../../src/presence/presence.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { Replies } from '../../src/replies/replies.ts'
import { fence, liftFence } from '../../src/store/fence.ts'
import { testRedis } from '../support/redis.ts'

const redis = await testRedis(t)
const { client } = redis
const region = 'north'
const x = 'person-x'
const folder = await mkdtemp(join(tmpdir(), 'visavis-race-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))

const channels = new Channels({ clients: [client] })
const notes = new Notes({ client })
const attachments = new Attachments({
  ...{ client, files: folderFiles(folder), maxBytes: 10_000, uploadsPerHour: 100, linkMs: 1_000 },
  log: pino({ level: 'silent' }),
})
const callbacks = createQueue({ client, leaseMs: 1_000 }).callbacks
const replies = new Replies({ client })
const contacts = new Contacts({ client })
const notices = new Notices({ client, retentionMs: 1_000_000, patienceMs: 1_000_000 })
const presence = new Presence({ client, node: 'n', graceMs: 1_000, maxSessionsPerPerson: 5 })
const own = { scope: 'own', region, person: x } as const

const publish = () => channels.publish(x, { from: x, key: randomUUID(), text: 'hello' })
const writes: Readonly<Record<string, () => Promise<unknown>>> = {
  message: publish,
  note: () => notes.add(x, { id: `note-${randomUUID()}`, text: 'a note', by: 'anne' }),
  file: () => attachments.upload(x, { person: x, key: randomUUID(), name: 'a.txt' }, Readable.from([Buffer.from('a')])),
  callback: () =>
    callbacks.request(region, {
      ...{ key: randomUUID(), jobseeker: x, jobseekerName: 'X', advisor: 'anne', medium: 'room', reason: 'why' },
    } as const),
  reply: () => replies.put(own, { id: randomUUID(), title: 't', text: 't', author: x, updatedBy: x }),
  contact: () => contacts.set(region, x, { email: 'x@example.org' }),
  choice: () => contacts.choose(region, x, { language: 'fr', digest: 'each' }),
}
const notice = () =>
  notices.put({ region, person: x, key: `left/${randomUUID()}`, kind: 'left', data: { at: 1 }, at: Date.now() })

async function forget(): Promise<void> {
  await fence(client, region, x)
  await fence(client, tagOf(x), x)
  await channels.forget(x)
  await Promise.all([notes.forget(x), attachments.forget(x), attachments.forgetSender(x), callbacks.forget(region, x)])
  await Promise.all([replies.forget(own), notices.forget(region, x), presence.forget({ region, person: x })])
}
/** What is of the person, and does not go by itself. */
const left = async () => {
  const keys = await client.keys(`*${x}*`)
  const lasting = await Promise.all(keys.map(async (key) => ((await client.pttl(key)) === -1 ? [key] : [])))
  return lasting.flat()
}
const nothing = async () => ({
  keys: await left(),
  counts: await Promise.all([
    ...[channels.count(x), attachments.count(x), notes.count(x), callbacks.count(region, x), replies.count(own)],
    notices.count(region, x),
  ]),
  contact: await contacts.get(region, x),
})
const isNothing = { keys: [], counts: [0, 0, 0, 0, 0, 0], contact: undefined }

t.test('each is refused afterwards, and works again when the id is used anew', async (t) => {
  for (const [what, write] of Object.entries(writes)) await t.resolves(write(), what)
  t.match(await notice(), { created: true })
  await presence.attach({ region, person: x }, 'c1', undefined)
  await forget()
  for (const [what, write] of Object.entries(writes)) await t.rejects(write(), { code: 'GONE' }, what)
  t.match(await notice(), { created: false, state: 'withdrawn' })
  t.equal(await channels.read(x, x, 5).then(({ readOffset }) => readOffset), 0)
  await channels.receive(x, x, 5)
  await t.rejects(channels.markUnread(x, { who: x, key: 'mark-unread', offset: 1 }), { code: 'NOT_FOUND' })
  await presence.detach({ region, person: x }, { session: 's', connection: 'c1', ended: true })
  t.same(await nothing(), isNothing)
  t.same(await presence.of(region, [x]), [{ person: x, state: 'offline' }])
  await channels.reopen(x)
  await channels.reopen(x)
  await liftFence(client, tagOf(x), x)
  await liftFence(client, region, x)
  t.match(await publish(), { offset: 1 })
  await channels.reopen(x)
  t.equal(await channels.count(x), 1, 'a channel in use is none that was forgotten')
  for (const [what, write] of Object.entries(writes)) await t.resolves(write(), what)
})

t.test('whoever writes all the time leaves nothing', async (t) => {
  await channels.reopen(x)
  let stopped = false
  let refused = 0
  const all = [...Object.values(writes), notice]
  const writing = all.map(async (write) => {
    while (!stopped) {
      await write().catch((error: { code?: string }) => {
        if (error.code !== 'GONE' && error.code !== 'RATE_LIMITED') throw error
        refused += 1
      })
    }
  })
  while ((await channels.count(x)) < 10) await publish()
  await forget()
  const before = refused
  while (refused < before + 50) await notes.count(x)
  stopped = true
  await Promise.all(writing)
  await forget()
  t.same(await nothing(), isNothing)
})
