/** What is audited: nothing is forgotten, and nothing that somebody wrote can be kept. */

import t from 'tap'
import type { TSchema } from 'typebox'
import type { AuditPath, Method } from '../../src/protocol/define.ts'
import { methods } from '../../src/protocol/index.ts'
import * as schemas from '../../src/protocol/schema.ts'

/** Not recorded when they succeed, and why that harms nobody. */
const harmless: Readonly<Record<string, string>> = {
  'session.heartbeat': 'says nothing but that the connection lives',
  'session.setPresence': 'whether somebody looks at their device is nobody’s business afterwards',
  'enrolment.advisor': 'one’s own advisor',
  'notice.preferences': 'one’s own choice',
  'chat.publish': 'on record in the channel itself: sender, key, time; and by far the most frequent act',
  'chat.read': 'on record in the channel itself: the read marker',
  'chat.receive': 'on record in the channel itself: the marker of what was received',
  'chat.markUnread': 'one’s own list of channels',
  'chat.typing': 'nothing is kept of it',
  'appointment.current': 'one’s own appointment, and when its advisor has to go; nothing of whom they meet then',
  'appointment.slots': 'when an advisor is free; nothing of whom they meet',
  'callback.options': 'what may be asked for; nothing of anybody else’s',
  'callback.place': 'how many are before it, not who; asked again and again',
  'callback.desk': 'where one stands oneself',
  'callback.setDesk': 'one’s own choice; how long advisors were ready is nobody’s business afterwards',
  'callback.hours': 'one’s own hours',
  'callback.setHours': 'one’s own choice',
  'callback.board': 'counts, and where advisors stand at the moment; no jobseeker is in it',
  'reply.list': 'texts that were written for no jobseeker in particular',
  'attendance.list': 'one’s own appointments; reading the record of one is recorded',
  'attendance.toConfirm': 'one’s own appointments; reading the record of one is recorded',
  'workshop.list': 'one’s own workshops, and those that are open to all; seeing who takes part in one is recorded',
  'floor.state': 'how a room stands into which one’s entry is recorded',
  'floor.raise': 'a hand is up for a moment; who is given the floor is recorded',
  'floor.lower': 'the same',
  'lobby.waiting': 'who is in front of the rooms the advisor may enter; arriving is recorded',
  'check.start': 'a test of one’s own devices; what came of it is recorded',
  'check.openTransport': 'the same',
  'check.connectTransport': 'the same',
  'check.produce': 'the same',
  'check.consume': 'the same',
  'check.end': 'the same',
  'room.active': 'ids of rooms the person may enter; entering is recorded',
  'room.resume': 'the participant whose entry into the room is recorded, on another connection',
  'room.openTransport': 'media of somebody whose entry into the room is recorded',
  'room.connectTransport': 'the same',
  'room.restartIce': 'the same',
  'room.iceServers': 'the same',
  'room.produce': 'the same',
  'room.setProducerPaused': 'the same',
  'room.closeProducer': 'the same',
  'room.consume': 'the same',
  'room.setConsumerPaused': 'the same',
  'room.setPreferredLayers': 'the same',
  'room.openSyntheticTransport': 'load benchmarks: no person is in such a room',
  'room.connectSyntheticTransport': 'the same',
}

const all = Object.entries<Method>(methods)

t.test('every method is audited or listed as harmless, and none is both', async (t) => {
  const unmarked = all.filter(([, { audit }]) => audit?.record !== 'acts').map(([name]) => name)
  t.same(unmarked.sort(), Object.keys(harmless).sort())
})

/** Ids, which a test of identity tells from other texts of the same shape. */
const ids: readonly TSchema[] = [
  schemas.PersonId,
  schemas.RegionId,
  schemas.ChannelId,
  schemas.CallbackId,
  schemas.AppointmentId,
  schemas.ReplyId,
  schemas.RoomId,
  schemas.ParticipantId,
  schemas.AttachmentId,
  schemas.MediaId,
  schemas.NoteId,
  schemas.WorkshopId,
  schemas.SeatId,
]

function schemaAt({ params, result }: Method, path: AuditPath): unknown {
  const [root, ...names] = path.split('.')
  let at: unknown = root === 'params' ? params : result
  for (const name of names) at = (at as { properties?: Record<string, unknown> }).properties?.[name]
  return at
}

t.test('only ids, numbers, choices and yes or no are kept, by the schemas of the fields', async (t) => {
  for (const [name, method] of all) {
    const { subject, details = [] } = method.audit ?? { record: 'acts' }
    for (const path of [...(subject === undefined ? [] : [subject.path]), ...details]) {
      const schema = schemaAt(method, path) as { type?: string; enum?: unknown; pattern?: string } | undefined
      const isId = ids.some((id) => 'pattern' in id && id.pattern === schema?.pattern)
      const kept = isId || schema?.enum !== undefined || ['integer', 'boolean'].includes(schema?.type ?? '')
      t.ok(kept, `${name}: ${path}`)
    }
  }
})

t.test('leaving the scheme is answered only when its record is durable', async (t) => {
  t.equal(methods['enrolment.leave'].audit?.awaited, true)
})
