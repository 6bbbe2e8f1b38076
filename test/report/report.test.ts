/** Counting what happens in a region, week by week, and reading it. */
import t from 'tap'
import { reportCsv } from '../../src/report/csv.ts'
import { reportKeys } from '../../src/report/keys.ts'
import {
  answerMeasure,
  everyGroup,
  lobbyMeasure,
  opinionMeasures,
  verdictMeasure,
  waitMeasure,
} from '../../src/report/measure.ts'
import { Report } from '../../src/report/report.ts'
import { mondayOf, quarterOf, weekOf, weeksBefore, weeksOfQuarter } from '../../src/report/week.ts'
import { testRedis } from '../support/redis.ts'

const redis = await testRedis(t)
const at = (text: string) => Temporal.Instant.from(text).epochMilliseconds
let regions = 0
function testReport(now: string) {
  regions += 1
  const region = `report-${regions}`
  const clock = { now: at(now) }
  const report = new Report({ client: redis.client, timeZoneOf: () => 'Europe/Paris', now: () => clock.now })
  const times = async (measure: string, count: number) => {
    for (let n = 0; n < count; n += 1) await report.count(region, { measure, key: `${measure}/${clock.now}/${n}` })
  }
  return { region, report, clock, times }
}

t.test('a week is one by the clocks of the region', async (t) => {
  t.equal(weekOf(at('2026-11-29T23:30:00Z'), 'Europe/Paris'), '2026-W49')
  t.equal(weekOf(at('2026-11-29T23:30:00Z'), 'America/Cayenne'), '2026-W48')
  t.equal(weekOf(at('2027-01-01T12:00:00Z'), 'Europe/Paris'), '2026-W53')
  t.equal(mondayOf('2026-W53'), '2026-12-28')
  t.equal(mondayOf('2027-W01'), '2027-01-04')
  t.equal(quarterOf('2026-W53'), '2026-Q4')
  t.equal(weeksOfQuarter('2026-W53').length, 14)
  t.same([weeksOfQuarter('2026-W14').at(0), weeksOfQuarter('2026-W20').at(-1)], ['2026-W14', '2026-W26'])
  t.same(weeksBefore(at('2027-01-05T12:00:00Z'), 'Europe/Paris', 2), ['2026-W52', '2026-W53'])
})

t.test('something is counted once, and only weeks that are over are told', async (t) => {
  const { region, report, clock, times } = testReport('2026-11-25T10:00:00Z')
  await times('joined', 6)
  await report.count(region, { measure: 'joined', key: `joined/${clock.now}/0` })
  t.same((await report.read(region, 1)).weeks[0]?.counts.joined, 0, 'the week before')
  clock.now = at('2026-11-29T23:30:00Z')
  t.equal((await report.read(region, 1)).weeks[0]?.period, '2026-W47', 'not at once')
  clock.now = at('2026-11-30T10:00:00Z')
  const [week] = (await report.read(region, 1)).weeks
  t.match(week, { period: '2026-W48', from: '2026-11-23', counts: { joined: 6, left: 0 } })
})

t.test('a verdict that changes within the week moves its count, later it stays', async (t) => {
  const { region, report, clock, times } = testReport('2026-11-25T10:00:00Z')
  await times('appointments.held', 5)
  const appointment = (measure: string) => report.count(region, { measure, key: 'verdict/a' })
  await appointment('appointments.undetermined')
  await appointment('appointments.held')
  clock.now = at('2026-11-30T10:00:00Z')
  await appointment('appointments.absent')
  clock.now = at('2026-12-07T10:00:00Z')
  const { weeks } = await report.read(region, 2)
  t.match(weeks[0]?.counts, { 'appointments.held': 6, 'appointments.undetermined': 0, appointments: 6 })
  t.equal(weeks[1]?.counts.appointments, 0)
})

t.test('a quarter is told when all of it is over, and CSV says what is hidden', async (t) => {
  const { region, report, clock, times } = testReport('2026-04-01T10:00:00Z')
  await times('left.work', 3)
  clock.now = at('2026-04-08T10:00:00Z')
  await times('left.work', 2)
  await times('left.agency', 7)
  clock.now = at('2026-06-28T10:00:00Z')
  t.same(
    (await report.read(region, 13)).quarters.map(({ period }) => period),
    ['2026-Q1'],
  )
  clock.now = at('2026-06-29T10:00:00Z')
  const found = await report.read(region, 13)
  t.match(found.quarters, [{ period: '2026-Q2', counts: { 'left.work': 5, 'left.agency': 7, left: 12 } }])
  t.match(found.weeks[0]?.counts, { 'left.work': null, left: null, 'left.agency': 0 })
  const lines = reportCsv(found).split('\r\n')
  t.ok(lines.includes(`${region},2026-W14,2026-03-30,left.work,hidden`))
  t.ok(lines.includes(`${region},2026-Q2,2026-03-30,left,12`))
})

t.test('nothing that is kept says who it was, and what does so by digest goes', async (t) => {
  const { region, report } = testReport('2026-11-25T10:00:00Z')
  await report.count(region, { measure: 'joined', key: 'joined/jobseeker-7/1' })
  const keys = await redis.client.keys(`*${region}*`)
  t.equal(keys.length, 2)
  t.notOk(keys.some((name) => name.includes('jobseeker-7')))
  const counted = keys.find((name) => name !== reportKeys(region).counts) ?? ''
  t.ok((await redis.client.pttl(counted)) > 7 * 86_400_000)
  const once = () => report.count(region, { measure: 'answers.1h', key: 'answered/jobseeker-7/1', toldOnce: true })
  await once()
  await once()
  t.equal(await redis.client.hget(reportKeys(region).counts, '2026-W48/answers.1h'), '1')
  const [short = ''] = (await redis.client.keys(`*${region}*`)).filter((name) => !keys.includes(name))
  t.ok((await redis.client.pttl(short)) <= 10_000, 'what is told once is not remembered for days')
  await t.rejects(report.count(region, { measure: 'names', key: 'x' }))
})

t.test('every wait and every verdict is one of the measures', async (t) => {
  const known = everyGroup.flatMap(({ parts }) => parts)
  for (const wait of [0, 299_999, 300_000, 900_000, 3_600_000, 14_400_000, 86_400_000, 172_800_000]) {
    for (const measureOf of [waitMeasure, lobbyMeasure, answerMeasure]) t.ok(known.includes(measureOf(wait)))
  }
  t.same([59_999, 60_000].map(lobbyMeasure), ['lobby.1min', 'lobby.5min'])
  t.same([3_599_999, 3_600_000, 172_800_000].map(answerMeasure), ['answers.1h', 'answers.4h', 'answers.longer'])
  for (const role of ['jobseeker', 'advisor'] as const) {
    for (const star of [1, 2, 3, 4, 5]) {
      for (const measure of opinionMeasures(role, { talk: star, media: star })) t.ok(known.includes(measure))
    }
  }
  for (const verdict of ['attended', 'excused', 'absent', 'technical-service', 'technical-user', 'undetermined']) {
    for (const because of [[], ['incident'], ['device-failed']]) t.ok(known.includes(verdictMeasure(verdict, because)))
  }
})

t.test('what somebody says of a talk counts once, all of it at once', async (t) => {
  const { region, report, clock, times } = testReport('2026-11-25T10:00:00Z')
  await times('talk.5', 5)
  const saying = { about: 'a1/jobseeker', key: 'k1', measures: ['talk.5', 'media.4'] }
  t.equal(await report.opine(region, saying), 'counted')
  t.equal(await report.opine(region, saying), 'repeated')
  t.equal(await report.opine(region, { ...saying, key: 'k2' }), 'answered')
  t.equal(await report.opine(region, { ...saying, about: 'a1/advisor', key: 'k2', measures: [] }), 'counted')
  await t.rejects(report.opine(region, { ...saying, about: 'a2', measures: ['talk.6'] }))
  clock.now = at('2026-11-30T10:00:00Z')
  t.match((await report.read(region, 1)).weeks[0]?.counts, { 'talk.5': 6, 'media.4': null, media: null })
})
