/**
 * Leaving in the middle of everything, on a whole node: an appointment that has begun and one to come, a callback in progress, the
 * lobby, the room, a second device. One act ends it all, is told and receipted, costs nothing, and can be taken back.
 */
import t from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import { Scheme } from '../../client/scheme.ts'
import { Attendance } from '../../src/attendance/attendance.ts'
import { testSmtp } from '../notices/smtp-server.ts'
import { testNode } from '../support/node.ts'
import { freePort } from '../support/port.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

t.setTimeout(300_000)
const agencyToken = 'agency'.repeat(8)
const region = 'bretagne'
const dayMs = 24 * 60 * 60 * 1_000
const patience = { timeoutMs: 60_000 }
const [advisor, person] = ['advisor-anne', 'jobseeker-1']
const smtp = await testSmtp(t)
const port = await freePort()
const redis = await testRedis(t)
const node = await testNode(t, {
  ...{ REDIS_URL: redis.url, VISAVIS_AGENCY_TOKEN: agencyToken, VISAVIS_SMTP_URL: smtp.url },
  ...{ VISAVIS_MAIL_FROM: 'Visavis <notices@example.org>' },
  ...{ VISAVIS_PORT: String(port), VISAVIS_PUBLIC_URL: `http://127.0.0.1:${port}` },
})
const attendance = new Attendance({
  ...{ client: redis.client, keepMs: 100 * dayMs, verdictAfterMs: dayMs, sealEveryMs: dayMs, awaitAfterMs: dayMs },
})

async function open(who: string): Promise<Visavis> {
  const visavis = connect({ url: node.url, token: () => node.token(who) })
  t.teardown(() => visavis.close())
  await visavis.opened
  return visavis
}
async function agency(method: string, path: string, body?: object) {
  const response = await fetch(`${node.url}/api/regions/${region}/${path}`, {
    method,
    headers: {
      authorization: `Bearer ${agencyToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()) as Record<string, unknown>
}
const scheme = new Scheme({ url: node.url, token: () => node.token(person) })
const anne = await open(advisor)
await agency('PUT', `people/${person}/contact`, { email: 'jeanne@example.org', language: 'en' })
const facts = async (appointment: string) =>
  (await attendance.entries(region, appointment)).map(({ fact }) => fact.type)
/** An appointment by webcam that is under way. */
async function underWay(appointment: string) {
  const window = { from: Date.now() - 60_000, until: Date.now() + 30 * 60_000 }
  await attendance.open(region, { appointment, jobseeker: person, advisor, window })
}
const ahead = async () => {
  const from = Math.ceil((Date.now() + 3 * dayMs) / dayMs) * dayMs + 10 * 60 * 60_000
  return anne.appointments.book({ jobseeker: person, from, modality: 'webcam' })
}
const modalityOf = (id: string) => anne.appointments.list.find((one) => one.id === id)?.modality

t.test('one act ends it all, and nothing of it counts against anybody', async (t) => {
  const [jeanne, telephone] = [await open(person), await open(person)]
  const booked = await ahead()
  await underWay('under-way')
  const callback = await jeanne.callbacks.request({ medium: 'phone', phone: '06 12 34 56 78', reason: 'x' })
  await until(() => anne.callbacks.offerOf(callback.id), { ...patience, what: 'the offer' })
  t.equal((await anne.callbacks.accept(callback.id)).state, 'active', 'they are on the phone')
  await jeanne.chat.channel(person).send('Before I go')
  jeanne.lobby.enter(person)
  await anne.lobby.watch()
  await until(() => anne.lobby.waiting.some((visit) => visit.person === person), patience)
  await telephone.call('room.join', { room: person })

  const act = await scheme.leave('technology')
  t.match(act, { is: 'left', by: person, receipt: /^\w{4}-\w{4}-\w\w$/ })
  for (const device of [jeanne, telephone]) {
    await until(() => device.state === 'closed', { ...patience, what: 'the end of their sessions' })
    t.equal(device.failure?.code, 'FORBIDDEN')
  }
  await until(() => anne.callbacks.list.find(({ id }) => id === callback.id)?.state === 'cancelled', {
    ...patience,
    what: 'the end of the callback in progress',
  })
  await until(() => modalityOf(booked.id) === 'agency', { ...patience, what: 'the appointment to come' })
  await until(async () => (await facts('under-way')).includes('excused'), patience)
  await until(() => !anne.lobby.waiting.some((visit) => visit.person === person), patience)
  await until(() => !anne.chat.channels.some(({ channel }) => channel === person), patience)
  await t.rejects(anne.call('room.join', { room: person }), { code: 'FORBIDDEN' }, 'nobody waits in an empty room')

  const own = await until(async () => {
    const found = await scheme.own()
    return found.settling ? undefined : found
  }, patience)
  t.match(own, { state: 'out', acts: [act] }, 'the receipt is there to be read later')
  const mail = await until(() => smtp.mails.find(({ text }) => text.includes('You left the online scheme')), patience)
  t.match(mail.text, act.receipt)
  t.match(mail.text, `${node.url}/scheme`)
  const { former } = await agency('GET', `people/${advisor}/awaited`)
  t.match(former, [{ id: person, leftAt: act.at }], 'whoever followed them knows')
  t.notMatch(JSON.stringify(former), 'technology', 'for what reason is counted, and told to nobody')
})

t.test('coming back brings back the webcam, the conversation, and nothing that was withdrawn', async (t) => {
  const { text } = await scheme.own()
  await scheme.join(text.version, 'en')
  const jeanne = await open(person)
  await until(() => anne.chat.channels.some(({ channel }) => channel === person), patience)
  await until(() => anne.appointments.list.some(({ modality }) => modality === 'webcam'), patience)
  const channel = jeanne.chat.channel(person)
  await until(() => channel.messages.some(({ text: said }) => said === 'Before I go'), patience)
  const codes = () => channel.messages.flatMap(({ system }) => (system === undefined ? [] : [system.code]))
  await until(() => codes().includes('cameBack'), patience)
  t.ok(codes().includes('left'))
  await until(() => jeanne.callbacks.loaded, patience)
  t.ok(jeanne.callbacks.list.every(({ state }) => state === 'cancelled'))
  const { former } = await agency('GET', `people/${advisor}/awaited`)
  t.same(former, [])
})

t.test(
  'asking for the agency turns what is to come, excuses what is under way, and is not done anew by a repeat',
  async (t) => {
    const jeanne = await open(person)
    await underWay('asked-now')
    const token = await node.token(person)
    const ask = async (key: string) => {
      const response = await fetch(`${node.url}/api/scheme/agency`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ key }),
      })
      return { status: response.status, ...((await response.json()) as { act?: { receipt: string } }) }
    }
    const first = await ask('agency-key-000001')
    t.match(first, { status: 200, act: { is: 'agency', receipt: /^\w{4}-/ } })
    await until(() => jeanne.appointments.ahead.every(({ modality }) => modality === 'agency'), patience)
    t.ok((await facts('asked-now')).includes('excused'))
    t.equal(jeanne.state, 'open', 'whoever only asks for the agency stays')
    await jeanne.appointments.turn('webcam')
    await until(() => jeanne.appointments.ahead.some(({ modality }) => modality === 'webcam'), patience)
    t.same(await ask('agency-key-000001'), first, 'the same act, and the same receipt')
    const period = new URLSearchParams({ from: String(Date.now()), until: String(Date.now() + 60 * dayMs) })
    const { appointments } = await agency('GET', `appointments?${period}`)
    t.match(appointments, [{ appointment: { modality: 'webcam' } }], 'what was taken back stays so')
    const mail = await until(() => smtp.mails.find(({ text }) => text.includes('met in the agency')), patience)
    t.match(mail.text, first.act?.receipt)
  },
)
