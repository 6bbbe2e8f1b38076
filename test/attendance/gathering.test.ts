/** What goes into a record on a whole node besides the talk itself: lobby, device check, tries in vain, who is not there yet. */

import { pino } from 'pino'
import t, { type Test } from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import type { Fact } from '../../src/protocol/index.ts'
import { startRecording } from '../../src/recording.ts'
import { testSmtp } from '../notices/smtp-server.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { freePort } from '../support/port.ts'
import { until } from '../support/until.ts'
import { minute, parties, region, testAttendance } from './test-attendance.ts'

const agency = 'agency'.repeat(8)
const room = parties.jobseeker
const patience = { timeoutMs: 30_000 }

async function stage(t: Test, env: Readonly<Record<string, string>> = {}) {
  const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agency, ...env })
  const headers = { authorization: `Bearer ${agency}`, 'content-type': 'application/json' }
  const put = async (path: string, body: object) => {
    const response = await fetch(`${node.url}/api/regions/bretagne/${path}`, {
      ...{ method: 'PUT', headers, body: JSON.stringify(body) },
    })
    t.ok(response.ok, await response.text())
  }
  return {
    ...{ node, put },
    open: (id = 'a1', window = { from: Date.now() - minute, until: Date.now() + 30 * minute }) =>
      put(`attendance/${id}`, { ...parties, window }),
    signIn: (person: string) => signIn(t, node, person),
  }
}

async function signIn(t: Test, node: TestNode, person: string): Promise<Visavis> {
  const visavis = connect({ url: node.url, token: () => node.token(person) })
  t.teardown(() => visavis.close())
  await visavis.opened
  return visavis
}

const factsOf = async (visavis: Visavis, id = 'a1'): Promise<readonly Fact[]> =>
  (await visavis.attendance.read(id)).entries.map(({ fact }) => fact)

t.test('who is told that they wait, or were let in, is on record as such; who gives up has left', async (t) => {
  const { open, signIn } = await stage(t, { VISAVIS_LOBBIES: 'kept' })
  await open()
  const jeanne = await signIn(room)
  const anne = await signIn(parties.advisor)
  const wait = jeanne.lobby.enter(room)
  await until(() => wait.visit !== undefined)
  t.match((await factsOf(jeanne)).at(-1), { type: 'arrived', party: 'jobseeker', place: 'lobby' })
  // The same place, taken up again from another device.
  await (await signIn(room)).call('lobby.enter', { room })
  t.equal((await factsOf(jeanne)).length, 2)
  await anne.call('lobby.admit', { room, person: room })
  await wait.admitted
  t.match((await factsOf(anne)).at(-1), { type: 'admitted', party: 'jobseeker' })
  await jeanne.call('room.join', { room })
  await until(async () => (await factsOf(anne)).length === 4, patience)
  await jeanne.call('room.leave', { room })
  await until(async () => (await factsOf(anne)).length === 5, patience)
  const again = jeanne.lobby.enter(room)
  await until(() => again.visit !== undefined)
  again.leave()
  const facts = await until(async () => {
    const now = await factsOf(anne)
    return now.length === 7 && now
  }, patience)
  t.match(facts.slice(1), [
    { type: 'arrived', place: 'lobby' },
    { type: 'admitted' },
    { type: 'arrived', party: 'jobseeker' },
    { type: 'dropped', cause: 'left' },
    { type: 'arrived', place: 'lobby' },
    { type: 'dropped', cause: 'left' },
  ])
  t.notOk(facts[3] !== undefined && 'place' in facts[3], 'in the room')
})

t.test('a talk of both ends when the last one says goodbye', async (t) => {
  const { open, signIn } = await stage(t)
  await open()
  const jeanne = await signIn(room)
  const anne = await signIn(parties.advisor)
  await jeanne.call('room.join', { room })
  await jeanne.call('room.leave', { room })
  await jeanne.call('room.join', { room })
  await anne.call('room.join', { room })
  await jeanne.call('room.leave', { room })
  await anne.call('room.leave', { room })
  const facts = await until(async () => {
    const now = await factsOf(anne)
    return now.some(({ type }) => type === 'ended') && now
  }, patience)
  t.match(facts.at(-1), { type: 'ended', by: 'advisor' })
  t.equal(facts.filter(({ type }) => type === 'ended').length, 1, 'of one alone nothing ends')
})

t.test('what a device check finds goes into the records of what lies ahead, once', async (t) => {
  const { attendance, clock, window, open } = await testAttendance(t)
  await open('soon')
  const far = window.from + 70 * 24 * 60 * minute
  await open('far', { window: { from: far, until: far + minute } })
  await using recording = startRecording({
    ...{ attendance, log: pino({ level: 'silent' }) },
    regionOf: async () => region,
  })
  const checked = { key: 'c1', result: 'failed', problems: ['no-camera'], at: clock.now } as const
  await recording.recordCheck(room, checked)
  await recording.recordCheck(room, checked)
  await recording.recordCheck('jobseeker-2', checked)
  t.match((await attendance.entries(region, 'soon')).map(({ fact }) => fact).slice(1), [
    { type: 'check', party: 'jobseeker', result: 'failed', problems: ['no-camera'] },
  ])
  t.equal((await attendance.entries(region, 'soon')).length, 2)
  t.equal((await attendance.entries(region, 'far')).length, 1)
})

t.test('what a device could not get into is told by itself, for the appointment that is on there', async (t) => {
  const { node, open, signIn } = await stage(t)
  await open()
  await open('later', { from: Date.now() + 300 * minute, until: Date.now() + 330 * minute })
  const kept = new Map<string, string>()
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
    removeItem: (key: string) => void kept.delete(key),
  }
  // A port where nobody listens.
  const away = connect({ url: 'http://127.0.0.1:9', token: () => 'none', storage })
  away.attendance.failedIn(room, new DOMException('denied', 'NotAllowedError'))
  away.attendance.attemptIn(room, 'unreachable')
  away.attendance.attemptIn('somebody-else', 'unreachable')
  away.close()
  const back = connect({ url: node.url, token: () => node.token(room), storage })
  t.teardown(() => back.close())
  await until(() => kept.get('visavis.attempts') === '[]', patience)
  const jeanne = await signIn(room)
  t.match((await factsOf(jeanne)).slice(1), [
    { type: 'attempt', party: 'jobseeker', cause: 'camera-denied' },
    { type: 'attempt', party: 'jobseeker', cause: 'unreachable' },
  ])
  t.equal((await factsOf(jeanne, 'later')).length, 1)
})

t.test('both are written to when somebody is not there yet, in words that hold nothing against them', async (t) => {
  await using smtp = await testSmtp(t)
  const port = await freePort()
  const { put, open, signIn } = await stage(t, {
    VISAVIS_PORT: `${port}`,
    VISAVIS_ATTENDANCE_AWAIT_MS: '0',
    VISAVIS_SMTP_URL: smtp.url,
    VISAVIS_MAIL_FROM: 'no-reply@example.org',
    VISAVIS_PUBLIC_URL: `http://127.0.0.1:${port}`,
  })
  await put(`people/${room}/contact`, { email: 'jeanne@example.org', language: 'fr' })
  await put(`people/${parties.advisor}/contact`, { email: 'anne@example.org', language: 'en' })
  await open('a1', { from: Date.now() + 2_000, until: Date.now() + 30 * minute })
  const anne = await signIn(parties.advisor)
  await until(async () => (await factsOf(anne)).filter(({ type }) => type === 'awaited').length === 2, patience)
  await until(() => smtp.mails.length === 2, { ...patience, what: 'two mails' })
  const said = smtp.mails.map(({ to, text }) => `${to.join()} ${text}`).join('\n')
  t.match(said, /jeanne@example.org/)
  t.match(said, /anne@example.org/)
  t.notMatch(said, /absen|sanction|radiation|penalt/i)
})

t.test('a record follows to the new advisor, and the former one sees it no more', async (t) => {
  const { put, signIn } = await stage(t)
  await put('people/advisor-new', { role: 'advisor', name: 'Nouvelle' })
  const anne = await signIn(parties.advisor)
  const from = Math.ceil((Date.now() + 2 * 60 * minute) / minute) * minute
  const { id } = await anne.appointments.book({ jobseeker: room, from, modality: 'webcam' })
  const jeanne = await signIn(room)
  await until(async () => (await jeanne.attendance.list()).length === 1, patience)
  await put(`people/${room}`, { role: 'jobseeker', name: 'Jeanne Martin', advisor: 'advisor-new' })
  const next = await signIn('advisor-new')
  await until(async () => (await next.attendance.list()).length === 1, patience)
  t.match((await factsOf(next, id)).at(-1), { type: 'carried' })
  t.same(await next.attendance.list({ before: Date.now() }), [], 'it lies ahead')
  t.match(await next.attendance.list({ before: from, jobseeker: room }), [{ appointment: id }])
  t.same(await next.attendance.list({ jobseeker: 'jobseeker-2' }), [])
  t.same(await next.attendance.toConfirm(), { records: [], total: 0 })
  const stranger = await signIn('jobseeker-2')
  t.same(await stranger.attendance.list({ jobseeker: room }), [], 'one’s own alone')
  await t.rejects(stranger.attendance.toConfirm(), { code: 'FORBIDDEN' })
  await t.rejects(anne.attendance.read(id), { code: 'NOT_FOUND' })
  t.same(await anne.attendance.list(), [])
})

t.test('both sides are told what is on in a room, and when the next one of the advisor begins', async (t) => {
  const { signIn } = await stage(t, { VISAVIS_APPOINTMENT_LEAD_MS: '7200000' })
  const anne = await signIn(parties.advisor)
  const jeanne = await signIn(room)
  t.match(await jeanne.appointments.current(room), { appointment: undefined, leadMs: 7_200_000 })
  const from = Math.ceil((Date.now() + 30 * minute) / minute) * minute
  const { id, until: end } = await anne.appointments.book({ jobseeker: room, from, modality: 'webcam' })
  await anne.appointments.book({ jobseeker: 'jobseeker-2', from: end + 30 * minute, modality: 'webcam' })
  const expected = { appointment: { id, from }, nextAt: end + 30 * minute }
  t.match(await jeanne.appointments.current(room), expected)
  t.match(await anne.appointments.current(room), expected)
  const paul = await signIn('jobseeker-2')
  await t.rejects(paul.appointments.current(room), { code: 'FORBIDDEN' })
})
