/**
 * The attendance records of one's appointments, and what this device keeps of them by itself: every head it is handed out, and
 * every try to get in that could not be told.
 */
import { VisavisError } from '../src/protocol/errors.ts'
import type {
  AttemptCause,
  AttendanceContent,
  AttendanceEntry,
  AttendanceRecord,
  Head,
  ParamsOf,
  ResultOf,
  WireError,
} from '../src/protocol/index.ts'
import { AttemptKeeper, type KeptAttempt } from './attempt-keeper.ts'
import type { Connection, ConnectOptions } from './connection.ts'
import { HeadKeeper } from './head-keeper.ts'
import { causeOf, whyAway } from './join-watch.ts'
import { makeKey } from './key.ts'
import { Listeners } from './listeners.ts'
import { checkHeads, type HeadsChecked } from './record-check.ts'
import { fromWire } from './requests.ts'
import type { DeviceStorage } from './storage.ts'

export interface WholeRecord {
  readonly record: AttendanceRecord
  readonly entries: readonly AttendanceEntry[]
  readonly contents: readonly AttendanceContent[]
}
export type RecordsToConfirm = ResultOf<'attendance.toConfirm'>
export type Confirmation = Omit<ParamsOf<'attendance.confirm'>, 'key'>

/** A connection that stands so long without a session is a try that failed. */
const patienceMs = 5_000
const againMs = 60_000
/** Whoever tries to get into a room does so for the appointment that is so near. */
const nearMs = 60 * 60_000
/** As many records as an answer holds. */
const mostRecords = 100

export class Attendance {
  readonly #connection: Connection
  readonly #options: Pick<ConnectOptions, 'url' | 'token'>
  readonly #heads: HeadKeeper
  readonly #attempts: AttemptKeeper
  readonly #changed = new Listeners<[appointment: string]>()
  readonly #contradicted = new Listeners<[appointment: string]>()

  constructor(connection: Connection, storage: DeviceStorage, options: Pick<ConnectOptions, 'url' | 'token'>) {
    this.#connection = connection
    this.#options = options
    this.#heads = new HeadKeeper(storage)
    this.#attempts = new AttemptKeeper(storage)
    connection.on('attendance.head', ({ appointment, n, hash }) => this.#keep(appointment, { n, hash }))
    connection.onStream((stream, answer) => {
      // Events of the feed were missed, and heads with them: the newest ones stand for all before.
      if (stream.startsWith('person:') && answer?.snapshot !== undefined) void this.#catchUp().catch(() => {})
    })
    connection.onState((state) => {
      if (state === 'open') this.#handIn()
    })
  }

  /** Called when a record has gone on: read it again if it is shown. */
  onChange(listener: (appointment: string) => void): () => void {
    return this.#changed.add(listener)
  }

  /** Called when a head contradicts one that was handed out before: what it covers was changed. */
  onContradiction(listener: (appointment: string) => void): () => void {
    return this.#contradicted.add(listener)
  }

  /** Every head that this device was handed out: to be given to `visavis verify --head`. */
  heads(appointment: string): readonly Head[] {
    return this.#heads.of(appointment)
  }

  /** The latest first. `before`: only those that begin then or earlier (ms). `jobseeker`: an advisor's with that person. */
  async list(which: ParamsOf<'attendance.list'> = {}): Promise<readonly AttendanceRecord[]> {
    const { records } = await this.#connection.call('attendance.list', which)
    this.#keepAll(records)
    return records
  }

  /** For an advisor: those that wait for a person, the latest first, and how many there are in all. */
  async toConfirm(limit?: number): Promise<RecordsToConfirm> {
    const found = await this.#connection.call('attendance.toConfirm', limit === undefined ? {} : { limit })
    this.#keepAll(found.records)
    return found
  }

  /** From the first entry to the newest one. @throws VisavisError NOT_FOUND. */
  async read(appointment: string): Promise<WholeRecord> {
    const entries: AttendanceEntry[] = []
    const contents: AttendanceContent[] = []
    for (;;) {
      const page = await this.#connection.call('attendance.record', { appointment, after: entries.length })
      entries.push(...page.entries)
      contents.push(...page.contents)
      if (page.more && page.entries.length > 0) continue
      this.#keep(appointment, page.record.head, false)
      return { record: page.record, entries, contents }
    }
  }

  /** Whether a record stands up to every head that this device was handed out. */
  check({ record, entries }: WholeRecord): Promise<HeadsChecked> {
    return checkHeads(entries, this.heads(record.appointment))
  }

  /**
   * A record to take away: as JSON for `visavis verify`, or as PDF for people.
   * @throws VisavisError UNAVAILABLE while the server is away, NOT_FOUND.
   */
  async file(appointment: string, as: 'json' | 'pdf', language: 'fr' | 'en' = 'fr'): Promise<Blob> {
    const region = this.#connection.session?.identity.region ?? ''
    const base = this.#options.url.replace(/^ws/, 'http').replace(/\/+$/, '')
    const path = `api/regions/${region}/attendance/${encodeURIComponent(appointment)}`
    const headers = { authorization: `Bearer ${await this.#options.token()}` }
    const response = await fetch(`${base}/${path}${as === 'pdf' ? `/pdf?language=${language}` : ''}`, {
      headers,
    }).catch((cause: unknown) => {
      throw new VisavisError('UNAVAILABLE', 'the record could not be fetched', { cause })
    })
    if (response.ok) return response.blob()
    // A proxy that answers in its place says it its own way.
    const said = (await response.json().catch(() => undefined)) as { readonly error?: WireError } | undefined
    if (said?.error !== undefined) throw fromWire(said.error)
    throw new VisavisError('UNAVAILABLE', `the server answered ${response.status}`)
  }

  /** For an advisor or supervisor. @throws VisavisError CONFLICT when there is newer evidence than `seen`. */
  async confirm(confirmation: Confirmation): Promise<AttendanceRecord> {
    return (await this.#connection.call('attendance.confirm', { ...confirmation, key: makeKey() })).record
  }

  /** For the jobseeker. */
  async contest(appointment: string, reason?: string): Promise<AttendanceRecord> {
    const asked = { appointment, key: makeKey(), ...(reason === undefined ? {} : { reason }) }
    return (await this.#connection.call('attendance.contest', asked)).record
  }

  /** This person could not get in. It is kept on this device until the service has it. */
  attempt(appointment: string, cause: AttemptCause): void {
    this.#attempts.add(appointment, cause, this.#connection.now())
    if (this.#connection.state === 'open') this.#handIn()
  }

  /** The same, in the room of a jobseeker: for whatever appointment is on there; without one nothing is told. */
  attemptIn(room: string, cause: AttemptCause): void {
    this.#attempts.addIn(room, cause, this.#connection.now())
    if (this.#connection.state === 'open') this.#handIn()
  }

  /** The same, of what `openCamera()` or a room has failed with. What is a rule and no failure is not noted. */
  failedIn(room: string, error: Error): void {
    const cause = causeOf(error)
    if (cause !== undefined) this.attemptIn(room, cause)
  }

  /** The person is trying to get into an appointment: from now on, while there is no connection, that is noted. */
  trying(appointment: string): () => void {
    const look = () => {
      if (this.#connection.state === 'open') return
      this.attempt(appointment, whyAway())
    }
    const soon = setTimeout(look, patienceMs)
    const timer = setInterval(look, againMs)
    return () => {
      clearTimeout(soon)
      clearInterval(timer)
    }
  }

  #handIn(): void {
    void this.#attempts.handIn((attempt) => this.#tell(attempt))
  }

  async #tell({ appointment, room, ...attempt }: KeptAttempt): Promise<void> {
    const those = appointment === undefined ? await this.#near(room, attempt.at) : [appointment]
    for (const one of those) await this.#connection.call('attendance.attempt', { ...attempt, appointment: one })
  }

  /** The appointments of a room about a moment. */
  async #near(room: string | undefined, at: number): Promise<string[]> {
    const records = await this.list({ limit: mostRecords, before: Math.trunc(at) + nearMs })
    return records
      .filter(({ jobseeker, window }) => jobseeker === room && Math.abs(at - nearest(window, at)) <= nearMs)
      .map((record) => record.appointment)
  }

  /** The list begins with what lies farthest ahead: of an advisor that may be all of it, and nothing of what was on. */
  async #catchUp(): Promise<void> {
    const latest = await this.list({ limit: mostRecords })
    if (latest.length < mostRecords) return
    await this.list({ limit: mostRecords, before: Math.trunc(this.#connection.now()) + nearMs })
  }

  #keepAll(records: readonly AttendanceRecord[]): void {
    for (const { appointment, head } of records) this.#keep(appointment, head, false)
  }

  #keep(appointment: string, head: Head, isNew = true): void {
    if (this.#heads.keep(appointment, head)) this.#contradicted.emit(appointment)
    if (isNew) this.#changed.emit(appointment)
  }
}

/** The moment of a window that is nearest to another. */
const nearest = ({ from, until }: AttendanceRecord['window'], at: number): number => Math.min(Math.max(at, from), until)
