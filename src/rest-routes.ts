/** What a node answers over HTTP: each route, with what it uses. */
import type { FastifyInstance } from 'fastify'
import type { Config } from '../config/load.ts'
import { appointmentProof } from './appointment-proof.ts'
import type { AppointmentBook } from './appointments/book.ts'
import type { Attachments } from './attachments/attachments.ts'
import type { createAttendanceParts } from './attendance-parts.ts'
import type { Audit } from './audit/audit.ts'
import type { Tokens } from './auth/tokens.ts'
import { trustedCapacityKeys } from './certified-capacity.ts'
import type { Channels } from './chat/channels.ts'
import type { Checks } from './checks/checks.ts'
import type { Covers } from './enrolment/covers.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import type { Erasures } from './enrolment/erasures.ts'
import type { Scheme } from './enrolment/scheme.ts'
import type { Transfers } from './enrolment/transfers.ts'
import { registerAppointmentSettings } from './http/appointment-settings.ts'
import { registerAttachments } from './http/attachments.ts'
import { registerAttendance } from './http/attendance.ts'
import { registerAudit } from './http/audit.ts'
import { auditRequests } from './http/audited-requests.ts'
import { registerAwaited } from './http/awaited.ts'
import type { BodyDeadlines } from './http/body-deadlines.ts'
import { registerCallbackSettings } from './http/callback-settings.ts'
import { registerCapacityCertificate } from './http/capacity-certificate.ts'
import { registerContacts } from './http/contacts.ts'
import { registerCovers } from './http/covers.ts'
import { addSamplePeople, registerDevelopment } from './http/development.ts'
import { registerErasures } from './http/erasures.ts'
import { registerExport } from './http/export.ts'
import { type HealthOptions, registerHealth } from './http/health.ts'
import { registerImport } from './http/import.ts'
import { registerMailReports } from './http/mail-reports.ts'
import { registerNodes } from './http/nodes.ts'
import { registerOperatorLoad } from './http/operator-load.ts'
import { registerOpinion } from './http/opinion.ts'
import { registerPages } from './http/pages.ts'
import { registerPeople } from './http/people.ts'
import { registerReadProof } from './http/read-proof.ts'
import { registerReport } from './http/report.ts'
import { registerScheme } from './http/scheme.ts'
import { registerSchemeSettings } from './http/scheme-settings.ts'
import { registerSignedIn } from './http/signed-in.ts'
import { registerTeamAppointments } from './http/team-appointments.ts'
import { registerUnsubscribe } from './http/unsubscribe.ts'
import type { Invitations } from './lobby/invitations.ts'
import type { Lobby } from './lobby/lobby.ts'
import type { Places } from './lone-places.ts'
import type { MailParts } from './mail-parts.ts'
import type { Notes } from './notes/notes.ts'
import type { Load } from './operator-parts.ts'
import type { Metrics } from './ops/metrics.ts'
import { createPersonExport } from './person-export.ts'
import type { Presence } from './presence/presence.ts'
import type { Queue } from './queue/queue.ts'
import type { Replies } from './replies/replies.ts'
import type { SchemeParts } from './scheme-parts.ts'
import { waiverNotice } from './waiver-notice.ts'
import type { Workshops } from './workshops/workshops.ts'

export interface RestRoutesOptions {
  readonly config: Config
  readonly version: string
  readonly places: readonly { readonly id: string; readonly name: string; readonly timeZone: string }[]
  readonly bodies: BodyDeadlines
  readonly tokens: Tokens
  readonly metrics: Metrics
  readonly readiness: HealthOptions['readiness']
  readonly signs: HealthOptions['signs']
  readonly audit: Audit
  readonly roomPlaces: Places
  readonly load: Load
  readonly enrolment: Enrolment
  readonly scheme: Scheme
  readonly transfers: Transfers
  readonly covers: Covers
  readonly erasures: Erasures
  readonly taking: SchemeParts
  readonly mail: MailParts
  readonly record: ReturnType<typeof createAttendanceParts>
  readonly book: AppointmentBook
  readonly appointmentMail: { wake(): void }
  readonly checks: Checks
  readonly queue: Queue
  readonly channels: Channels
  readonly attachments: Attachments
  readonly notes: Notes
  readonly replies: Replies
  readonly workshops: Workshops
  readonly lobby: Lobby
  readonly invitations: Invitations
  readonly presence: Presence
}

/** The region of the sample people. */
const developmentRegion = 'bretagne'

export async function registerRoutes(server: FastifyInstance, parts: RestRoutesOptions): Promise<void> {
  const { config, version, places, bodies, tokens, metrics, readiness, signs, audit, roomPlaces, load } = parts
  const { enrolment, scheme, transfers, covers, erasures, taking, record, book, appointmentMail, checks } = parts
  const { queue, channels, attachments, notes, replies, workshops, lobby, invitations, presence } = parts
  const { notices, contacts, proofs, unsubscribe, mails } = parts.mail
  const { callbacks } = queue
  const regions = places.map(({ id }) => id)

  auditRequests(server, { audit, tokens, agencyToken: config.agencyToken })
  await registerHealth(server, { metrics, readiness, signs })
  await registerNodes(server, { places: roomPlaces, tokens })
  await registerOperatorLoad(server, { tokens, load: () => load.of(roomPlaces) })
  const keeping = { enrolment, tokens, regions, agencyToken: config.agencyToken }
  await registerPeople(server, { ...keeping, transfers })
  await registerErasures(server, { ...keeping, erasures })
  await registerContacts(server, { ...keeping, contacts })
  await registerUnsubscribe(server, unsubscribe)
  await registerAttendance(server, { ...keeping, ...record })
  const proof = appointmentProof({ book, contacts, regions: places, wake: () => appointmentMail.wake() })
  await registerReadProof(server, { ...proof, proofs })
  await registerMailReports(server, { ...proof, tokens, regions, agencyToken: config.agencyToken })
  await registerAppointmentSettings(server, { ...keeping, book })
  await registerTeamAppointments(server, { ...keeping, book, attendance: record.attendance })
  await registerSchemeSettings(server, { ...keeping, scheme })
  const tellWaived = waiverNotice({ enrolment: () => enrolment, notices, mails })
  await registerAwaited(server, {
    ...{ ...keeping, scheme, lastReport: (region: string, person: string) => checks.last({ region, person }) },
    async waive(region, person, given) {
      const act = await scheme.waiveCheck(region, person, given)
      await tellWaived(region, person, act)
      return act
    },
  })
  await registerCapacityCertificate(server, {
    ...keeping,
    trusted: trustedCapacityKeys(config.capacityKeys),
    capEnrolment: (region, capacity, certificate, expiresAt, by) =>
      taking.rules.capEnrolment(region, { capacity, certificate, expiresAt }, by),
    keep: load.keep,
  })
  await registerReport(server, { ...keeping, report: taking.report })
  await registerScheme(server, {
    ...{ enrolment, scheme, tokens, agencyToken: config.agencyToken, askAgency: taking.askAgency },
    count: (region, happening) => taking.report.count(region, happening),
    wake: () => appointmentMail.wake(),
  })
  await registerOpinion(server, {
    ...{ tokens, agencyToken: config.agencyToken, report: taking.report, require: record.require },
    entries: (region, appointment) => record.attendance.entries(region, appointment),
  })
  await registerCovers(server, { ...keeping, covers })
  await registerCallbackSettings(server, { ...keeping, queue })
  await registerImport(server, keeping)
  await registerAudit(server, { ...keeping, audit })
  const exportPerson = createPersonExport({
    ...{
      channels,
      attachments,
      notes,
      callbacks,
      checks,
      appointments: book.appointments,
      workshops,
      lobby,
      invitations,
      notices,
      contacts,
      replies,
      enrolment,
      covers,
      presence,
      audit,
    },
    attendance: record.attendance,
    schemeActs: (region, person) => scheme.acts(region, person),
    readFile: record.readFile,
    regions: places,
    version,
  })
  await registerExport(server, { ...keeping, exportPerson })
  const { allowedOrigins } = config
  await registerAttachments(server, { attachments, enrolment, tokens, bodies, allowedOrigins, metrics })
  if (config.devSignIn) {
    await addSamplePeople(enrolment)
    await registerDevelopment(server, { enrolment, tokens, region: developmentRegion })
  }
  await registerSignedIn(server, { tokens })
  const { root, devSignIn, editWindowMs, lobbies, signInUrl, tokenUrl } = config
  await registerPages(server, { root, devSignIn, version, editWindowMs, lobbies, signInUrl, tokenUrl })
}
