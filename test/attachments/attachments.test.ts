/** Files of channels on a real Redis and a real folder. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { Attachments, type AttachmentsOptions } from '../../src/attachments/attachments.ts'
import type { Files } from '../../src/attachments/files.ts'
import { folderFiles } from '../../src/attachments/folder.ts'
import { startSweepLoop } from '../../src/attachments/sweep-loop.ts'
import { type Attachment, VisavisError } from '../../src/protocol/index.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { executable, inParts, pdf } from './samples.ts'

const log = pino({ level: 'silent' })
const dayMs = 24 * 60 * 60 * 1_000
/** When everything that belongs to no message is too old. */
const later = () => Date.now() + dayMs + 60_000

async function testAttachments(
  t: Test,
  { cluster = false, ...options }: Partial<AttachmentsOptions> & { cluster?: boolean } = {},
) {
  const redis = await testRedis(t, { cluster })
  const root = await mkdtemp(join(tmpdir(), 'visavis-files-'))
  t.teardown(() => rm(root, { recursive: true, force: true }))
  const files = folderFiles(root)
  const limits = { maxBytes: 100_000, uploadsPerHour: 1_000, linkMs: 60_000 }
  const node = (more: Partial<AttachmentsOptions> = {}) =>
    new Attachments({ client: redis.client, files, ...limits, log, ...options, ...more })
  const attachments = node()
  let made = 0
  return {
    redis,
    files,
    attachments,
    /** Another node of the same service. */
    node,
    /** A text of its own each time. */
    send: (
      channel: string,
      { person = channel, key = `key-${++made}-0000`, content = `text ${made}`, of = attachments } = {},
    ) => of.upload(channel, { person, key, name: 'note.txt' }, inParts(Buffer.from(content), 3)),
    /** Ids of the files on disk, and drafts. */
    async onDisk(): Promise<string[]> {
      const found = await readdir(root, { recursive: true, withFileTypes: true })
      return found
        .filter((entry) => entry.isFile())
        .map(({ name }) => name)
        .sort()
    },
    async contentOf(channel: string, id: string, reader?: string): Promise<string> {
      return text((await attachments.open(channel, id, reader)).bytes)
    },
    /** Every key of ours but the budgets of uploads, which end by themselves. */
    async keys(): Promise<string[]> {
      return (await redis.client.keys('vv:attachments:*')).filter((key) => !key.includes('}:uploads:')).sort()
    },
  }
}
const idsOf = (attachments: readonly Attachment[]) => attachments.map(({ id }) => id)

t.test('a file is sent, claimed by a message, listed and read; then it goes with the message', async (t) => {
  const { attachments, send, onDisk, contentOf, keys } = await testAttachments(t)
  const sent = await send('jeanne', { content: 'bonjour' })
  t.match(sent, { id: /^[a-f0-9]{32}$/, name: 'note.txt', mediaType: 'text/plain', bytes: 7 })
  t.same(Object.keys(sent).sort(), ['bytes', 'id', 'mediaType', 'name'], 'nothing of its record is told')
  t.same(await onDisk(), [sent.id])
  t.same(await attachments.claim('jeanne', [sent.id], 'jeanne', 'message-1'), [sent])
  t.equal(await contentOf('jeanne', sent.id, 'anne'), 'bonjour')
  const sha256 = '2cb4b1431b84ec15d35ed83bb927e27e8967d75f4bcd9cc4b25c8d879ae23e18'
  t.match(await attachments.list('jeanne'), [
    { ...sent, by: 'jeanne', state: 'attached', messageKey: 'message-1', sha256, at: Number },
  ])
  t.same(await attachments.list('another'), [])
  await attachments.remove('jeanne', [sent.id])
  await attachments.remove('jeanne', [sent.id, 'never-there', '..'])
  t.same([await onDisk(), await attachments.list('jeanne'), await keys()], [[], [], []])
  await t.rejects(attachments.open('jeanne', sent.id), { code: 'NOT_FOUND' })
})

t.test('nobody’s file goes by its id alone', async (t) => {
  const { attachments, send, onDisk } = await testAttachments(t)
  const { id } = await send('karim')
  await attachments.remove('jeanne', [id])
  await attachments.forget('jeanne')
  t.same(await onDisk(), [id])
  t.equal((await attachments.list('karim')).length, 1)
})

t.test('a repeat gets the first answer, of whatever node, and leaves one file', async (t) => {
  const { node, send, onDisk, attachments } = await testAttachments(t, { uploadsPerHour: 1 })
  const first = await send('jeanne', { key: 'same-key-1', content: 'one' })
  t.same(await send('jeanne', { key: 'same-key-1', content: 'another', of: node() }), first, 'also beyond the limit')
  t.same(await onDisk(), [first.id])
  await attachments.claim('jeanne', [first.id], 'jeanne', 'message-1')
  t.same(await send('jeanne', { key: 'same-key-1' }), first, 'and when it is attached')
  await t.rejects(send('jeanne', { key: 'other-key-1' }), { code: 'RATE_LIMITED' }, 'another one is beyond it')
})

t.test('of many attempts with one key at once, one file is left and all get its answer', async (t) => {
  const { node, send, onDisk } = await testAttachments(t)
  const nodes = [node(), node()] as const
  const answers = await Promise.all(
    Array.from({ length: 12 }, (_, n) =>
      send('jeanne', { key: 'same-key-1', content: `${n}`, of: nodes[n % 2 === 0 ? 0 : 1] }),
    ),
  )
  t.equal(new Set(idsOf(answers)).size, 1)
  t.same(await onDisk(), [answers[0]?.id])
})

t.test('a key is one person’s in one channel', async (t) => {
  const { send } = await testAttachments(t)
  const ids = idsOf([
    await send('jeanne', { key: 'same-key-1' }),
    await send('jeanne', { key: 'same-key-1', person: 'anne' }),
    await send('karim', { key: 'same-key-1', person: 'anne' }),
  ])
  t.equal(new Set(ids).size, 3)
})

t.test('a message claims all of its files or none, those of its sender alone', async (t) => {
  const { attachments, send } = await testAttachments(t)
  const [a, b, foreign, elsewhere] = [
    await send('jeanne'),
    await send('jeanne'),
    await send('jeanne', { person: 'anne' }),
    await send('karim', { person: 'jeanne' }),
  ]
  const claim = (ids: string[], key = 'message-1', person = 'jeanne') => attachments.claim('jeanne', ids, person, key)
  for (const id of [foreign.id, elsewhere.id, 'f'.repeat(32), '..'])
    await t.rejects(claim([a.id, id]), { code: 'NOT_FOUND', details: { attachment: id } })
  t.same(await claim([]), [])
  t.match(await attachments.list('jeanne'), [{ state: 'uploaded' }, { state: 'uploaded' }, { state: 'uploaded' }])
  t.same(await claim([b.id, a.id]), [b, a])
  t.same(await claim([b.id, a.id]), [b, a], 'a retry of the same message')
  const c = await send('jeanne')
  await t.rejects(claim([c.id, a.id], 'message-2'), { code: 'CONFLICT', details: { attachment: a.id } })
  t.same(await claim([c.id], 'message-2'), [c])
})

t.test('of many messages that claim a file at once, one gets it', async (t) => {
  const { node, send } = await testAttachments(t)
  const nodes = [node(), node()] as const
  for (let round = 0; round < 20; round++) {
    const { id } = await send('jeanne')
    const outcomes = await Promise.allSettled(
      Array.from({ length: 10 }, (_, n) => nodes[n % 2 === 0 ? 0 : 1].claim('jeanne', [id], 'jeanne', `message-${n}`)),
    )
    const lost = outcomes.filter((outcome) => outcome.status === 'rejected')
    t.equal(lost.length, 9)
    for (const { reason } of lost) t.equal((reason as { code: string }).code, 'CONFLICT')
  }
})

t.test(
  'a file claimed by a message that never came about is swept a day later; one that a message names is not',
  async (t) => {
    const named = new Set<string>()
    const asked: string[] = []
    const isNamed = async (channel: string, id: string, since: number) => {
      asked.push(channel)
      t.ok(since <= Date.now() && since > Date.now() - 60_000, 'since it came')
      return named.has(id)
    }
    const { attachments, send, onDisk, keys } = await testAttachments(t, { isNamed })
    const [lost, kept, late] = [await send('jeanne'), await send('jeanne'), await send('jeanne')]
    for (const { id } of [lost, kept, late]) await attachments.claim('jeanne', [id], 'jeanne', `message-${id}`)
    named.add(kept.id)
    t.equal(await attachments.sweep(), 0, 'its message may still come')
    t.same(asked, [])
    t.equal(await attachments.sweep(later()), 2, 'both that no message names')
    t.same(await onDisk(), [kept.id])
    t.equal(await attachments.sweep(later()), 0)
    t.equal(asked.length, 3, 'each is asked about once')
    t.notOk((await keys()).some((key) => key.includes('pending')))
  },
)

t.test('twin: without the question, a claim whose message was lost keeps its file', async (t) => {
  const { attachments, send, onDisk } = await testAttachments(t)
  const { id } = await send('jeanne')
  await attachments.claim('jeanne', [id], 'jeanne', 'message-1')
  t.equal(await attachments.sweep(later()), 0)
  t.same(await onDisk(), [id])
})

t.test('a released file can be claimed by another message, and is swept if none does', async (t) => {
  const { attachments, send, onDisk } = await testAttachments(t)
  const [a, b] = [await send('jeanne'), await send('jeanne')]
  await attachments.claim('jeanne', [a.id, b.id], 'jeanne', 'message-1')
  await attachments.release('jeanne', [a.id], 'jeanne', 'message-0')
  await attachments.release('jeanne', [a.id], 'anne', 'message-1')
  t.equal(await attachments.sweep(later()), 0, 'whoever did not claim it does not release it')
  await attachments.release('jeanne', [a.id, b.id], 'jeanne', 'message-1')
  t.same(await attachments.claim('jeanne', [b.id], 'jeanne', 'message-2'), [b])
  t.equal(await attachments.sweep(later()), 1)
  t.same(await onDisk(), [b.id])
})

t.test('what belongs to no message for a day is swept, and nothing else', async (t) => {
  const { attachments, node, send, onDisk, keys } = await testAttachments(t)
  const kept = await send('jeanne')
  await attachments.claim('jeanne', [kept.id], 'jeanne', 'message-1')
  const free = await send('karim')
  t.equal(await attachments.sweep(), 0)
  t.same(await onDisk(), [kept.id, free.id].sort())
  await Promise.all([attachments.sweep(later()), node().sweep(later())])
  t.same(await onDisk(), [kept.id])
  t.same(await attachments.list('karim'), [])
  await t.rejects(attachments.claim('karim', [free.id], 'karim', 'message-1'), { code: 'NOT_FOUND' })
  await attachments.remove('jeanne', [kept.id])
  t.same(await keys(), [])
})

t.test('a sweep and a claim at the same moment agree: the file is attached and there, or neither', async (t) => {
  const { attachments, send, onDisk } = await testAttachments(t)
  for (let round = 0; round < 20; round++) {
    const { id } = await send('jeanne')
    const [, claimed] = await Promise.allSettled([
      attachments.sweep(later()),
      attachments.claim('jeanne', [id], 'jeanne', `message-${round}`),
    ])
    t.equal((await onDisk()).includes(id), claimed?.status === 'fulfilled')
  }
})

/** A node that dies at a moment: what it was about to do is never done. */
const dies = () => new Promise<never>(() => {})

function filesOfDying(t: Test, files: Files, at: 'written' | 'renamed'): Files {
  return {
    ...files,
    async draft(id) {
      const draft = await files.draft(id)
      // Closed for the sake of this process, which goes on.
      t.teardown(() => draft[Symbol.asyncDispose]())
      return {
        get bytes() {
          return draft.bytes
        },
        write: (bytes) => draft.write(bytes),
        read: (position, length) => draft.read(position, length),
        stream: () => draft.stream(),
        async keep() {
          if (at === 'renamed') await draft.keep()
          return dies()
        },
        [Symbol.asyncDispose]: () => draft[Symbol.asyncDispose](),
      }
    },
  }
}

for (const at of ['written', 'renamed'] as const) {
  t.test(`a node that dies when a file is ${at} and not yet on record leaves nothing that is not swept`, async (t) => {
    const { attachments, node, files, send, onDisk, keys } = await testAttachments(t)
    void send('jeanne', { key: 'same-key-1', content: 'lost', of: node({ files: filesOfDying(t, files, at) }) })
    await until(async () => (await onDisk()).some((name) => name.endsWith('.draft') === (at === 'written')))
    t.same(await attachments.list('jeanne'), [], 'nobody sees it')
    const again = await send('jeanne', { key: 'same-key-1', content: 'sent again' })
    t.equal((await onDisk()).length, 2)
    await attachments.claim('jeanne', [again.id], 'jeanne', 'message-1')
    t.equal(await attachments.sweep(), 0, 'it might still be at work')
    t.equal(await attachments.sweep(later()), 1)
    t.same(await onDisk(), [again.id])
    await attachments.remove('jeanne', [again.id])
    t.same(await keys(), [])
  })
}

t.test('a file whose record is gone but that could not be deleted is deleted by the next sweep', async (t) => {
  const { attachments, node, files, send, onDisk, keys } = await testAttachments(t)
  const { id } = await send('jeanne')
  const stuck = node({ files: { ...files, remove: () => Promise.reject(new Error('EIO')) } })
  await t.rejects(stuck.remove('jeanne', [id]), { message: 'EIO' })
  await t.rejects(attachments.open('jeanne', id), { code: 'NOT_FOUND' })
  await t.rejects(stuck.sweep(), { message: 'EIO' })
  t.same(await onDisk(), [id])
  t.equal(await attachments.sweep(), 1)
  t.same([await onDisk(), await keys()], [[], []])
})

t.test('a channel that is forgotten has nothing left, and what is on its way does not come', async (t) => {
  const { attachments, send, onDisk, keys } = await testAttachments(t)
  const [a, b, other] = [await send('jeanne'), await send('jeanne'), await send('karim')]
  await attachments.claim('jeanne', [a.id], 'jeanne', 'message-1')
  const rest = Promise.withResolvers<void>()
  async function* slowly() {
    yield Buffer.from('half')
    await rest.promise
    yield Buffer.from('and half')
  }
  const coming = attachments.upload('jeanne', { person: 'jeanne', key: 'slow-key-1', name: 'x' }, slowly())
  await until(async () => (await onDisk()).length === 4)
  await attachments.forget('jeanne')
  t.same(
    (await onDisk()).filter((name) => [a.id, b.id].includes(name)),
    [],
  )
  rest.resolve()
  await t.rejects(coming, { code: 'GONE' })
  t.same(await onDisk(), [other.id])
  t.same(await attachments.list('jeanne'), [])
  await attachments.forget('jeanne')
  await attachments.forget('karim')
  t.same([await onDisk(), await keys()], [[], []])
})

t.test('whatever ends an upload leaves nothing behind', async (t) => {
  const { attachments, node, onDisk, keys } = await testAttachments(t)
  const upload = (body: AsyncIterable<Uint8Array>, more = {}, of = attachments) =>
    of.upload('jeanne', { person: 'jeanne', key: 'some-key-1', name: 'x.pdf', ...more }, body)
  async function* breaks() {
    yield pdf
    throw new Error('broken off')
  }
  await t.rejects(upload(breaks()), { message: 'broken off' })
  await t.rejects(upload(inParts(executable)), { code: 'UNSUPPORTED' })
  await t.rejects(upload(inParts(Buffer.alloc(100_001, 'a'))), { code: 'TOO_LARGE' })
  const scan = () => Promise.reject(new Error('found'))
  await t.rejects(upload(inParts(pdf), {}, node({ scan })), { message: 'found' })
  t.same([await onDisk(), await keys()], [[], []])
  async function* unread() {
    t.fail('a file that says that it is too large is not read')
    yield pdf
  }
  await t.rejects(upload(unread(), { announcedBytes: 100_001 }), { code: 'TOO_LARGE', details: { maxBytes: 100_000 } })
  t.match(await upload(inParts(pdf)), { name: 'x.pdf', mediaType: 'application/pdf' })
})

t.test('a person sends so many files an hour, and is told when the next may come', async (t) => {
  const { send, attachments } = await testAttachments(t, { uploadsPerHour: 3 })
  await Promise.all([send('jeanne'), send('jeanne', { person: 'anne' }), send('jeanne')])
  await t.rejects(
    attachments.upload('jeanne', { person: 'jeanne', key: 'refused-1', name: 'x' }, inParts(executable)),
    { code: 'UNSUPPORTED' },
    'one that is refused counts',
  )
  await t.rejects(
    send('karim', { person: 'jeanne' }),
    { code: 'RATE_LIMITED', retryAfterMs: Number },
    'in whatever channel',
  )
  await send('jeanne', { person: 'anne' })
  const error = await send('jeanne').catch((refusal: { retryAfterMs: number }) => refusal)
  const { retryAfterMs } = error as { retryAfterMs: number }
  t.ok(retryAfterMs > 3_590_000 && retryAfterMs <= 3_600_000, `${retryAfterMs} ms`)
})

t.test('what failed because something was away does not count against a person', async (t) => {
  const { send, node } = await testAttachments(t, { uploadsPerHour: 1 })
  const scan = () => Promise.reject(new VisavisError('UNAVAILABLE', 'the scanner is away'))
  const without = node({ scan })
  for (let n = 0; n < 3; n++) await t.rejects(send('jeanne', { of: without }), { code: 'UNAVAILABLE' })
  t.match(await send('jeanne'), { bytes: Number })
})

t.test('what belongs to no message yet is its sender’s only', async (t) => {
  const { attachments, send } = await testAttachments(t)
  const { id } = await send('jeanne')
  const link = (person: string) => attachments.link('jeanne', id, { person, region: 'north' })
  await t.rejects(link('anne'), { code: 'NOT_FOUND' })
  await t.rejects(attachments.open('jeanne', id, 'anne'), { code: 'NOT_FOUND' })
  t.match(await link('jeanne'), { url: /^attachments\/jeanne\// })
  await attachments.claim('jeanne', [id], 'jeanne', 'message-1')
  t.match(await link('anne'), { url: /^attachments\/jeanne\// })
  await t.rejects(attachments.link('karim', id, { person: 'karim', region: 'north' }), { code: 'NOT_FOUND' })
})

t.test('a link of one node holds on every other, and on none that has another Redis', async (t) => {
  const { attachments, node, send } = await testAttachments(t)
  const { id } = await send('jeanne')
  const { url, expiresAt } = await attachments.link('jeanne', id, { person: 'jeanne', region: 'north' })
  const signature = new URL(url, 'http://node').searchParams.get('signature') ?? ''
  const link = { channel: 'jeanne', id, reader: 'jeanne', region: 'north', expiresAt }
  await node().checkLink(link, signature)
  await t.rejects(node().checkLink({ ...link, reader: 'karim' }, signature), { code: 'FORBIDDEN' })
  const elsewhere = await testAttachments(t)
  await t.rejects(elsewhere.attachments.checkLink(link, signature), { code: 'FORBIDDEN' })
})

t.test('with Redis away uploads fail as retryable and leave nothing; the same goes through afterwards', async (t) => {
  const { attachments, redis, send, onDisk } = await testAttachments(t)
  await redis.kill()
  await t.rejects(send('jeanne', { key: 'same-key-1' }), { code: 'UNAVAILABLE' })
  t.same(await onDisk(), [])
  await redis.restart()
  const { id } = await send('jeanne', { key: 'same-key-1' })
  t.same(await onDisk(), [id])
  t.equal(await attachments.sweep(), 0)
})

t.test('an upload whose end Redis did not see becomes one file when it is repeated', async (t) => {
  const { attachments, redis, send, onDisk } = await testAttachments(t)
  async function* killing() {
    yield Buffer.from('half')
    await redis.kill()
    yield Buffer.from(' and half')
  }
  const upload = { person: 'jeanne', key: 'same-key-1', name: 'x' }
  await t.rejects(attachments.upload('jeanne', upload, killing()), { code: 'UNAVAILABLE' })
  t.equal((await onDisk()).length, 1, 'it may be on record all the same')
  await redis.restart()
  const { id } = await send('jeanne', { key: 'same-key-1' })
  await attachments.claim('jeanne', [id], 'jeanne', 'message-1')
  await attachments.sweep(later())
  t.same(await onDisk(), [id])
})

t.test('on a cluster every script keeps to one slot', async (t) => {
  const { attachments, send, onDisk } = await testAttachments(t, { cluster: true })
  const [a, b] = [await send('jeanne', { key: 'same-key-1' }), await send('jeanne')]
  t.same(await send('jeanne', { key: 'same-key-1' }), a)
  await attachments.claim('jeanne', [a.id, b.id], 'jeanne', 'message-1')
  await attachments.release('jeanne', [b.id], 'jeanne', 'message-1')
  await attachments.link('jeanne', a.id, { person: 'anne', region: 'north' })
  t.equal(await attachments.sweep(later()), 1)
  await attachments.remove('jeanne', [a.id])
  await send('jeanne')
  await attachments.forget('jeanne')
  t.same(await onDisk(), [])
})

t.test('the sweep goes on by itself, also after one that failed, and ends with its scope', async (t) => {
  let sweeps = 0
  const sweep = async () => {
    sweeps += 1
    if (sweeps === 1) throw new Error('away')
    return 0
  }
  {
    await using _loop = startSweepLoop({ attachments: { sweep }, log, everyMs: 5 })
    await until(() => sweeps >= 3)
  }
  t.pass('it has ended')
})
