/** Appointments of a jobseeker, or of an advisor's calendar and those they stand in for, kept up to date. */
import type { Appointment, AppointmentEntry, Modality, ParamsOf, ResultOf } from '../src/protocol/index.ts'
import { type AppointmentList, listOf, withAppointment } from './appointment-list.ts'
import type { Connection } from './connection.ts'
import { makeKey } from './key.ts'
import { Listeners } from './listeners.ts'
import { Meanwhile } from './meanwhile.ts'
import { Refresh } from './refresh.ts'

/** `key` only to repeat an act of which it is not known whether it was done. */
type Keyed<P> = Omit<P, 'key'> & { readonly key?: string }
export type AppointmentDraft = Keyed<ParamsOf<'appointment.book'>>
export type AppointmentMove = Keyed<Omit<ParamsOf<'appointment.move'>, 'appointment'>>
export type SlotsQuestion = ParamsOf<'appointment.slots'>
/** What is on in a room, and how much time there is. */
export type CurrentAppointment = ResultOf<'appointment.current'>
export type Slots = ResultOf<'appointment.slots'>

export class Appointments {
  readonly #connection: Connection
  readonly #changed = new Listeners<[]>()
  readonly #refresh: Refresh
  readonly #meanwhile = new Meanwhile<AppointmentList>()
  #list: AppointmentList = new Map()
  #loaded = false

  constructor(connection: Connection) {
    this.#connection = connection
    this.#refresh = new Refresh(connection, async () => {
      const [{ appointments }, again] = await this.#meanwhile.ask(() => connection.call('appointment.list', {}))
      this.#load(appointments, again)
    })
    this.#refresh.onSettled(() => this.#changed.emit())
    connection.on('appointment.changed', ({ appointment }) => this.#know(appointment))
    // Whoever stands in sees other calendars.
    connection.on('enrolment.coverChanged', () => this.refresh())
    connection.on('enrolment.changed', () => this.refresh())
    connection.on('session.accessChanged', () => this.refresh())
    connection.onStream((stream, answer) => {
      if (!stream.startsWith('person:') || answer?.snapshot?.appointments === undefined) return
      this.#load(answer.snapshot.appointments)
    })
    connection.onState((state) => {
      if (state === 'open' && !connection.follows(`person:${this.#self.self}`)) this.refresh()
    })
  }

  /** The earliest first, cancelled ones too. */
  get list(): readonly Appointment[] {
    return [...this.#list.values()].sort((a, b) => a.from - b.from)
  }

  /** Booked ones that are not over by the server's clock, the earliest first. */
  get ahead(): readonly Appointment[] {
    const now = this.#connection.now()
    return this.list.filter(({ state, until }) => state === 'booked' && until > now)
  }

  get loaded(): boolean {
    return this.#loaded
  }

  /** Why the list could not be read; undefined when it could. */
  get error(): Error | undefined {
    return this.#refresh.error
  }

  /** Called when anything of the list changes. */
  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  /** Asks for the list again. Not needed as a rule: events keep it up to date. */
  refresh(): void {
    const role = this.#connection.session?.identity.role
    if (role === 'jobseeker' || role === 'advisor') this.#refresh.now()
  }

  /** Those of one jobseeker, also past and cancelled ones, the latest first. For advisors and supervisors. */
  async of(jobseeker: string): Promise<readonly Appointment[]> {
    return (await this.#connection.call('appointment.list', { jobseeker })).appointments
  }

  /** The webcam appointment that is on in the room of a jobseeker, or begins soon. */
  current(room: string): Promise<CurrentAppointment> {
    return this.#connection.call('appointment.current', { room })
  }

  /** When there can be one. For an advisor who names no jobseeker: their own free slots. */
  slots(question: SlotsQuestion): Promise<Slots> {
    return this.#connection.call('appointment.slots', question)
  }

  /** @throws VisavisError CONFLICT when somebody is not free any more. */
  async book({ key = makeKey(), ...draft }: AppointmentDraft): Promise<Appointment> {
    return this.#know((await this.#connection.call('appointment.book', { ...draft, key })).appointment)
  }

  /** Another time, length or place. @throws VisavisError CONFLICT when somebody is not free then, or it is over. */
  async move(appointment: string, { key = makeKey(), ...move }: AppointmentMove): Promise<Appointment> {
    return this.#know((await this.#connection.call('appointment.move', { appointment, key, ...move })).appointment)
  }

  /** @throws VisavisError CONFLICT when it is over, or was cancelled. */
  async cancel(appointment: string, reason: string, key = makeKey()): Promise<Appointment> {
    return this.#know((await this.#connection.call('appointment.cancel', { appointment, reason, key })).appointment)
  }

  /** For a jobseeker: all webcam appointments ahead become ones in the agency, in one act; `webcam` undoes that. */
  async turn(to: Modality, key = makeKey()): Promise<readonly Appointment[]> {
    const { appointments } = await this.#connection.call('appointment.turn', { key, to })
    for (const appointment of appointments) this.#know(appointment)
    return appointments
  }

  async history(appointment: string): Promise<readonly AppointmentEntry[]> {
    return (await this.#connection.call('appointment.history', { appointment })).history
  }

  /** For a jobseeker: they have read when and where it is. */
  async confirmRead(appointment: string): Promise<void> {
    await this.#connection.call('appointment.confirmRead', { appointment })
  }

  get #self(): { readonly self: string; readonly role: string } {
    const identity = this.#connection.session?.identity
    return { self: identity?.person ?? '', role: identity?.role ?? '' }
  }

  #load(told: readonly Appointment[], again = (list: AppointmentList) => list): void {
    this.#loaded = true
    this.#update(again(listOf(told, this.#list)))
  }

  #know(appointment: Appointment): Appointment {
    const change = (list: AppointmentList) => withAppointment(list, appointment, this.#self)
    this.#meanwhile.heard(change)
    this.#update(change(this.#list))
    return appointment
  }

  #update(list: AppointmentList): void {
    this.#list = list
    this.#changed.emit()
  }
}
