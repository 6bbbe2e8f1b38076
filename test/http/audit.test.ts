/** The audit log of a whole node: what is in it, what never is, and who may read it. */
import { randomUUID } from 'node:crypto'
import { join } from 'node:path'
import t from 'tap'
import { firstBreak } from '../../src/audit/chain.ts'
import type { Callback, Offer } from '../../src/protocol/index.ts'
import { connectRedis } from '../../src/store/redis.ts'
import { testNode } from '../support/node.ts'
import { eventOf, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const agencyToken = 'agency'.repeat(8)
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
const region = `${node.url}/api/regions/bretagne`

interface Line {
  readonly id: string
  readonly hash: string
  readonly entry: {
    readonly n: number
    readonly actor: string | { readonly person: string; readonly role: string }
    readonly act: string
    readonly outcome: string
    readonly subject?: { readonly kind: string; readonly id: string }
    readonly details?: Record<string, unknown>
  }
}
const send = (method: string, url: string, body?: object, token = agencyToken) =>
  fetch(url, {
    method,
    headers: { authorization: `Bearer ${token}`, ...(body && { 'content-type': 'application/json' }) },
    ...(body && { body: JSON.stringify(body) }),
  })
async function exported(query = '', { token = agencyToken, url = `${region}/audit` } = {}) {
  const response = await send('GET', `${url}?${query}`, undefined, token)
  const text = await response.text()
  if (response.status !== 200) return { status: response.status, text, lines: [], next: '', more: false }
  t.match(response.headers.get('content-type'), /^application\/x-ndjson/)
  const parsed = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as unknown)
  const { next, more } = parsed.pop() as { next: string; more: boolean }
  return { status: 200, text, lines: parsed as Line[], next, more }
}
/** The entries of an act as soon as there are so many. */
const entriesOf = (act: string, query = '', atLeast = 1) =>
  until(
    async () => {
      const found = (await exported(query)).lines.map(({ entry }) => entry).filter((entry) => entry.act === act)
      return found.length >= atLeast && found
    },
    { what: act },
  )

t.test('a whole conversation is on record with who, whom, when and where; nothing that was said is', async (t) => {
  const mark = 'MARKER'
  const phone = '+33 6 98 76 54 32'
  const tokens = [await node.token('jobseeker-1'), await node.token('advisor-anne')] as const
  const jeanne = await rawClient(node.url, tokens[0])
  const anne = await rawClient(node.url, tokens[1])
  await jeanne.result('chat.publish', { channel: 'jobseeker-1', key: randomUUID(), text: `${mark} bonjour` })
  await anne.result('chat.history', { channel: 'jobseeker-1', limit: 10 })
  await anne.result('chat.read', { channel: 'jobseeker-1', offset: 1 })
  await anne.result('enrolment.portfolio', {})
  const asked = { key: randomUUID(), medium: 'phone', phone, reason: `${mark} reason` }
  const { callback } = (await jeanne.result('callback.request', asked)) as { callback: Callback }
  const { offer } = await eventOf<{ offer: Offer }>(anne, 'callback.offered')
  await anne.result('callback.accept', { callback: callback.id, token: offer.token })
  const outcome = { disposition: 'answered', note: `${mark} note` }
  await anne.result('callback.complete', { callback: callback.id, token: offer.token, ...outcome })
  await jeanne.result('room.join', { room: 'jobseeker-1' })
  await jeanne.result('room.leave', { room: 'jobseeker-1' })
  await t.rejects(anne.result('chat.publish', { channel: 'nobody', key: randomUUID(), text: mark }), {
    code: 'FORBIDDEN',
  })
  await t.rejects(rawClient(node.url, `${mark}.token.nonsense`), { code: 'UNAUTHENTICATED' })
  const changed = { role: 'jobseeker', name: `${mark} Name`, advisor: 'advisor-anne' }
  t.equal((await send('PUT', `${region}/people/marked`, changed)).status, 200)
  t.equal((await send('PUT', `${region}/people/marked`, changed, tokens[1])).status, 403)
  jeanne.socket.close(1000)
  await jeanne[Symbol.asyncDispose]()
  await anne[Symbol.asyncDispose]()

  const byJeanne = { actor: { person: 'jobseeker-1', role: 'jobseeker' }, from: '127.0.0.1', session: String }
  const byAnne = { actor: { person: 'advisor-anne', role: 'advisor' }, from: '127.0.0.1', session: String }
  const aboutCall = { subject: { kind: 'callback', id: callback.id }, outcome: 'ok' }
  const aboutRoom = { subject: { kind: 'room', id: 'jobseeker-1' }, outcome: 'ok' }
  const expected: Record<string, object> = {
    'session.open': { ...byJeanne, at: Number, outcome: 'ok', details: { resumed: false } },
    'chat.history': {
      ...byAnne,
      subject: { kind: 'channel', id: 'jobseeker-1' },
      outcome: 'ok',
      details: { limit: 10 },
    },
    'enrolment.portfolio': { ...byAnne, outcome: 'ok' },
    'callback.request': { ...byJeanne, ...aboutCall, details: { jobseeker: 'jobseeker-1', medium: 'phone' } },
    'callback.accept': { ...byAnne, ...aboutCall, details: { jobseeker: 'jobseeker-1' } },
    'callback.complete': { ...byAnne, ...aboutCall, details: { disposition: 'answered', jobseeker: 'jobseeker-1' } },
    'room.join': { ...byJeanne, ...aboutRoom },
    'room.leave': { ...byJeanne, ...aboutRoom },
    'chat.publish': { ...byAnne, subject: { kind: 'channel', id: 'nobody' }, outcome: 'FORBIDDEN' },
    'PUT /api/regions/:region/people/:id': {
      actor: 'agency',
      from: '127.0.0.1',
      subject: { kind: 'person', id: 'marked' },
      outcome: 'ok',
      details: { role: 'jobseeker', advisor: 'advisor-anne' },
    },
  }
  for (const [act, pattern] of Object.entries(expected)) t.match((await entriesOf(act))[0], pattern, act)
  t.match((await entriesOf('PUT /api/regions/:region/people/:id'))[1], {
    actor: { person: 'advisor-anne' },
    outcome: 'FORBIDDEN',
  })
  const ended = await entriesOf('session.ended', '', 2)
  t.match(
    ended.find(({ actor }) => typeof actor !== 'string' && actor.person === 'jobseeker-1'),
    { details: { code: 1000 } },
  )
  const nowhere = await exported('', { url: `${node.url}/api/audit` })
  t.match(nowhere.lines[0]?.entry, { actor: 'unknown', act: 'session.open', outcome: 'UNAUTHENTICATED' })
  t.same(
    (await exported()).lines.filter(({ entry }) => entry.act === 'chat.read'),
    [],
  )

  const redis = connectRedis(join(node.dataDir, 'redis', 'redis.sock'))
  t.teardown(() => redis.disconnect())
  const dump = JSON.stringify([
    await redis.xrange('vv:audit:{bretagne}:log', '-', '+'),
    await redis.xrange('vv:audit:{_}:log', '-', '+'),
  ])
  t.match(dump, 'chat.history', 'the dump is the log')
  const names = ['Jeanne', 'Kermarrec', 'Anne ']
  for (const secret of [mark, phone, '98 76 54', agencyToken, ...tokens, ...names])
    t.notOk(dump.includes(secret), `${secret.slice(0, 12)} is nowhere in it`)
})

t.test('leaving the scheme is on record when it is done, with the end of the session', async (t) => {
  await using client = await rawClient(node.url, await node.token('jobseeker-4'))
  const left = client.result('enrolment.leave', { key: randomUUID() }).catch(() => undefined)
  t.equal((await client.closed).code, 4503)
  await left
  t.match(await entriesOf('enrolment.leave', 'actor=jobseeker-4'), [{ outcome: 'ok', from: '127.0.0.1' }])
  t.match(await entriesOf('session.ended', 'actor=jobseeker-4'), [{ details: { reason: 'REMOVED' } }])
  await t.rejects(rawClient(node.url, await node.token('jobseeker-4')), { code: 'FORBIDDEN' })
  const opened = await entriesOf('session.open', 'actor=jobseeker-4', 2)
  t.match(opened[1], { outcome: 'FORBIDDEN', actor: { person: 'jobseeker-4' } }, 'who was refused is known')
})

t.test('a change that cannot be put on record is not confirmed', async (t) => {
  const own = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
  const redis = connectRedis(join(own.dataDir, 'redis', 'redis.sock'))
  t.teardown(() => redis.disconnect())
  const person = { role: 'jobseeker', name: 'Nobody', advisor: 'advisor-anne' }
  const url = `${own.url}/api/regions/bretagne/people/nobody`
  const key = 'vv:audit:{bretagne}:log'
  await until(async () => (await redis.exists(key)) === 0, { what: 'an empty log' })
  // Of a wrong type: every attempt to write the log fails, and nothing else does.
  await redis.set(key, 'in the way')
  const refused = await send('PUT', url, person)
  t.ok(refused.status >= 500, `answered ${refused.status}`)
  t.match(await refused.json(), { error: { retryable: true } })
  await redis.del(key)
  t.equal((await send('PUT', url, person)).status, 200)
  const entries = await until(async () => {
    const stream = await redis.xlen(key)
    return stream >= 2 && stream
  })
  t.equal(entries, 2, 'the first attempt is on record as well')
})

t.test('the export goes in pages of any size, filtered, whole under writes, and is itself on record', async (t) => {
  await using anne = await rawClient(node.url, await node.token('advisor-anne'))
  const read = () => anne.result('chat.history', { channel: 'jobseeker-1' })
  for (let n = 0; n < 40; n++) await read()
  const end = Date.now() + 1
  await until(() => Date.now() > end)
  const all = await exported(`until=${end}`)
  t.equal(all.more, false)
  t.equal(firstBreak(all.lines.map(({ entry, hash }) => ({ text: JSON.stringify(entry), hash }))), undefined)

  const paged: Line[] = []
  let after = ''
  for (let more = true; more; ) {
    const page = await exported(`until=${end}&limit=7${after === '' ? '' : `&after=${after}`}`)
    t.ok(page.lines.length <= 7)
    paged.push(...page.lines)
    after = page.next
    more = page.more
    await read()
  }
  t.same(paged, all.lines)

  const about = (await exported('subject=jobseeker-1')).lines.map(({ entry }) => entry)
  for (const act of ['chat.history', 'room.join', 'callback.complete'])
    t.ok(
      about.some((entry) => entry.act === act),
      `${act} is about jobseeker-1`,
    )
  t.ok(about.every(({ subject, details }) => subject?.id === 'jobseeker-1' || details?.jobseeker === 'jobseeker-1'))
  const exports = await entriesOf('GET /api/regions/:region/audit')
  t.match(
    exports.find(({ details }) => details?.subject === 'jobseeker-1'),
    { actor: 'agency', outcome: 'ok' },
  )
})

t.test('only the agency and the supervisors of the region see it, with a team only what is the team’s', async (t) => {
  const status = async (token: string, url?: string) => (await exported('', { token, ...(url && { url }) })).status
  const claire = await node.token('supervisor-claire')
  for (const person of ['jobseeker-1', 'advisor-anne', 'operator-denis'])
    t.equal(await status(await node.token(person)), 403, person)
  t.equal(await status('nonsense'), 401)
  t.equal(await status(claire), 200)
  t.equal(await status(claire, `${node.url}/api/regions/occitanie/audit`), 403)
  t.equal(await status(claire, `${node.url}/api/audit`), 403)
  t.equal(await status(agencyToken, `${node.url}/api/regions/atlantis/audit`), 404)
  t.equal((await exported('after=1-1&limit=0')).status, 400)

  // Somebody of another team.
  await send('PUT', `${region}/people/advisor-other`, { role: 'advisor', name: 'Other', team: 'brest' })
  await using other = await rawClient(node.url, await node.token('advisor-other'))
  await other.result('enrolment.portfolio', {})
  await entriesOf('enrolment.portfolio', 'actor=advisor-other')
  const people = new Set(
    (await exported('', { token: claire })).lines.map(({ entry: { actor } }) =>
      typeof actor === 'string' ? actor : actor.person,
    ),
  )
  t.ok(people.has('advisor-anne'), 'of the team')
  t.ok(people.has('jobseeker-1'), 'followed by somebody of the team')
  t.notOk(people.has('advisor-other'), 'of another team')
})
