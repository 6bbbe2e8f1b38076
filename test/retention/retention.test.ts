/** The retention of regions on real storage: what is over goes everywhere, and what is not stays. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import t from 'tap'
import { createAppointmentBook } from '../../src/appointments/book.ts'
import { Attachments } from '../../src/attachments/attachments.ts'
import { folderFiles } from '../../src/attachments/folder.ts'
import { alwaysOpen } from '../../src/calendar/region.ts'
import { Channels } from '../../src/chat/channels.ts'
import { channelKeys } from '../../src/chat/keys.ts'
import { Enrolment } from '../../src/enrolment/enrolment.ts'
import { Notes } from '../../src/notes/notes.ts'
import { createQueue } from '../../src/queue/queue.ts'
import { retainedPeople } from '../../src/retain.ts'
import { defaultPolicy, type RetentionPolicy } from '../../src/retention/policy.ts'
import { startRetention } from '../../src/retention/retention-loop.ts'
import { openSearch } from '../../src/search/search.ts'
import { channelSource } from '../../src/search-source.ts'
import { Workshops } from '../../src/workshops/workshops.ts'
import { inParts, pdf } from '../attachments/samples.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const log = pino({ level: process.env.VISAVIS_TEST_LOG ?? 'silent' })
const redis = await testRedis(t)
const { client } = redis
const folder = await mkdtemp(join(tmpdir(), 'vv-retention-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))
const attachments = new Attachments({
  ...{ client, log, maxBytes: 1e6, uploadsPerHour: 100, linkMs: 1e6 },
  files: folderFiles(join(folder, 'files')),
})
const channels = new Channels({ clients: [client] })
const notes = new Notes({ client })
const open = alwaysOpen('UTC').of()
const { appointments } = createAppointmentBook({ client, calendars: async () => ({ open, own: open }) })
const callbacks = createQueue({ client, leaseMs: 60_000 }).callbacks
const enrolment = new Enrolment({ client })
const search = await openSearch({
  folder: join(folder, 'search'),
  source: channelSource(channels),
  log,
  tracesMs: 1,
  findMs: 30_000,
})
t.teardown(() => search[Symbol.asyncDispose]())
const workshops = new Workshops({ client, mostSpeakers: 4 })
let keys = 0
const nextKey = () => `key-${String(++keys).padStart(8, '0')}`
const dayMs = 24 * 60 * 60 * 1_000
const dropFiles = async () => {
  for await (const { channel, attachment } of channels.dropped()) {
    await attachments.remove(channel, [attachment])
    await channels.confirmDropped(channel, attachment)
  }
}
const nextMoment = async () => {
  const now = Date.now()
  while (Date.now() <= now) await new Promise((resolve) => setImmediate(resolve))
  return Date.now()
}
/** Runs the retention of regions as if `edge` were 30 days ago, until everybody was looked at. */
async function apply(edge: number, policies: ReadonlyMap<string, RetentionPolicy>, nodes = 1) {
  const ends = new Map<string, number>()
  const stores = { enrolment, channels, notes, callbacks, appointments, workshops }
  const people = retainedPeople({ ...stores, onRemoved: () => {} })
  const loops = Array.from({ length: nodes }, () =>
    startRetention({
      ...people,
      people: async (region, after) => {
        const page = await enrolment.list(region, { role: 'jobseeker', limit: 2, ...(after === '' ? {} : { after }) })
        if (page.next === undefined) ends.set(region, (ends.get(region) ?? 0) + 1)
        return page
      },
      ...{ client, policies, log, everyMs: 5, now: () => edge + 30 * dayMs },
    }),
  )
  // Each may be at the last page of one round; a further one has seen the last page of another, and all between.
  const enough = 2 * nodes + 1
  await until(() => [...policies.keys()].every((region) => (ends.get(region) ?? 0) > enough), {
    ...{ what: 'a whole round', timeoutMs: 60_000 },
  })
  for (const loop of loops) await loop[Symbol.asyncDispose]()
  return loops.map(({ removed }) => removed)
}

const everyday: RetentionPolicy = { ...defaultPolicy, messagesDays: 30, notesDays: 30, callbacksDays: 30 }
const anne = { id: 'anne', role: 'advisor', name: 'Anne', disabled: false } as const
await enrolment.put({ ...anne, region: 'north' })
await enrolment.put({ ...anne, id: 'anouk', region: 'south' })
const jobseekers = ['j1', 'j2', 'j3', 'j4', 'j5']
for (const id of jobseekers)
  await enrolment.put({ id, role: 'jobseeker', name: id, region: 'north', advisor: 'anne', disabled: false })
await enrolment.put({ id: 's1', role: 'jobseeker', name: 's1', region: 'south', advisor: 'anouk', disabled: false })

async function callback(jobseeker: string, region: string, advisor: string) {
  const request = {
    key: nextKey(),
    jobseeker,
    jobseekerName: jobseeker,
    advisor,
    medium: 'phone',
    phone: '0612345678',
  } as const
  return (await callbacks.request(region, { ...request, reason: 'kanarienvogel' })).callback
}

t.test('what is over goes from every place that had it; what is not, or waits for an answer, stays', async (t) => {
  const canary = 'kanarienvogel'
  const file = await attachments.upload('j1', { person: 'j1', key: nextKey(), name: 'cv.pdf' }, inParts(pdf))
  const messageKey = nextKey()
  const [claimed] = await attachments.claim('j1', [file.id], 'j1', messageKey)
  if (claimed === undefined) throw new Error('the file is not there')
  await channels.publish('j1', { from: 'j1', key: messageKey, text: canary, attachments: [claimed] })
  await channels.edit('j1', { who: 'j1', key: nextKey(), offset: 1 }, `${canary} edited`)
  await channels.publish('j1', { from: 'anne', key: nextKey(), text: 'answered' })
  await channels.publish('j2', { from: 'j2', key: nextKey(), text: 'who waits' })
  await channels.publish('s1', { from: 'anouk', key: nextKey(), text: `${canary} of the south` })
  await notes.add('j1', { id: nextKey(), text: canary, by: 'anne' })
  const edited = nextKey()
  await notes.add('j1', { id: edited, text: 'was old', by: 'anne' })
  const ended = await callback('j3', 'north', 'anne')
  await callbacks.cancel('north', 'j3', ended.id)
  await callback('j4', 'north', 'anne')
  const southern = await callback('s1', 'south', 'anouk')
  await callbacks.cancel('south', 's1', southern.id)
  search.compare()
  const find = (query: string, channel = 'j1') => search.find({ query, in: [{ space: 'channel', channel }], limit: 10 })
  await until(async () => (await find(canary)).hits.length === 1, { what: 'the index has it' })

  const edge = await nextMoment()
  await nextMoment()
  await channels.publish('j1', { from: 'j1', key: nextKey(), text: 'new' })
  await notes.edit('j1', { id: edited, text: 'is new', by: 'anne' })

  const [removed] = await apply(
    edge,
    new Map<string, RetentionPolicy>([
      ['north', everyday],
      ['south', { ...everyday, messagesDays: 'forever', callbacksDays: 'forever' }],
    ]),
  )
  t.same(removed, { messages: 2, notes: 1, callbacks: 1, appointments: 0 })
  t.match(await channels.history('j1', {}), { messages: [{ offset: 3, text: 'new' }], retainedFrom: 3 })
  t.match((await channels.history('j2', {})).messages, [{ text: 'who waits' }])
  t.match((await channels.history('s1', {})).messages, [{ text: `${canary} of the south` }])
  t.match((await notes.list('j1')).notes, [{ text: 'is new' }])
  t.match(await callbacks.ofJobseeker('north', 'j3'), [])
  await t.rejects(callbacks.history('north', ended.id), { code: 'NOT_FOUND' })
  t.equal((await callbacks.ofJobseeker('north', 'j4')).length, 1, 'an open one stays')
  t.equal((await callbacks.ofJobseeker('south', 's1')).length, 1)

  await dropFiles()
  t.same(await attachments.list('j1'), [])
  const files = await readdir(join(folder, 'files'), { recursive: true, withFileTypes: true })
  t.same(
    files.filter((entry) => entry.isFile()),
    [],
    'the file is gone from the disk',
  )
  search.compare()
  await until(async () => (await find(canary)).hits.length === 0, { what: 'the index has it no longer' })
  t.equal((await find('answered')).hits.length, 0)
  await until(async () => (await find('new')).hits.length === 1, { what: 'what stays is found' })
  t.equal((await find(canary, 's1')).hits.length, 1)
  const { log: _log, nudge: _nudge, feeds: _feeds, published: _keys, ...own } = channelKeys('j1')
  for (const key of Object.values(own)) t.notOk((await client.dumpBuffer(key))?.includes(canary), key)
})

t.test('who has left waits for no answer any more', async (t) => {
  await enrolment.leave('north', 'j2', nextKey())
  const edge = await nextMoment()
  const [removed] = await apply(edge, new Map([['north', everyday]]))
  t.ok((removed?.messages ?? 0) >= 1)
  t.same((await channels.history('j2', {})).messages, [])
})

t.test('several nodes at once take nothing twice and miss nobody', async (t) => {
  for (const id of ['j3', 'j4', 'j5'])
    for (let n = 0; n < 130; n += 1) await channels.publish(id, { from: 'anne', key: nextKey(), text: `${n}` })
  const edge = await nextMoment()
  const removed = await apply(edge, new Map([['north', everyday]]), 4)
  t.equal(removed.reduce((total, { messages }) => total + messages, 0) >= 390, true)
  for (const id of ['j3', 'j4', 'j5']) t.same((await channels.history(id, {})).messages, [])
})

t.test('a failure of one region holds up no other, and is tried again', async (t) => {
  let failures = 0
  const looked: string[] = []
  const loop = startRetention<string>({
    ...{
      client,
      log,
      everyMs: 5,
      policies: new Map([
        ['west', everyday],
        ['east', everyday],
      ]),
    },
    people: async (region) => {
      if (region === 'west' && failures < 2) {
        failures += 1
        throw new Error('not now')
      }
      return { people: [region] }
    },
    expire: async (person) => {
      looked.push(person)
      return { messages: 0, notes: 0, callbacks: 0, appointments: 0 }
    },
  })
  await until(() => looked.includes('west') && looked.includes('east'), { what: 'both regions' })
  await loop[Symbol.asyncDispose]()
  t.equal(failures, 2)
})
