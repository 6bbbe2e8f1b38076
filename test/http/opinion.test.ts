/** Saying how a talk was: by its two parties, once each, if the record shows a talk, and not long after. */
import t from 'tap'
import { Attendance } from '../../src/attendance/attendance.ts'
import type { Fact, Party } from '../../src/protocol/index.ts'
import { reportKeys } from '../../src/report/keys.ts'
import { testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'

const region = 'bretagne'
const dayMs = 24 * 60 * 60 * 1_000
const agencyToken = 'agency'.repeat(8)
const redis = await testRedis(t)
const node = await testNode(t, { REDIS_URL: redis.url, VISAVIS_AGENCY_TOKEN: agencyToken })
const attendance = new Attendance({
  ...{ client: redis.client, keepMs: 100 * dayMs, verdictAfterMs: dayMs, sealEveryMs: dayMs, awaitAfterMs: dayMs },
})

const arrived = (party: Party): Fact => ({ type: 'arrived', party, visit: party })
const dropped = (party: Party): Fact => ({ type: 'dropped', party, visit: party, cause: 'left' })
const parties = ['jobseeker', 'advisor'] as const

/** An appointment whose parties came so long ago, and stayed for a minute. */
async function talk(appointment: string, agoMs = 0, who: readonly Party[] = parties) {
  const from = Date.now() - agoMs - 60_000
  const window = { from, until: from + 30 * 60_000 }
  await attendance.open(region, { appointment, jobseeker: 'jobseeker-1', advisor: 'advisor-anne', window })
  const given = who.flatMap((party) => [
    { key: `arrived/${party}`, at: from, fact: arrived(party) },
    { key: `dropped/${party}`, at: from + 60_000, fact: dropped(party) },
  ])
  await attendance.record(region, appointment, given)
}

let acts = 0
async function say(person: string | undefined, appointment: string, body: object, key = `opinion-key-${++acts}`) {
  const response = await fetch(`${node.url}/api/appointments/${appointment}/opinion`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${person === undefined ? agencyToken : await node.token(person)}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ key, ...body }),
  })
  return { status: response.status, answer: (await response.json()) as object }
}
const barred = (bar: string) => ({ status: 409, answer: { error: { code: 'CONFLICT', details: { bar } } } })
/** Everything counted of opinions so far, whatever the week. */
async function counted(): Promise<Record<string, number>> {
  const all = await redis.client.hgetall(reportKeys(region).counts)
  const sums: Record<string, number> = {}
  for (const [field, count] of Object.entries(all)) {
    const measure = field.slice(field.indexOf('/') + 1)
    if (/talk|media|advisor/i.test(measure)) sums[measure] = (sums[measure] ?? 0) + Number(count)
  }
  return sums
}

t.test('each of the two says it once, under their own head', async (t) => {
  await talk('talk-1')
  t.match(await say('jobseeker-1', 'talk-1', { talk: 5, media: 2 }, 'opinion-first'), { status: 200 })
  t.match(await say('jobseeker-1', 'talk-1', { talk: 5, media: 2 }, 'opinion-first'), { status: 200 }, 'a repeat')
  t.match(await say('jobseeker-1', 'talk-1', { talk: 1 }), barred('answered'))
  t.match(await say('advisor-anne', 'talk-1', { media: 4 }), { status: 200 })
  t.match(await say('advisor-anne', 'talk-1', { media: 4 }), barred('answered'))
  t.same(await counted(), { 'talk.5': 1, 'media.2': 1, 'advisorMedia.4': 1 })
})

t.test('nobody else says anything, and nobody learns what there is', async (t) => {
  await talk('talk-2')
  const before = await counted()
  t.match(await say('jobseeker-2', 'talk-2', { talk: 1 }), { status: 404 })
  t.match(await say('advisor-bruno', 'talk-2', { talk: 1 }), { status: 404 })
  t.match(await say('jobseeker-1', 'talk-none', { talk: 1 }), { status: 404 })
  for (const other of ['supervisor-claire', 'operator-denis', undefined]) {
    t.match(await say(other, 'talk-2', { talk: 1 }), { status: 403 }, `not ${other}`)
  }
  t.same(await counted(), before)
})

t.test('without a talk on record, or long after it, nothing is counted', async (t) => {
  const before = await counted()
  await talk('alone', 0, ['jobseeker'])
  t.match(await say('jobseeker-1', 'alone', { talk: 1 }), barred('noTalk'))
  await talk('nobody', 0, [])
  t.match(await say('jobseeker-1', 'nobody', { talk: 1 }), barred('noTalk'))
  await talk('long-ago', 7 * dayMs + 60_000)
  t.match(await say('jobseeker-1', 'long-ago', { talk: 1 }), barred('late'))
  t.same(await counted(), before)
  await talk('last-week', 7 * dayMs - 600_000)
  t.match(await say('jobseeker-1', 'last-week', { talk: 3 }), { status: 200 })
})

t.test('what is no answer is refused', async (t) => {
  await talk('talk-3')
  for (const body of [{}, { talk: 0 }, { talk: 6 }, { talk: 2.5 }, { talk: 'good' }, { talk: 3, more: 1 }]) {
    t.match(await say('jobseeker-1', 'talk-3', body), { status: 400 }, JSON.stringify(body))
  }
  t.match(await say('jobseeker-1', 'talk-3', { talk: 4 }), { status: 200 }, 'which leaves their say to them')
})

t.test('of many requests at once one counts', async (t) => {
  await talk('talk-4')
  const before = (await counted())['talk.2'] ?? 0
  const all = await Promise.all(Array.from({ length: 8 }, () => say('jobseeker-1', 'talk-4', { talk: 2 })))
  t.equal(all.filter(({ status }) => status === 200).length, 1)
  t.equal((await counted())['talk.2'], before + 1)
})
