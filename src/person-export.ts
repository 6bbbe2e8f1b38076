/**
 * Everything that the domains keep about a person, as the parts of an export. The conversation is whole up to the position
 * at which it stood when the export began; what is said later is left out, what is changed later may be as it was or is.
 */
import type { Appointments } from './appointments/appointments.ts'
import type { Attachments } from './attachments/attachments.ts'
import type { Attendance } from './attendance/attendance.ts'
import type { ReadRecordFile } from './attendance/record-file.ts'
import { type Audit, nowhere, peopleOf } from './audit/audit.ts'
import type { Channels } from './chat/channels.ts'
import type { Checks } from './checks/checks.ts'
import type { Covers } from './enrolment/covers.ts'
import type { Enrolment, Person } from './enrolment/enrolment.ts'
import { conversationParts } from './export-conversation.ts'
import type { Invitations } from './lobby/invitations.ts'
import type { Lobby } from './lobby/lobby.ts'
import type { Notes } from './notes/notes.ts'
import type { Contacts } from './notices/contacts.ts'
import type { Notices } from './notices/notices.ts'
import type { Presence } from './presence/presence.ts'
import { VisavisError } from './protocol/index.ts'
import type { Callbacks } from './queue/callbacks.ts'
import type { Replies } from './replies/replies.ts'
import { withManifest } from './rights/manifest.ts'
import { jsonPart, linesPart, type Part } from './rights/part.ts'
import type { ExportPerson } from './rights/person-export.ts'
import { zipped } from './rights/zip.ts'
import type { Workshops } from './workshops/workshops.ts'

export interface PersonExportOptions {
  readonly channels: Channels
  readonly attachments: Attachments
  readonly attendance: Attendance
  /** An attendance record as its parties may take it away. */
  readonly readFile: ReadRecordFile
  readonly notes: Notes
  readonly callbacks: Callbacks
  readonly checks: Checks
  readonly appointments: Appointments
  readonly workshops: Workshops
  readonly lobby: Pick<Lobby, 'visitsOf'>
  readonly invitations: Pick<Invitations, 'of'>
  readonly notices: Notices
  readonly contacts: Contacts
  readonly replies: Replies
  readonly enrolment: Enrolment
  readonly covers: Covers
  readonly presence: Presence
  readonly audit: Audit
  /** What was decided about somebody’s taking part in the scheme. */
  readonly schemeActs: (region: string, person: string) => Promise<readonly object[]>
  readonly regions: readonly { readonly id: string; readonly name: string; readonly timeZone: string }[]
  /** Of the program. */
  readonly version: string
}

/** What is in the archive when its parts are read. */
export interface Found {
  /** Up to where the conversation is whole. */
  wholeUpTo?: object
  /** Files of the conversation that were removed before their turn came. */
  readonly removedMeanwhile: string[]
}

/** Of the formats of the archive and of the files in it. A reader that knows only lower ones should not go on. */
const formats = {
  archive: 1,
  conversation: 1,
  messages: 1,
  notes: 1,
  callbacks: 1,
  appointments: 1,
  workshops: 1,
  attendance: 1,
  checks: 1,
  lobby: 1,
  notices: 1,
  audit: 1,
  person: 1,
}

/** More appointments than anybody has within the retention. */
const mostRecords = 10_000

const notIncluded = [
  'The search index of each node: it has copies of messages that are in messages.ndjson.',
  'Event logs and personal feeds: copies of what is here, dropped after the newest 10,000 and 500, and within two weeks.',
  'Why a jobseeker was handed over: both advisors read it in their feeds, which drop it within two weeks; no record has it.',
  'Idempotency keys, rate limits and ids of open connections: they say nothing that is not here and are gone within days.',
]

export function createPersonExport(options: PersonExportOptions): ExportPerson {
  const { enrolment, contacts, regions, version } = options
  return async (request) => {
    const at = Date.now()
    const { region, notes, by } = request
    const person = await enrolment.person(region, request.person)
    if (person === undefined) throw new VisavisError('NOT_FOUND', `there is no ${request.person} in ${region}`)
    const contact = await contacts.get(region, person.id)
    const place = regions.find(({ id }) => id === region) ?? { id: region, name: region, timeZone: 'UTC' }
    const found: Found = { removedMeanwhile: [] }
    const about = () => ({
      format: 'visavis-export',
      formats,
      version,
      person: { id: person.id, role: person.role, region: place },
      by,
      begunAt: at,
      endedAt: Date.now(),
      notes,
      notIncluded,
      ...found,
    })
    const page = { language: contact?.language ?? 'fr', timeZone: place.timeZone, name: person.name, at }
    const parts = async function* () {
      yield jsonPart('person.json', () => recordOf(person, options))
      yield jsonPart('contact.json', async () => contact ?? null)
      if (person.role === 'jobseeker') {
        yield* conversationParts(person, { ...options, page, found })
        yield jsonPart('callbacks.json', () => callbacksOf(person, options, notes))
        yield linesPart('appointments.ndjson', options.appointments.everyOf(region, person.id))
        yield linesPart('attendance.ndjson', attendanceOf(person, options))
        if (notes) yield linesPart('notes.ndjson', options.notes.all(person.id))
      }
      if (person.role === 'advisor') yield* advisorParts(person, options)
      yield jsonPart('workshops.json', () => options.workshops.everyOf(region, person.id))
      yield jsonPart('lobby.json', () => lobbyOf(person, options))
      yield jsonPart('checks.json', () => options.checks.all({ region, person: person.id }))
      yield jsonPart('notices.json', () => options.notices.of(region, person.id))
      // The last one, so that the request for this export is in it.
      yield linesPart('audit.ndjson', auditOf(person, options.audit))
    }
    return zipped(withManifest(parts(), about), at)
  }
}

async function recordOf(person: Person, { enrolment, covers, presence, schemeActs }: PersonExportOptions) {
  const { region, id, role, advisor } = person
  const [shown] = await presence.of(region, [id])
  const [follower] = await enrolment.persons(region, advisor === undefined ? [] : [advisor])
  const standIns = [
    ...(role === 'advisor' ? await covers.of(region, id) : []),
    ...(role === 'advisor' ? await covers.by(region, id) : []),
    // Of who follows them: whoever stands in reads what they write.
    ...(advisor === undefined ? [] : await covers.of(region, advisor)),
  ]
  return {
    ...person,
    ...(follower === undefined ? {} : { advisor: { id: follower.id, name: follower.name } }),
    presence: shown,
    covers: standIns,
    processes: await enrolment.processesOf(region, id),
    ...(role === 'jobseeker' ? { scheme: await schemeActs(region, id) } : {}),
    ...(role === 'advisor' ? { portfolio: (await enrolment.portfolio(region, id)).map((one) => one.id) } : {}),
  }
}

/** Each as the file that `visavis verify` checks; one that goes meanwhile is left out. */
async function* attendanceOf({ region, id }: Person, { attendance, readFile }: PersonExportOptions) {
  for (const { appointment } of await attendance.of(region, id, mostRecords)) {
    const file = await readFile(region, appointment).catch((error: unknown) => {
      if (error instanceof VisavisError && error.code === 'NOT_FOUND') return undefined
      throw error
    })
    if (file !== undefined) yield file
  }
}

/** Where they wait at this moment, and, of a jobseeker, who waits and is invited into their room. */
async function lobbyOf({ region, id }: Person, { lobby, invitations }: PersonExportOptions) {
  return { visits: await lobby.visitsOf(region, id), invitations: await invitations.of(region, id) }
}

async function callbacksOf({ region, id }: Person, { callbacks }: PersonExportOptions, notes: boolean) {
  const every: object[] = []
  for await (const { note, history, ...one } of callbacks.everyOf(region, id)) {
    if (notes) every.push({ ...one, history, ...(note === undefined ? {} : { note }) })
    else every.push({ ...one, history: history.map(({ note: _note, ...entry }) => entry) })
  }
  return every
}

async function* advisorParts(advisor: Person, options: PersonExportOptions): AsyncGenerator<Part> {
  yield jsonPart('replies.json', () => repliesOf(advisor, options.replies))
  yield jsonPart('written.json', () => writtenBy(advisor, options))
}

async function repliesOf({ region, id, team }: Person, replies: Replies) {
  const every = async (owner: Parameters<Replies['list']>[0]) => {
    const found: Awaited<ReturnType<Replies['list']>>['replies'][number][] = []
    for (let after: string | undefined = ''; after !== undefined; ) {
      const page: Awaited<ReturnType<Replies['list']>> = await replies.list(owner, after)
      found.push(...page.replies)
      after = page.next
    }
    return found
  }
  const ofTeam = team === undefined ? [] : await every({ scope: 'team', region, team })
  return {
    own: await every({ scope: 'own', region, person: id }),
    ofTeam: ofTeam.filter(({ author }) => author === id),
  }
}

/**
 * How much an advisor wrote, to whom they follow or cover now. What they wrote is in the records of these jobseekers, whose
 * data it is as well.
 */
async function writtenBy({ region, id }: Person, { channels, notes, enrolment, callbacks }: PersonExportOptions) {
  const { conversations } = await enrolment.conversations({ region, person: id, role: 'advisor' }, Date.now())
  const to: object[] = []
  for (const { jobseeker } of conversations) {
    let messages = 0
    let after = 0
    for (let more = true; more; ) {
      const page = await channels.history(jobseeker.id, { after, limit: countedAtOnce })
      messages += page.messages.filter(({ from }) => from === id).length
      after = page.messages.at(-1)?.offset ?? after
      more = page.more && page.messages.length > 0
    }
    let noted = 0
    for await (const { note } of notes.all(jobseeker.id)) if (note.by === id || note.editedBy === id) noted += 1
    to.push({ jobseeker: jobseeker.id, messages, notes: noted })
  }
  const queue = await callbacks.ofAdvisor(region, id)
  return { to, openCallbacks: queue.callbacks.length }
}

const countedAtOnce = 200

/** Entries by or about a person, with the log they are in. From where somebody else acted is that person's. */
async function* auditOf({ region, id }: Person, audit: Audit): AsyncGenerator<object> {
  const until = Date.now() + 1
  for (const log of [region, nowhere]) {
    for await (const page of audit.read(log, { until })) {
      for (const line of page) {
        if (!peopleOf(line.entry).includes(id)) continue
        const { from, session, ...entry } = line.entry
        const own = typeof entry.actor !== 'string' && entry.actor.person === id
        yield { log, id: line.id, entry: own ? { ...entry, from, session } : entry }
      }
    }
  }
}
