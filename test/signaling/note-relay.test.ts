/** How a changed note reaches those who follow it, on a real Redis that may be away. */
import { pino } from 'pino'
import t, { type Test } from 'tap'
import { Notes } from '../../src/notes/notes.ts'
import type { EventFrame, Note } from '../../src/protocol/index.ts'
import { Fanout, notesTopic, type Outgoing } from '../../src/signaling/fanout.ts'
import { startNoteRelay } from '../../src/signaling/note-relay.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const log = pino({ level: 'silent' })
const [jobseeker, id] = ['jobseeker-1', 'note-0001']

async function openRelay(t: Test) {
  const redis = await testRedis(t)
  const notes = new Notes({ client: redis.client })
  const fanout = new Fanout()
  const relay = startNoteRelay({ notes, fanout, log })
  t.teardown(() => relay[Symbol.asyncDispose]())
  const told: EventFrame[] = []
  // What a short frame begins with (RFC 6455) is not JSON.
  const deliver = ({ frame }: Outgoing) =>
    void told.push(JSON.parse(frame.toString().replace(/^[^{]*/, '')) as EventFrame)
  const follow = () => fanout.subscribe({ deliver }, notesTopic(jobseeker))
  return { redis, notes, relay, told, follow }
}

t.test('a note is told as it stands when it is read, and a removed one as removed', async (t) => {
  const { notes, relay, told, follow } = await openRelay(t)
  follow()
  const note = await notes.add(jobseeker, { id, text: 'one', by: 'anne' })
  relay.changed({ jobseeker, id })
  await until(() => told.length === 1)
  t.same(told, [{ event: 'note.changed', data: { jobseeker, note } }])
  await notes.remove(jobseeker, id)
  relay.changed({ jobseeker, id })
  await until(() => told.length === 2)
  t.same(told[1], { event: 'note.removed', data: { jobseeker, id } })
})

t.test('of many changes the last one told is the newest, and no older one follows a newer', async (t) => {
  const { notes, relay, told, follow } = await openRelay(t)
  follow()
  let note = await notes.add(jobseeker, { id, text: 'one', by: 'anne' })
  for (let n = 0; n < 200; n += 1) {
    note = await notes.edit(jobseeker, { id, text: `${n}`, by: 'anne', editedAt: note.editedAt })
    relay.changed({ jobseeker, id })
  }
  const stampOf = (frame: EventFrame | undefined) => (frame?.data as { note: Note } | undefined)?.note.editedAt ?? 0
  await until(() => stampOf(told.at(-1)) === note.editedAt, { what: 'the newest' })
  t.ok(told.every((frame, n) => n === 0 || stampOf(frame) >= stampOf(told[n - 1])))
})

t.test('what changed while nobody could read it is told when Redis is back', async (t) => {
  const { redis, notes, relay, told, follow } = await openRelay(t)
  follow()
  const note = await notes.add(jobseeker, { id, text: 'one', by: 'anne' })
  await redis.kill()
  relay.changed({ jobseeker, id })
  relay.changed({ jobseeker, id: 'note-none' })
  await t.rejects(notes.note(jobseeker, id), { code: 'UNAVAILABLE' })
  t.same(told, [])
  await redis.restart()
  await until(() => told.length === 2, { what: 'both' })
  const byEvent = told.toSorted((a, b) => (a.event < b.event ? -1 : 1))
  t.match(byEvent, [
    { event: 'note.changed', data: { note } },
    { event: 'note.removed', data: { id: 'note-none' } },
  ])
})

t.test('nothing is read that nobody here follows', async (t) => {
  const { redis, notes, relay, told, follow } = await openRelay(t)
  await notes.add(jobseeker, { id, text: 'one', by: 'anne' })
  await redis.client.config('RESETSTAT')
  relay.changed({ jobseeker, id })
  await relay[Symbol.asyncDispose]()
  t.notMatch(String(await redis.client.info('commandstats')), /cmdstat_hget:/)
  follow()
  t.same(told, [])
})
