/**
 * The protocol's types as plain TypeScript, made from the same schemas that validate it: whoever installs the client needs
 * no schema library to read its types.
 */
import { Appointment, AppointmentEntry, Modality } from '../../src/protocol/appointment.ts'
import { Attachment } from '../../src/protocol/attachment.ts'
import {
  AttemptCause,
  AttendanceContent,
  AttendanceEntry,
  AttendanceRecord,
  AttendanceState,
  AttendanceWindow,
  DropCause,
  Fact,
  Head,
  Incident,
  Party,
  Reason,
  Verdict,
} from '../../src/protocol/attendance.ts'
import {
  AdvisorFigures,
  Attempt,
  AttemptOutcome,
  Board,
  Call,
  Callback,
  CallbackState,
  CallbackStep,
  Desk,
  DeskState,
  Offer,
  OwnHours,
  TeamFigures,
  Window,
} from '../../src/protocol/callback.ts'
import { Hours, TeamMode } from '../../src/protocol/callback-settings.ts'
import { AnswerDue, ChannelSummary, Message } from '../../src/protocol/chat.ts'
import { CheckReport } from '../../src/protocol/check.ts'
import { FloorView } from '../../src/protocol/floor.ts'
import { events, methods } from '../../src/protocol/index.ts'
import { AdvisorState, OwnVisit, Visit } from '../../src/protocol/lobby.ts'
import { Note, NoteVersion } from '../../src/protocol/note.ts'
import { Reply, ReplyScope } from '../../src/protocol/reply.ts'
import { Participant, ProducerInfo, Quality, Source } from '../../src/protocol/room.ts'
import { Position, Role } from '../../src/protocol/schema.ts'
import { SearchHit } from '../../src/protocol/search.ts'
import { Presence, PresenceState, RecoveredStream, StreamPosition } from '../../src/protocol/session.ts'
import { Workshop, WorkshopPlace } from '../../src/protocol/workshop.ts'

interface Schema {
  readonly type?: string
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Schema[]
  readonly properties?: Readonly<Record<string, Schema>>
  /** Of a record: of any name. */
  readonly patternProperties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly items?: Schema
  readonly description?: string
}

const named = {
  Role,
  Position,
  Source,
  CallbackState,
  CallbackStep,
  AttemptOutcome,
  DeskState,
  PresenceState,
  Modality,
  Appointment,
  AppointmentEntry,
  Attachment,
  Message,
  ChannelSummary,
  AnswerDue,
  Window,
  Hours,
  OwnHours,
  TeamMode,
  Attempt,
  Callback,
  Offer,
  Call,
  Desk,
  TeamFigures,
  AdvisorFigures,
  Board,
  Note,
  NoteVersion,
  Reply,
  ReplyScope,
  Presence,
  StreamPosition,
  RecoveredStream,
  CheckReport,
  Quality,
  Participant,
  ProducerInfo,
  SearchHit,
  AdvisorState,
  OwnVisit,
  Visit,
  Party,
  Verdict,
  Reason,
  DropCause,
  AttemptCause,
  AttendanceState,
  AttendanceWindow,
  Head,
  Incident,
  Fact,
  AttendanceEntry,
  AttendanceContent,
  AttendanceRecord,
  FloorView,
  Workshop,
  WorkshopPlace,
} as unknown as Readonly<Record<string, Schema>>

/** By what they say: the same schema is not always the same object. */
const names = new Map(Object.entries(named).map(([name, schema]) => [JSON.stringify(schema), name]))

export function protocolTypes(): string {
  const types = Object.entries(named).map(([name, schema]) => `export type ${name} = ${shapeOf(schema)}`)
  const table = (name: string, rows: readonly string[]) => `export interface ${name} {\n${rows.join('\n')}\n}`
  return [
    '/** What client and server say. Made from the schemas of the server; see its docs/protocol.md. */',
    "import type { ErrorCode, ErrorDetails } from './errors.js'",
    "export * from './errors.js'",
    ...types,
    table(
      'Methods',
      Object.entries(methods).map(
        ([name, { summary, params, result }]) =>
          `  /** ${summary} */\n  '${name}': { params: ${typeOf(params as Schema)}; result: ${typeOf(result as Schema)} }`,
      ),
    ),
    table(
      'Events',
      Object.entries(events).map(
        ([name, { summary, data }]) => `  /** ${summary} */\n  '${name}': ${typeOf(data as Schema)}`,
      ),
    ),
    'export type MethodName = keyof Methods',
    'export type EventName = keyof Events',
    "export type ParamsOf<M extends MethodName> = Methods[M]['params']",
    "export type ResultOf<M extends MethodName> = Methods[M]['result']",
    'export type DataOf<E extends EventName> = Events[E]',
    'export interface WireError { code: ErrorCode; message: string; details: ErrorDetails; retryable: boolean; retryAfterMs?: number }',
    'export type Response = { id: number; result: unknown } | { id: number; error: WireError }',
    'export interface EventFrame { event: string; data: unknown; stream?: string; position?: Position }',
    'export type ServerFrame = Response | EventFrame',
    '',
  ].join('\n')
}

const typeOf = (schema: Schema): string => names.get(JSON.stringify(schema)) ?? shapeOf(schema)

function shapeOf(schema: Schema): string {
  if (schema.enum !== undefined) return schema.enum.map((value) => JSON.stringify(value)).join(' | ')
  if (schema.const !== undefined) return JSON.stringify(schema.const)
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(' | ')
  if (schema.type === 'array') return `Array<${typeOf(schema.items ?? {})}>`
  if (schema.type === 'integer') return 'number'
  const [values] = Object.values(schema.patternProperties ?? {})
  if (values !== undefined) return `Record<string, ${typeOf(values)}>`
  if (schema.type === 'object') return schema.properties === undefined ? 'Record<string, unknown>' : objectOf(schema)
  return schema.type ?? 'unknown'
}

function objectOf({ properties = {}, required = [] }: Schema): string {
  const fields = Object.entries(properties).map(([name, field]) => {
    const comment = field.description === undefined ? '' : `/** ${field.description} */ `
    return `${comment}${name}${required.includes(name) ? '' : '?'}: ${typeOf(field)}`
  })
  return fields.length === 0 ? 'Record<string, never>' : `{ ${fields.join('; ')} }`
}
