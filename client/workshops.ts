/** Workshops: those one takes part in, hosts or may sign up for, kept up to date, and their rooms. */
import type { ParamsOf, Workshop, WorkshopPlace } from '../src/protocol/index.ts'
import type { Connection } from './connection.ts'
import { makeKey } from './key.ts'
import { Listeners } from './listeners.ts'
import { Meanwhile } from './meanwhile.ts'
import { Refresh } from './refresh.ts'
import type { Rooms } from './rooms.ts'
import { WorkshopRoom } from './workshop-room.ts'

/** `key` only to repeat an act of which it is not known whether it was done. */
type Keyed<P> = Omit<P, 'key' | 'workshop'> & { readonly key?: string }
export type WorkshopDraft = Keyed<ParamsOf<'workshop.create'>>
export type WorkshopMove = Keyed<ParamsOf<'workshop.move'>>
type List = ReadonlyMap<string, Workshop>

export class Workshops {
  readonly #connection: Connection
  readonly #rooms: Rooms
  readonly #changed = new Listeners<[]>()
  readonly #refresh: Refresh
  readonly #meanwhile = new Meanwhile<List>()
  #list: List = new Map()
  #loaded = false
  #leadMs = 0
  #mostSeats = 1

  constructor(connection: Connection, rooms: Rooms) {
    this.#connection = connection
    this.#rooms = rooms
    this.#refresh = new Refresh(connection, async () => {
      const [answer, again] = await this.#meanwhile.ask(() => connection.call('workshop.list', {}))
      this.#leadMs = answer.leadMs
      this.#mostSeats = answer.mostSeats
      this.#loaded = true
      this.#update(again(new Map(answer.workshops.map((workshop) => [workshop.id, workshop]))))
    })
    this.#refresh.onSettled(() => this.#changed.emit())
    connection.on('workshop.changed', ({ workshop }) => this.#know(workshop))
    connection.onStream((stream, answer) => {
      // What was missed is not all told: the list is read again, if anybody reads it.
      if (this.#loaded && stream.startsWith('person:') && answer?.recovered === false) this.refresh()
    })
  }

  /** The earliest first. Asked for with `refresh()`, and kept up to date from then on. */
  get list(): readonly Workshop[] {
    return [...this.#list.values()].sort((a, b) => a.from - b.from)
  }

  get loaded(): boolean {
    return this.#loaded
  }

  get error(): Error | undefined {
    return this.#refresh.error
  }

  /** How long before it begins one may enter (ms). */
  get leadMs(): number {
    return this.#leadMs
  }

  /** The most places one can have. */
  get mostSeats(): number {
    return this.#mostSeats
  }

  onChange(listener: () => void): () => void {
    return this.#changed.add(listener)
  }

  refresh(): void {
    const role = this.#connection.session?.identity.role
    if (role === 'jobseeker' || role === 'advisor') this.#refresh.now()
  }

  async create({ key = makeKey(), ...draft }: WorkshopDraft): Promise<Workshop> {
    return this.#know((await this.#connection.call('workshop.create', { ...draft, key })).workshop)
  }

  /** @throws VisavisError CONFLICT when not all of them find a place. */
  async invite(workshop: string, jobseekers: readonly string[], key = makeKey()): Promise<Workshop> {
    const invited = { workshop, jobseekers: [...jobseekers], key }
    return this.#know((await this.#connection.call('workshop.invite', invited)).workshop)
  }

  /** @throws VisavisError CONFLICT when it is full. */
  async signUp(workshop: string, key = makeKey()): Promise<Workshop> {
    return this.#know((await this.#connection.call('workshop.signUp', { workshop, key })).workshop)
  }

  async decline(workshop: string, key = makeKey()): Promise<Workshop> {
    return this.#know((await this.#connection.call('workshop.decline', { workshop, key })).workshop)
  }

  /** What the others call this person, from their next entry on. */
  async present(workshop: string, shownAs: string, key = makeKey()): Promise<Workshop> {
    return this.#know((await this.#connection.call('workshop.present', { workshop, shownAs, key })).workshop)
  }

  async places(workshop: string): Promise<readonly WorkshopPlace[]> {
    return (await this.#connection.call('workshop.places', { workshop })).places
  }

  /** Takes a place away: whoever has it is out at once. */
  async remove(workshop: string, seat: string, key = makeKey()): Promise<Workshop> {
    return this.#know((await this.#connection.call('workshop.remove', { workshop, seat, key })).workshop)
  }

  async move(workshop: string, { key = makeKey(), ...move }: WorkshopMove): Promise<Workshop> {
    return this.#know((await this.#connection.call('workshop.move', { workshop, ...move, key })).workshop)
  }

  async cancel(workshop: string, reason: string, key = makeKey()): Promise<Workshop> {
    return this.#know((await this.#connection.call('workshop.cancel', { workshop, reason, key })).workshop)
  }

  async end(workshop: string, key = makeKey()): Promise<Workshop> {
    return this.#know((await this.#connection.call('workshop.end', { workshop, key })).workshop)
  }

  /** Enters its room. @param stream the host's camera and microphone; whoever takes part opens theirs with the floor. */
  join(workshop: string, stream: MediaStream = new MediaStream()): WorkshopRoom {
    const host = this.#connection.session?.identity.role === 'advisor'
    return new WorkshopRoom(host, (maySend) => this.#rooms.open(workshop, { stream, maySend }))
  }

  #know(workshop: Workshop): Workshop {
    const self = this.#connection.session?.identity
    const change = (list: List) => withWorkshop(list, workshop, self?.role === 'advisor')
    this.#meanwhile.heard(change)
    this.#update(change(this.#list))
    return workshop
  }

  #update(list: List): void {
    this.#list = list
    this.#changed.emit()
  }
}

/** Events may arrive in any order with answers: the older state of two is dropped. */
function withWorkshop(list: List, workshop: Workshop, hosts: boolean): List {
  const known = list.get(workshop.id)
  if (known !== undefined && known.changedAt > workshop.changedAt) return list
  const next = new Map(list)
  if (hosts || workshop.place !== undefined || workshop.open) next.set(workshop.id, workshop)
  else next.delete(workshop.id)
  return next
}
