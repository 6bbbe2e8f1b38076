/** No text of a note in the log at its most talkative, nor in the audit log, whatever goes wrong. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { noteKeys } from '../../src/notes/keys.ts'
import { developmentToken } from '../support/node.ts'
import { startProcess } from '../support/process.ts'
import { testRedis } from '../support/redis.ts'
import { eventOf, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const jobseeker = 'jobseeker-1'

for (const level of ['trace', 'debug']) {
  t.test(`at level ${level} the log and the audit log have no note, but who did what to which`, async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'visavis-notes-'))
    t.teardown(() => rm(dataDir, { recursive: true, force: true }))
    await using redis = await testRedis(t)
    await using node = await startProcess({
      VISAVIS_LOG_LEVEL: level,
      VISAVIS_DATA_DIR: dataDir,
      REDIS_URL: redis.url,
    })
    await using anne = await rawClient(node.url, await developmentToken(node.url, 'advisor-anne'))
    await using jeanne = await rawClient(node.url, await developmentToken(node.url, jobseeker))
    const codes: string[] = []
    const call = async (method: string, params: object, by = anne) => {
      const answer = await by.call(method, { jobseeker, ...params })
      codes.push('error' in answer ? answer.error.code : 'ok')
    }
    const [id, text] = ['note-0001', 'kumquat']
    await call('note.add', { id, text })
    await eventOf(anne, 'note.changed')
    await call('note.edit', { id, text: `${text} again` })
    await call('note.edit', { id, text: `${text} once more` })
    await call('note.versions', { id })
    await call('note.list', {})
    await call('note.add', { id, text }, jeanne)
    await call('note.edit', { id, text: text.repeat(1_000) })
    await call('note.edit', { id, text, extra: text })
    await call('note.edit', { id: 'note-0002', text })
    await call('note.remove', { id })
    await call('note.add', { id, text })
    // A fault of the server: the key holds something else.
    await redis.client.set(noteKeys('jobseeker-2').notes, 'not a hash')
    const other = { jobseeker: 'jobseeker-2', id, text }
    for (const method of ['note.add', 'note.edit']) await call(method, other)
    // Storage is away.
    await redis.kill()
    await call('note.add', { id: 'note-0003', text })
    await redis.restart()
    await until(async () => !('error' in (await anne.call('note.list', { jobseeker }))), { what: 'Redis' })
    t.same(codes, [
      ...['ok', 'ok', 'CONFLICT', 'ok', 'ok', 'FORBIDDEN', 'BAD_REQUEST', 'BAD_REQUEST', 'NOT_FOUND', 'ok', 'GONE'],
      ...['INTERNAL', 'INTERNAL', 'UNAVAILABLE'],
    ])

    await node.kill('SIGTERM')
    await until(() => node.lines.some((line) => line.includes('"stopped"')), { what: 'the last line of the log' })
    t.match(node.lines.join('\n'), /a fault of the server/, 'it tells of what went wrong')
    t.equal(
      node.lines.find((line) => line.includes(text)),
      undefined,
    )
    const entries = (await redis.client.xrange('vv:audit:{bretagne}:log', '-', '+')).map(([, [, entry]]) => entry ?? '')
    const ofNotes = entries.filter((entry) => entry.includes('"act":"note.'))
    t.notMatch(entries.join('\n'), text)
    for (const kept of [
      { act: 'note.add', outcome: 'ok', subject: { kind: 'note', id }, details: { jobseeker } },
      { act: 'note.edit', outcome: 'CONFLICT', subject: { kind: 'note', id }, details: { jobseeker } },
      { act: 'note.remove', outcome: 'ok', subject: { kind: 'note', id }, details: { jobseeker } },
      { act: 'note.list', outcome: 'ok', subject: { kind: 'person', id: jobseeker } },
      { act: 'note.versions', outcome: 'ok', subject: { kind: 'note', id }, details: { jobseeker } },
      { act: 'note.add', outcome: 'FORBIDDEN', actor: { person: jobseeker, role: 'jobseeker' } },
    ])
      t.match(
        ofNotes.map((entry) => JSON.parse(entry) as object).find((entry) => matchesAll(entry, kept)),
        kept,
      )
  })
}

const matchesAll = (entry: object, kept: Readonly<Record<string, unknown>>): boolean =>
  Object.entries(kept).every(
    ([name, value]) => JSON.stringify((entry as Record<string, unknown>)[name]) === JSON.stringify(value),
  )
