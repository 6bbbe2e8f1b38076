/** Records on a whole node: who may see them, how rooms write them, and how they are taken away and checked. */
import { randomUUID } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import type { RecordFile } from '../../src/attendance/record-file.ts'
import type { AttendanceRecord, DataOf, Head, ResultOf } from '../../src/protocol/index.ts'
import { verifyCommand } from '../../src/verify-command.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { eventOf, type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const agency = 'agency'.repeat(8)
const path = '/api/regions/bretagne'
/** Tests ask faster than people do. */
const patient = { VISAVIS_REQUESTS_PER_SECOND: '1000', VISAVIS_REQUEST_BURST: '10000' }

async function stage(t: Test, env: Readonly<Record<string, string>> = {}) {
  const node = await testNode(t, {
    VISAVIS_AGENCY_TOKEN: agency,
    VISAVIS_ATTENDANCE_VERDICT_MS: '0',
    ...patient,
    ...env,
  })
  const call = async (method: string, where: string, body?: unknown, token = agency) => {
    const response = await fetch(`${node.url}${path}/${where}`, {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return response
  }
  return {
    ...{ node, call },
    async open(id: string, window: { from: number; until: number }, jobseeker = 'jobseeker-1') {
      const opened = await call('PUT', `attendance/${id}`, { jobseeker, advisor: 'advisor-anne', window })
      t.equal(opened.status, 200, await opened.clone().text())
      return ((await opened.json()) as { head: Head }).head
    },
    async client(person: string) {
      const client = await rawClient(node.url, await node.token(person))
      t.teardown(() => client[Symbol.asyncDispose]())
      return client
    },
  }
}

const codeOf = async (client: RawClient, method: string, params: object): Promise<string> => {
  const answer = await client.call(method, params)
  return 'error' in answer ? answer.error.code : 'ok'
}
const record = (client: RawClient, appointment: string) =>
  client.result('attendance.record', { appointment }) as Promise<ResultOf<'attendance.record'>>

/** A window that is open now and over very soon. */
const soon = (ms = 300) => ({ from: Date.now() - 60_000, until: Date.now() + ms })

t.test(
  'only the two parties and the supervisor of their team see a record, and each may do what is theirs',
  async (t) => {
    const { node, open, client, call } = await stage(t)
    const put = async (id: string, person: object) => t.equal((await call('PUT', `people/${id}`, person)).ok, true)
    await put('advisor-red', { role: 'advisor', name: 'R', team: 'red' })
    await put('advisor-blue', { role: 'advisor', name: 'B', team: 'blue' })
    await put('sup-red', { role: 'supervisor', name: 'SR', team: 'red' })
    await put('sup-blue', { role: 'supervisor', name: 'SB', team: 'blue' })
    await put('sup-all', { role: 'supervisor', name: 'SA' })
    await put('seeker-a', { role: 'jobseeker', name: 'A', advisor: 'advisor-red' })
    await put('seeker-b', { role: 'jobseeker', name: 'B', advisor: 'advisor-red' })
    const body = { jobseeker: 'seeker-a', advisor: 'advisor-red', window: soon(100) }
    t.equal((await call('PUT', 'attendance/matrix', body)).status, 200)
    await until(async () => {
      const shown = (await (await call('GET', 'attendance/matrix')).json()) as RecordFile
      return shown.record.state === 'proposed'
    })

    const yes = 'ok'
    const no = 'NOT_FOUND'
    const refused = 'FORBIDDEN'
    const matrix: Record<string, { record: string; contest: string; confirm: string; attempt: string; rest: number }> =
      {
        'seeker-a': { record: yes, contest: yes, confirm: refused, attempt: yes, rest: 200 },
        'seeker-b': { record: no, contest: no, confirm: refused, attempt: no, rest: 404 },
        'advisor-red': { record: yes, contest: refused, confirm: yes, attempt: yes, rest: 200 },
        'advisor-blue': { record: no, contest: refused, confirm: no, attempt: no, rest: 404 },
        'sup-red': { record: yes, contest: refused, confirm: yes, attempt: refused, rest: 200 },
        'sup-blue': { record: no, contest: refused, confirm: no, attempt: refused, rest: 404 },
        'sup-all': { record: yes, contest: refused, confirm: yes, attempt: refused, rest: 200 },
      }
    for (const [person, expected] of Object.entries(matrix)) {
      const one = await client(person)
      const of = { appointment: 'matrix' }
      const key = () => randomUUID()
      const head = async () => ((await (await call('GET', 'attendance/matrix')).json()) as RecordFile).record.head.n
      const attempt = { ...of, key: key(), at: Date.now(), cause: 'unreachable' }
      const token = await node.token(person)
      t.same(
        {
          record: await codeOf(one, 'attendance.record', of),
          contest: await codeOf(one, 'attendance.contest', { ...of, key: key() }),
          confirm: await codeOf(one, 'attendance.confirm', {
            ...of,
            key: key(),
            verdict: 'excused',
            seen: await head(),
          }),
          attempt: await codeOf(one, 'attendance.attempt', attempt),
          rest: (await call('GET', 'attendance/matrix', undefined, token)).status,
        },
        expected,
        person,
      )
    }
    t.equal((await call('PUT', 'attendance/x', body, await node.token('sup-all'))).status, 403, 'only the agency opens')
    t.equal((await fetch(`${node.url}${path}/attendance/matrix`)).status, 401)
    t.equal((await call('GET', 'attendance/matrix/pdf', undefined, await node.token('seeker-b'))).status, 404)
    const own = (await (await client('seeker-b')).result('attendance.list', {})) as { records: unknown[] }
    t.same(own.records, [], 'a list has one’s own and no other')
    t.ok(open)
  },
)

t.test('from the invitation to a contested verdict, checked offline with the heads that were handed out', async (t) => {
  const { open, client, call, node } = await stage(t)
  const jobseeker = await client('jobseeker-1')
  const first = await open('a1', soon(2_000))
  const invitation = { type: 'invitation', to: 'jobseeker', about: 'booked', step: 'delivered' }
  const fact = { key: 'mail-00001', at: Date.now(), fact: invitation }
  t.equal((await call('POST', 'attendance/a1/facts', fact)).status, 200)
  t.equal((await call('POST', 'attendance/a1/facts', fact)).status, 200, 'a repeat')
  t.equal(
    (await call('POST', 'attendance/a1/facts', { ...fact, fact: { type: 'arrived', party: 'jobseeker' } })).status,
    400,
  )

  await jobseeker.result('room.join', { room: 'jobseeker-1' })
  await eventOf<DataOf<'attendance.head'>>(jobseeker, 'attendance.head', ({ n }) => n === 3)
  await jobseeker.result('room.leave', { room: 'jobseeker-1' })
  await jobseeker.result('room.join', { room: 'jobseeker-1' })
  await eventOf<DataOf<'attendance.head'>>(jobseeker, 'attendance.head', ({ n }) => n === 5)
  const shown = await record(jobseeker, 'a1')
  t.same(
    shown.entries.map((entry) => entry.fact.type),
    ['opened', 'invitation', 'arrived', 'dropped', 'rejoined'],
    'coming back is added and overwrites nothing',
  )
  t.equal(shown.record.head.n, 5)
  const proposed = await until(async () => {
    const { record: now } = await record(jobseeker, 'a1')
    return now.state === 'proposed' && now
  })
  t.equal(proposed.verdict, 'undetermined')
  t.ok(proposed.because?.includes('arrived') && proposed.because.includes('advisor-missing'))
  t.equal(proposed.cannotBeAbsent, true)
  const advisor = await client('advisor-anne')
  const { record: contested } = (await jobseeker.result('attendance.contest', {
    ...{ appointment: 'a1', key: randomUUID(), reason: 'I was there, and waited.' },
  })) as { record: AttendanceRecord }
  t.equal(contested.state, 'contested')
  const seen = await record(advisor, 'a1')
  t.ok(
    seen.contents.some(({ value }) => value === 'I was there, and waited.'),
    'both see the same',
  )
  t.same(seen, await record(jobseeker, 'a1'))

  const folder = await mkdtemp(join(tmpdir(), 'vv-verify-'))
  t.teardown(() => rm(folder, { recursive: true }))
  const sealed = async () => {
    const answer = await call('GET', 'attendance/a1', undefined, await node.token('jobseeker-1'))
    const text = await answer.text()
    return (JSON.parse(text) as RecordFile).seals.length > 0 && text
  }
  const text = await until(sealed, { what: 'the seal' })
  const file = join(folder, 'record.json')
  await writeFile(file, text)
  const keys = join(folder, 'keys.json')
  await writeFile(keys, await (await fetch(`${node.url}/api/attendance/keys`)).text())
  const heads = jobseeker.events
    .filter(({ event }) => event === 'attendance.head')
    .map(({ data }) => data as DataOf<'attendance.head'>)
  t.equal(heads[0]?.hash, first.hash)
  const kept = join(folder, 'heads.json')
  await writeFile(kept, JSON.stringify(heads))

  const verify = async (...args: string[]) => {
    const said: string[] = []
    const code = await verifyCommand(args, (line) => said.push(line))
    return { code, text: said.join('\n') }
  }
  const good = await verify(file, '--head', kept, '--keys', keys)
  t.equal(good.code, 0, good.text)
  t.match(good.text, /The record is good/)
  const forged = join(folder, 'forged.json')
  await writeFile(forged, text.replace('"rejoined"', '"arrived"'))
  const bad = await verify(forged, '--head', `${heads.at(-1)?.n}:${heads.at(-1)?.hash}`)
  t.equal(bad.code, 1, bad.text)
  t.match(bad.text, /NOT good/)
  t.equal((await verify(join(folder, 'none.json'))).code, 2)
  t.equal((await verify(file, '--head', 'nonsense')).code, 2)
  t.equal((await verify()).code, 2)
  t.match((await verify(file)).text, /without a head/)

  for (const language of ['fr', 'en']) {
    const pdf = await call('GET', `attendance/a1/pdf?language=${language}`, undefined, await node.token('advisor-anne'))
    t.equal(pdf.status, 200)
    t.match(Buffer.from(await pdf.arrayBuffer()).toString('latin1'), /^%PDF-1\.\d[\s\S]*%%EOF\s*$/)
  }
  const metrics = await (await fetch(`${node.url}/metrics`)).text()
  t.match(metrics, /visavis_attendance_verdicts_total\{[^}]*verdict="undetermined"[^}]*\} [1-9]/)
  t.match(metrics, /visavis_attendance_entries\{[^}]*\} [1-9]/)
})

t.test('a room outside any appointment is on no record, and a record only has its own jobseeker’s room', async (t) => {
  const { open, client } = await stage(t)
  await open('later', { from: Date.now() + 3 * 3_600_000, until: Date.now() + 4 * 3_600_000 })
  await open('other', soon(60_000), 'jobseeker-2')
  const jobseeker = await client('jobseeker-1')
  await jobseeker.result('room.join', { room: 'jobseeker-1' })
  await jobseeker.result('room.leave', { room: 'jobseeker-1' })
  await open('now', soon(60_000))
  await jobseeker.result('room.join', { room: 'jobseeker-1' })
  await until(async () => (await record(jobseeker, 'now')).record.head.n === 2)
  t.equal((await record(jobseeker, 'later')).record.head.n, 1)
  t.equal((await record(await client('jobseeker-2'), 'other')).record.head.n, 1)
})

t.test('a worker that dies is the service’s fault, and so is a node that stops', async (t) => {
  const { node, open, client } = await stage(t)
  await open('a1', soon(60_000))
  const jobseeker = await client('jobseeker-1')
  await jobseeker.result('room.join', { room: 'jobseeker-1' })
  const [worker] = await workersOf(node)
  if (worker === undefined) throw new Error('no worker')
  process.kill(worker, 'SIGKILL')
  await until(async () => (await record(jobseeker, 'a1')).entries.some(({ fact }) => fact.type === 'dropped'))
  const { entries } = await record(jobseeker, 'a1')
  t.match(entries.at(-1)?.fact, { type: 'dropped', party: 'jobseeker', cause: 'worker-died' })
})

/** Children of this process, of that name. */
async function workersOf(node: TestNode): Promise<number[]> {
  t.ok(node.url)
  const { readdir, readFile } = await import('node:fs/promises')
  const pids = (await readdir('/proc')).map(Number).filter(Number.isInteger)
  const found = await Promise.all(
    pids.map(async (pid) => {
      const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '')
      const [, name, parent] = /^\d+ \((.*)\) \S (\d+)/.exec(stat) ?? []
      return name?.startsWith('mediasoup') && Number(parent) === process.pid ? [pid] : []
    }),
  )
  return found.flat()
}
