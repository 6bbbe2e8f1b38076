/** A whole node with people who leave words everywhere that it keeps any. */
import { randomUUID } from 'node:crypto'
import type { Message } from '../../src/protocol/index.ts'
import { developmentToken } from '../support/node.ts'
import { type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

export const agencyToken = 'agency'.repeat(8)
export const region = 'bretagne'

/** Words that occur nowhere else, each for one place. */
export const canaries = {
  name: 'Kanarien Nachname',
  text: 'kanariengespraech',
  before: 'kanarienvorherig',
  edited: 'kanariennachher',
  deleted: 'kanariengeloescht',
  answer: 'kanarienantworten',
  fileName: 'kanariendateiname',
  fileText: 'kanariendateitext',
  note: 'kanariennotizen',
  noteBefore: 'kanarienzettelchen',
  reason: 'kanarienbegruendung',
  phone: '+33612345987',
  outcome: 'kanarienergebnis',
  transfer: 'kanarienuebergabe',
  excuse: 'kanarienentschuldigung',
  email: 'kanarienpost@example.org',
  subject: 'kanarienanliegen',
  cancelled: 'kanarienabsage',
  guest: 'Kanarien Gastname',
  remark: 'kanarienvermerk',
  contest: 'kanarienwiderspruch',
  shownAs: 'Kanarienpseudonym',
} as const

export const erased = 'jobseeker-canary'
const other = 'jobseeker-2'

export interface Api {
  call(method: string, path: string, body?: unknown): Promise<{ status: number; body: Record<string, unknown> }>
  token(person: string): Promise<string>
  /** @param who a sample person, or a token, which has dots. */
  client(who: string): Promise<RawClient>
  send(person: string, channel: string, name: string, text: string): Promise<string>
}

/** @param url of a node with development sign-in. */
export const apiOf = (url: string): Api => ({
  async call(method, path, body) {
    const response = await fetch(`${url}/api/regions/${region}/${path}`, {
      method,
      headers: {
        authorization: `Bearer ${agencyToken}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: response.status, body: (await response.json()) as Record<string, unknown> }
  },
  token: (person) => developmentToken(url, person),
  client: async (who) => rawClient(url, who.includes('.') ? who : await developmentToken(url, who)),
  async send(person, channel, name, text) {
    const query = new URLSearchParams({ name, key: randomUUID() })
    const response = await fetch(`${url}/api/channels/${channel}/attachments?${query}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await developmentToken(url, person)}` },
      body: new Uint8Array(Buffer.from(text)),
    })
    const { id } = (await response.json()) as { id: string }
    return id
  },
})

const key = () => randomUUID()

/** The jobseeker, and whoever has to do with them, say and do all they can. */
export async function fill({ call, client, send }: Api): Promise<void> {
  await call('PUT', `people/${erased}`, { role: 'jobseeker', name: canaries.name, advisor: 'advisor-anne' })
  await call('PUT', `people/${erased}/contact`, { email: canaries.email, language: 'en' })
  await using jobseeker = await client(erased)
  await using anne = await client('advisor-anne')
  const say = async (from: RawClient, text: string, more: object = {}) => {
    const published = await from.result('chat.publish', { channel: erased, key: key(), text, ...more })
    return (published as { offset: number }).offset
  }
  const first = await say(jobseeker, canaries.text)
  await say(anne, canaries.answer, { replyTo: first })
  const edited = await say(jobseeker, canaries.before)
  await jobseeker.result('chat.edit', { channel: erased, key: key(), offset: edited, text: canaries.edited })
  const deleted = await say(jobseeker, canaries.deleted)
  await jobseeker.result('chat.delete', { channel: erased, key: key(), offset: deleted })
  await anne.result('chat.pin', { channel: erased, key: key(), offset: first, pinned: true })
  await jobseeker.result('chat.typing', { channel: erased })
  const file = await send(erased, erased, `${canaries.fileName}.txt`, `${canaries.fileText} `.repeat(20))
  await say(jobseeker, '', { attachments: [file] })
  // Belongs to no message yet.
  await send(erased, erased, `${canaries.fileName}-2.txt`, canaries.fileText)

  const note = `note-${key()}`
  await anne.result('note.add', { jobseeker: erased, id: note, text: canaries.noteBefore })
  await anne.result('note.edit', { jobseeker: erased, id: note, text: canaries.note })

  const paths = { udp: 'reached', tcp: 'reached', relay: 'not-offered' }
  const measured = { camera: 'ok', microphone: 'ok', speaker: 'heard', paths }
  await jobseeker.result('check.start', {})
  await jobseeker.result('check.report', { key: key(), measured })

  const request = { key: key(), medium: 'phone', phone: canaries.phone, reason: canaries.reason }
  const { callback } = (await jobseeker.result('callback.request', request)) as { callback: { id: string } }
  const token = await offerOf(anne, callback.id)
  await anne.result('callback.accept', { callback: callback.id, token })
  await anne.result('callback.complete', {
    ...{ callback: callback.id, token, disposition: 'answered', note: canaries.outcome },
  })
  const heard = async (what: string, is: (codes: readonly (string | undefined)[]) => boolean) => {
    const codes = async () => {
      const { messages } = (await jobseeker.result('chat.history', { channel: erased })) as { messages: Message[] }
      return messages.map(({ system }) => system?.code)
    }
    await until(async () => is(await codes()), { what: `the word of the service: ${what}`, timeoutMs: 30_000 })
  }
  await heard('called back', (codes) => codes.includes('callbackDone'))
  await jobseeker.result('callback.request', { ...request, key: key(), reason: `${canaries.reason} again` })

  const about = { key: key(), from: Date.now() + 30 * 60_000, jobseeker: erased, modality: 'webcam' }
  const booked = { ...about, from: Math.ceil(about.from / 60_000) * 60_000, subject: canaries.subject }
  const { appointment } = (await anne.result('appointment.book', booked)) as { appointment: { id: string } }
  await jobseeker.result('appointment.cancel', { appointment: appointment.id, key: key(), reason: canaries.cancelled })
  await anne.result('appointment.book', { ...booked, key: key(), from: booked.from + 7_200_000 })
  const window = { from: Date.now() - 60_000, until: Date.now() + 60_000 }
  await call('PUT', 'attendance/canary-1', { jobseeker: erased, advisor: 'advisor-anne', window })
  const excused = { key: key(), at: Date.now(), fact: { type: 'excused', by: 'jobseeker' }, reason: canaries.excuse }
  await call('POST', 'attendance/canary-1/facts', excused)

  const planned = { title: 'Lire une offre', language: 'fr', lengthMs: 3_600_000, capacity: 5, open: true }
  const workshop = { ...planned, key: key(), from: Date.now() + 60_000 }
  const { id: room } = ((await anne.result('workshop.create', workshop)) as { workshop: { id: string } }).workshop
  await jobseeker.result('workshop.signUp', { workshop: room, key: key() })
  await jobseeker.result('workshop.present', { workshop: room, key: key(), shownAs: canaries.shownAs })
  await jobseeker.result('room.join', { room })
  await jobseeker.result('floor.raise', { room, key: key() })
  await anne.result('room.join', { room })
  await anne.result('floor.give', { room, key: key(), seat: 'seat-1' })

  await judged(jobseeker, anne, call)
  await inLobby(jobseeker, anne, client)

  const handOver = { to: 'advisor-bruno', key: key(), reason: canaries.transfer }
  await call('POST', `people/${erased}/transfer`, handOver)
  // Made, cancelled, made, and carried along.
  await heard('appointments', (codes) => codes.filter((code) => code?.startsWith('appointment')).length === 4)
  // Somebody else, of whom nothing may go.
  await using neighbour = await client(other)
  await neighbour.result('chat.publish', { channel: other, key: key(), text: 'the words of somebody else' })
}

/** A verdict on which both have written something. */
async function judged(jobseeker: RawClient, anne: RawClient, call: Api['call']): Promise<void> {
  const appointment = 'canary-2'
  const window = { from: Date.now() - 60_000, until: Date.now() - 1_000 }
  await call('PUT', `attendance/${appointment}`, { jobseeker: erased, advisor: 'advisor-anne', window })
  const stands = async () =>
    (await anne.result('attendance.record', { appointment })) as { record: { state: string; head: { n: number } } }
  const { n } = await until(
    async () => {
      const { record } = await stands()
      return record.state === 'proposed' && record.head
    },
    { what: 'a verdict', timeoutMs: 30_000 },
  )
  const confirmed = { appointment, key: key(), verdict: 'excused', seen: n, note: canaries.remark }
  await anne.result('attendance.confirm', confirmed)
  await jobseeker.result('attendance.contest', { appointment, key: key(), reason: canaries.contest })
}

/** The jobseeker and somebody they invited wait in the lobby, and are still there when their connections are gone. */
async function inLobby(jobseeker: RawClient, anne: RawClient, client: Api['client']): Promise<void> {
  await jobseeker.result('lobby.enter', { room: erased })
  const invitation = { room: erased, key: key(), name: canaries.guest, expiresAt: Date.now() + 3_600_000 }
  const { token } = (await anne.result('lobby.invite', invitation)) as { token: string }
  await using guest = await client(token)
  await guest.result('lobby.enter', { room: erased })
}

async function offerOf(advisor: RawClient, callback: string): Promise<number> {
  const { token } = await until(
    async () => {
      const listed = await advisor.result('callback.list', {})
      return (listed as { offers: { callback: string; token: number }[] }).offers.find(
        (one) => one.callback === callback,
      )
    },
    { what: 'the offer', timeoutMs: 30_000 },
  )
  return token
}
