/** Who is written to about a workshop, once each, whatever fails in between. */
import { pino } from 'pino'
import t from 'tap'
import { kinds } from '../../src/notices/kinds.ts'
import type { NewNotice } from '../../src/notices/notices.ts'
import { VisavisError } from '../../src/protocol/index.ts'
import { noticesOf, startWorkshopMail } from '../../src/workshop-mail.ts'
import { Workshops } from '../../src/workshops/workshops.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const region = 'bretagne'
const hour = 3_600_000
const log = pino({ level: 'silent' })

t.test('whoever is invited is written to, and all with a place when it is moved or called off', async (t) => {
  await using redis = await testRedis(t, { args: ['--appendonly', 'no'] })
  const workshops = new Workshops({ client: redis.client, mostSpeakers: 4 })
  /** As they are stored: a repeat with the same key is the same notice. */
  const put = new Map<string, NewNotice>()
  let failures = 2
  const notices = {
    put: async (notice: NewNotice) => {
      if (failures > 0) {
        failures -= 1
        throw new VisavisError('UNAVAILABLE', 'storage is away')
      }
      const created = !put.has(notice.key)
      if (created) put.set(notice.key, notice)
      return { created, state: 'waiting' as const }
    },
  }
  const options = { workshops, notices, mails: () => true, regions: [region], log, everyMs: 20 }
  await using _one = startWorkshopMail(options)
  await using _two = startWorkshopMail(options)
  const settled = () => until(async () => (await workshops.due(region)).length === 0, { what: 'nothing that is due' })
  let known = 0
  /** What was put since it was last asked: one that is slow may put again what the other has settled, under the same key. */
  const told = () => {
    const fresh = [...put.values()].slice(known)
    known = put.size
    return fresh.map(({ person, kind, data }) => `${person} ${kind} ${(data as { told: string }).told}`).sort()
  }

  const draft = { key: 'key-0000001', title: 'Lire une offre', language: 'fr', advisor: 'anne', advisorName: 'Anne K.' }
  const { record } = await workshops.create(region, {
    ...draft,
    from: Date.now() + hour,
    lengthMs: hour,
    capacity: 5,
    open: true,
  })
  const { id } = record
  const person = (name: string) => ({ person: name, name })
  await workshops.change(region, id, { type: 'invite', people: [person('jeanne'), person('paul')] }, { by: 'anne' })
  await workshops.change(region, id, { type: 'signUp', who: person('lucie') }, { by: 'lucie' })
  await settled()
  t.same(told(), ['jeanne workshopInvitation invited', 'paul workshopInvitation invited'])
  await workshops.change(region, id, { type: 'remove', seat: 'seat-2' }, { by: 'anne' })
  await workshops.change(region, id, { type: 'move', from: Date.now() + 2 * hour, reason: 'a strike' }, { by: 'anne' })
  await settled()
  t.same(told(), ['jeanne workshop moved', 'lucie workshop moved'])
  await workshops.change(region, id, { type: 'invite', people: [person('ines')] }, { by: 'anne' })
  await settled()
  t.ok(told().includes('ines workshopInvitation invited'), 'whoever came later knows no other time')
  await workshops.change(region, id, { type: 'cancel', reason: 'ill' }, { by: 'anne' })
  await settled()
  t.same(told(), ['ines workshop cancelled', 'jeanne workshop cancelled', 'lucie workshop cancelled'])

  const [cancelled] = noticesOf(region, await workshops.get(region, id))
  if (cancelled?.kind !== 'workshop') throw new Error('it is one about a workshop')
  for (const language of ['fr', 'en'] as const) {
    const { subject, paragraphs } = kinds.workshop.words([cancelled.data], { language, timeZone: 'Europe/Paris' })
    t.notMatch(subject, /Anne|Lire/, 'shown on locked screens: no names')
    t.match(paragraphs.join(' '), /Lire une offre.*Anne K\..*ill/)
    t.match(paragraphs.at(-1), language === 'fr' ? /jamais reproché/ : /never counts against you/)
  }
  await workshops.forget(region, 'anne')
  t.same(await workshops.due(region), [], 'what is gone is not written about')
})
