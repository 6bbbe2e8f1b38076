/** Advisors and supervisors hand jobseekers over, on a whole node, and the channel goes with them. */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { connect, type DataOf, type Visavis } from '../../client/index.ts'
import { Covers } from '../../src/enrolment/covers.ts'
import { testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const agencyToken = 'agency'.repeat(8)
const redis = await testRedis(t)
const node = await testNode(t, { REDIS_URL: redis.url, VISAVIS_AGENCY_TOKEN: agencyToken })

const put = async (id: string, person: object, region = 'bretagne') => {
  const response = await fetch(`${node.url}/api/regions/${region}/people/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(person),
  })
  if (!response.ok) throw new Error(await response.text())
}
const advisor = (team?: string) => ({ role: 'advisor', name: 'A', ...(team === undefined ? {} : { team }) })

let made = 0
/** A team of its own for each test, with two jobseekers of the first advisor. */
async function team(t: Test) {
  made += 1
  const name = `team ${made}/é`
  const id = (of: string) => `${of}-${made}`
  await put(id('anne'), { ...advisor(name), name: 'Zoé' })
  await put(id('bruno'), { ...advisor(name), name: 'Abel' })
  await put(id('gone'), { ...advisor(name), disabled: true })
  await put(id('other'), advisor('another team'))
  await put(id('alone'), advisor())
  await put(id('sara'), { role: 'supervisor', name: 'S', team: name })
  await put(id('far'), advisor(name), 'corse')
  for (const jobseeker of ['x', 'y']) await put(id(jobseeker), { role: 'jobseeker', name: 'J', advisor: id('anne') })
  await put(id('z'), { role: 'jobseeker', name: 'J', advisor: id('other') })
  const signIn = async (of: string): Promise<Visavis> => {
    const visavis = connect({ url: node.url, token: () => node.token(id(of)) })
    t.teardown(() => visavis.close())
    await visavis.opened
    return visavis
  }
  return { id, signIn }
}
const codeOf = (done: Promise<unknown>): Promise<string> =>
  done.then(
    () => 'ok',
    (error: { code: string }) => error.code,
  )

t.test('the colleagues are the advisors of one’s team who take part, without oneself', async (t) => {
  const { id, signIn } = await team(t)
  const [anne, sara, alone] = [await signIn('anne'), await signIn('sara'), await signIn('alone')]
  t.same(await anne.enrolment.colleagues(), [{ id: id('bruno'), name: 'Abel' }])
  t.same(await sara.enrolment.colleagues(), [
    { id: id('bruno'), name: 'Abel' },
    { id: id('anne'), name: 'Zoé' },
  ])
  t.same(await alone.enrolment.colleagues(), [])
  const x = await signIn('x')
  t.equal(await codeOf(x.enrolment.colleagues()), 'FORBIDDEN')
})

t.test('the channel goes with the jobseeker, and both advisors are told the reason', async (t) => {
  const { id, signIn } = await team(t)
  const [x, anne, bruno] = [await signIn('x'), await signIn('anne'), await signIn('bruno')]
  await x.chat.channel(id('x')).send('bonjour')
  const told: DataOf<'enrolment.transferred'>[] = []
  for (const visavis of [anne, bruno, x]) visavis.on('enrolment.transferred', (data) => told.push(data))
  const done = await anne.enrolment.transfer({ jobseeker: id('x'), to: id('bruno'), reason: 'absence' })
  t.match(done, { jobseeker: id('x'), from: id('anne'), to: id('bruno'), at: Number })
  await until(() => told.length === 2, { what: 'both advisors' })
  t.same(told, [
    { ...done, by: id('anne'), reason: 'absence' },
    { ...done, by: id('anne'), reason: 'absence' },
  ])
  const follows = ({ chat }: Visavis) => chat.channels.some(({ channel }) => channel === id('x'))
  await until(() => follows(bruno) && !follows(anne), { what: 'the channel' })
  await bruno.chat.channel(id('x')).send('bonjour x')
  t.equal(await codeOf(anne.call('chat.publish', { channel: id('x'), key: randomUUID(), text: 'no' })), 'FORBIDDEN')
  await until(() => x.chat.channels[0]?.advisor?.id === id('bruno'), { what: 'the jobseeker to know' })
  t.equal(told.length, 2, 'the jobseeker is not told the reason')
})

t.test('a repeat after success gives the same; without its key it is somebody else’s jobseeker', async (t) => {
  const { id, signIn } = await team(t)
  const anne = await signIn('anne')
  const transfer = { jobseeker: id('x'), to: id('bruno'), key: randomUUID() }
  const [done, ...others] = await Promise.all(Array.from({ length: 6 }, () => anne.enrolment.transfer(transfer)))
  for (const other of others) t.same(other, done, 'also of several at once')
  t.same(await anne.enrolment.transfer(transfer), done)
  t.equal(await codeOf(anne.enrolment.transfer({ ...transfer, key: randomUUID() })), 'FORBIDDEN')
  t.equal(
    await codeOf(anne.enrolment.transfer({ ...transfer, jobseeker: id('y') })),
    'CONFLICT',
    'a key of another act',
  )
  const bruno = await signIn('bruno')
  const back = { jobseeker: id('x'), to: id('anne'), key: transfer.key }
  t.equal(await codeOf(bruno.enrolment.transfer(back)), 'ok', 'a key is of one person')
})

t.test('of two different transfers at once exactly one is done', async (t) => {
  const { id, signIn } = await team(t)
  await put(id('dora'), { ...advisor(`team ${made}/é`), name: 'Dora' })
  const [desk, phone] = [await signIn('anne'), await signIn('anne')]
  const codes = await Promise.all([
    codeOf(desk.enrolment.transfer({ jobseeker: id('x'), to: id('bruno') })),
    codeOf(phone.enrolment.transfer({ jobseeker: id('x'), to: id('dora') })),
  ])
  t.equal(codes.filter((code) => code === 'ok').length, 1)
  // FORBIDDEN when the other was done before this one was looked at, CONFLICT when meanwhile.
  t.ok(
    codes.every((code) => ['ok', 'FORBIDDEN', 'CONFLICT'].includes(code)),
    codes.join(),
  )
})

t.test('only colleagues who could follow somebody are handed anybody', async (t) => {
  const { id, signIn } = await team(t)
  const anne = await signIn('anne')
  for (const to of ['gone', 'other', 'alone', 'far', 'sara', 'anne', 'y', 'nobody'])
    t.equal(await codeOf(anne.enrolment.transfer({ jobseeker: id('x'), to: id(to) })), 'NOT_FOUND', to)
  const alone = await signIn('alone')
  await put(id('w'), { role: 'jobseeker', name: 'J', advisor: id('alone') })
  t.equal(await codeOf(alone.enrolment.transfer({ jobseeker: id('w'), to: id('anne') })), 'NOT_FOUND')
})

t.test('only one’s own jobseekers are handed over, not those one covers, nor those who left', async (t) => {
  const { id, signIn } = await team(t)
  const bruno = await signIn('bruno')
  const now = Date.now()
  const cover = { id: id('cover'), region: 'bretagne', advisor: id('anne'), cover: id('bruno') }
  await new Covers({ client: redis.client }).put({ ...cover, from: now - 1_000, until: now + 3_600_000 })
  await until(() => bruno.chat.channels.some(({ channel }) => channel === id('x')), { what: 'the cover' })
  t.equal(await codeOf(bruno.enrolment.transfer({ jobseeker: id('x'), to: id('anne') })), 'FORBIDDEN')
  const anne = await signIn('anne')
  for (const jobseeker of ['z', 'nobody', 'bruno', 'anne'])
    t.equal(
      await codeOf(anne.enrolment.transfer({ jobseeker: id(jobseeker), to: id('bruno') })),
      'FORBIDDEN',
      jobseeker,
    )
  const y = await signIn('y')
  t.equal(await codeOf(y.enrolment.transfer({ jobseeker: id('y'), to: id('bruno') })), 'FORBIDDEN')
  await y.enrolment.leave()
  t.equal(await codeOf(anne.enrolment.transfer({ jobseeker: id('y'), to: id('bruno') })), 'FORBIDDEN')
})

t.test('a supervisor hands over within the team, also whom nobody follows', async (t) => {
  const { id, signIn } = await team(t)
  const sara = await signIn('sara')
  t.equal(await codeOf(sara.enrolment.transfer({ jobseeker: id('x'), to: id('bruno') })), 'ok')
  t.equal(await codeOf(sara.enrolment.transfer({ jobseeker: id('x'), to: id('bruno') })), 'CONFLICT')
  t.equal(await codeOf(sara.enrolment.transfer({ jobseeker: id('x'), to: id('other') })), 'NOT_FOUND')
  t.equal(await codeOf(sara.enrolment.transfer({ jobseeker: id('z'), to: id('bruno') })), 'FORBIDDEN')
  await put(id('new'), { role: 'jobseeker', name: 'J', team: `team ${made}/é` })
  t.equal(await codeOf(sara.enrolment.transfer({ jobseeker: id('new'), to: id('anne') })), 'ok')
})

t.test('a transfer is on record with whom, from whom and to whom, and without its reason', async (t) => {
  const { id, signIn } = await team(t)
  const anne = await signIn('anne')
  await anne.enrolment.transfer({ jobseeker: id('x'), to: id('bruno'), reason: 'MARKER reason' })
  const response = await fetch(`${node.url}/api/regions/bretagne/audit?subject=${id('x')}`, {
    headers: { authorization: `Bearer ${agencyToken}` },
  })
  const text = await response.text()
  const entries = text
    .trim()
    .split('\n')
    .map((line) => (JSON.parse(line) as { entry?: object }).entry)
  t.match(
    entries.find((entry) => entry !== undefined && 'act' in entry && entry.act === 'enrolment.transfer'),
    {
      actor: { person: id('anne'), role: 'advisor' },
      subject: { kind: 'person', id: id('x') },
      outcome: 'ok',
      details: { from: id('anne'), to: id('bruno') },
    },
  )
  t.notMatch(text, /MARKER/)
})
