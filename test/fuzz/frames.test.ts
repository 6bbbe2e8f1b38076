import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import type { ResultOf, Role } from '../../src/protocol/index.ts'
import { faultSeed } from '../faults/random.ts'
import { developmentToken } from '../support/node.ts'
import { startProcess } from '../support/process.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { createJudge } from './judge.ts'
import { seeded } from './random.ts'
import { type Counts, Seat, type Somebody } from './seat.ts'

const long = process.env.VISAVIS_TEST_LONG !== undefined
const wanted = Number(process.env.VISAVIS_TEST_FRAMES ?? (long ? 1_000_000 : 100_000))
/** Repeats the choices; the ids that the node makes, and the order in which its answers come, are never the same. */
const seed = faultSeed()

const agencyToken = 'agency'.repeat(8)

const roles: readonly Role[] = [
  ...['jobseeker', 'jobseeker', 'jobseeker', 'jobseeker', 'jobseeker', 'jobseeker'],
  ...['advisor', 'advisor', 'advisor', 'supervisor', 'operator', 'operator', 'guest'],
] as Role[]

t.setTimeout(long ? 1_200_000 : 230_000)
t.test(`${wanted} frames made from the schemas: each has the effect that is documented`, async (t) => {
  t.comment(`VISAVIS_TEST_SEED=${seed}`)
  const dataDir = await mkdtemp(join(tmpdir(), 'visavis-'))
  t.teardown(() => rm(dataDir, { recursive: true, force: true }))
  await using node = await startProcess({
    VISAVIS_DATA_DIR: dataDir,
    VISAVIS_REDIS_FSYNC: 'everysec',
    VISAVIS_AGENCY_TOKEN: agencyToken,
    VISAVIS_SYNTHETIC_PARTICIPANTS: 'true',
    // The limits are tested elsewhere; here every frame is to get past them.
    VISAVIS_REQUESTS_PER_SECOND: '1000000',
    VISAVIS_REQUEST_BURST: '10000000',
    VISAVIS_MAX_IN_FLIGHT: '1000',
    VISAVIS_SESSIONS_PER_PERSON: '1000',
    VISAVIS_OPENS_PER_SECOND: '100000',
    VISAVIS_OUTBOX_BYTES: '67108864',
  })
  t.teardown(() => node.kill('SIGTERM'))
  const enrolled = enrolment(node.url)
  const rooms = await Promise.all(Array.from({ length: 4 }, async () => (await enrolled('jobseeker')).id))
  const advisorToken = await developmentToken(node.url, 'advisor-anne')
  const invited = invitation(node.url, { room: (await enrolled('jobseeker')).id, advisorToken })
  const seats = roles.map(
    (role, n) =>
      new Seat({
        url: node.url,
        role,
        random: seeded(seed + n),
        judge: createJudge(),
        person: () => (role === 'guest' ? invited() : enrolled(role)),
        rooms,
      }),
  )

  await using bystander = await rawClient(node.url, await developmentToken(node.url, 'jobseeker-4'))
  let over = false
  const waits: number[] = []
  const watching = (async () => {
    while (!over) {
      const startedAt = performance.now()
      const answer = await bystander.call('chat.channels', {})
      if (!('result' in answer)) throw new Error(`the bystander was answered ${JSON.stringify(answer)}`)
      waits.push(performance.now() - startedAt)
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  })()
  watching.catch(() => {})

  const all = (share: number) => Promise.all(seats.map((seat) => seat.run(Math.ceil((wanted * share) / seats.length))))
  const startedAt = performance.now()
  await all(0.2)
  const before = await residentBytes(node.pid)
  await all(0.8)
  const seconds = (performance.now() - startedAt) / 1_000
  over = true
  await watching

  const counts = seats.map((seat) => seat.counts)
  report(t, counts, seconds)
  waits.sort((a, b) => a - b)
  t.comment(`bystander: ${waits.length} answers, p50 ${at(waits, 0.5)} ms, p99 ${at(waits, 0.99)} ms`)
  t.strictSame(
    seats.flatMap((seat) => seat.faults),
    [],
    'every answer, event and close is a documented one',
  )
  t.ok(sum(counts, ({ frames }) => frames) >= wanted, 'as many frames as wanted were sent')
  const errors = new Set(counts.flatMap((each) => [...each.errors.keys()]))
  for (const code of ['BAD_REQUEST', 'UNKNOWN_METHOD', 'FORBIDDEN', 'CONFLICT', 'GONE', 'NOT_FOUND'])
    t.ok(errors.has(code), `${code} occurred: the frames reach so far`)
  const guest = counts[roles.indexOf('guest')]
  t.ok((guest?.results ?? 0) > wanted / 1_000, `third persons get past the door: ${guest?.results} results`)
  await Promise.all(seats.map((seat) => seat.close()))

  t.strictSame(
    node.lines.filter((line) => isFault(line)),
    [],
    'the node has logged no error',
  )
  t.match(await bystander.call('session.heartbeat', {}), { result: {} }, 'the bystander is still served')
  t.equal((await fetch(`${node.url}/livez`)).status, 200)
  // 400,000 frames stayed below 340 MB, 24 November 2026: what grows in the beginning is heap that V8 keeps.
  const mostBytes = before * 1.25 + 96 * 1_048_576
  const after = await until(
    async () => {
      const bytes = await residentBytes(node.pid)
      return bytes < mostBytes ? bytes : undefined
    },
    { what: `memory of less than ${megabytes(mostBytes)}`, timeoutMs: 20_000, everyMs: 250 },
  )
  t.comment(`resident: ${megabytes(before)} after a fifth, ${megabytes(after)} at the end`)
})

/** Makes people as they are needed, since some of them leave. */
function enrolment(url: string) {
  let made = 0
  return async (role: Role) => {
    made += 1
    const id = `fuzz-${made}`
    const person = {
      role,
      name: `Fuzz ${made}`,
      ...(role === 'jobseeker' ? { advisor: 'advisor-anne' } : {}),
      ...(role === 'advisor' || role === 'supervisor' ? { team: 'rennes' } : {}),
    }
    const response = await fetch(`${url}/api/regions/bretagne/people/${id}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${agencyToken}` },
      body: JSON.stringify(person),
    })
    if (!response.ok) throw new Error(`${id} could not be enrolled: ${await response.text()}`)
    // Advisors share one portfolio, so that they meet the jobseekers.
    const shown = role === 'advisor' ? 'advisor-anne' : id
    return { id: shown, token: await developmentToken(url, shown) }
  }
}

/** Third persons, each invited into a room that is no other seat's, and let in, so that they get as far as media. */
function invitation(url: string, { room, advisorToken }: { room: string; advisorToken: string }) {
  let made = 0
  return async (): Promise<Somebody> => {
    made += 1
    await using advisor = await rawClient(url, advisorToken)
    const invite = { room, name: `Fuzz ${made}`, key: `fuzz-invite-${made}`, expiresAt: Date.now() + 86_400_000 }
    const { token } = (await advisor.result('lobby.invite', invite)) as ResultOf<'lobby.invite'>
    await using guest = await rawClient(url)
    const opened = await guest.result('session.open', { token, versions: [1] })
    const { person: id } = (opened as ResultOf<'session.open'>).identity
    await guest.result('lobby.enter', { room })
    await advisor.result('lobby.admit', { room, person: id })
    return { id, token, room }
  }
}

function report(t: { comment: (text: string) => void }, counts: readonly Counts[], seconds: number): void {
  const frames = sum(counts, (each) => each.frames)
  const merged = (of: (each: Counts) => ReadonlyMap<string | number, number>) => {
    const total = new Map<string | number, number>()
    for (const each of counts) for (const [name, n] of of(each)) total.set(name, (total.get(name) ?? 0) + n)
    return [...total].map(([name, n]) => `${name} ${n}`).join(', ')
  }
  t.comment(`${frames} frames in ${seconds.toFixed(1)} s, ${Math.round(frames / seconds)} a second`)
  t.comment(`${sum(counts, (each) => each.results)} results, ${sum(counts, (each) => each.events)} events`)
  t.comment(`errors: ${merged((each) => each.errors)}`)
  t.comment(`closes: ${merged((each) => each.closes)}`)
}

const sum = (counts: readonly Counts[], of: (each: Counts) => number) =>
  counts.reduce((total, each) => total + of(each), 0)

const at = (sorted: readonly number[], share: number) => Math.round(sorted[Math.floor(sorted.length * share)] ?? 0)

const megabytes = (bytes: number) => `${Math.round(bytes / 1_048_576)} MB`

async function residentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1_024
}

/** A line of level error or fatal, or what Node itself writes when it ends. */
function isFault(line: string): boolean {
  if (!line.startsWith('{')) return /error|unhandled|uncaught/i.test(line)
  return (JSON.parse(line) as { level: number }).level >= 50
}
