/**
 * The rooms of workshops on this node: who comes in, what becomes of hands and the floor, and what a change of the workshop
 * means for whoever is in it. The state is Redis's; the node that holds the room is the only one that changes the floor, so
 * fifty hands at once cost fifty short writes and no retries.
 */
import type { Logger } from 'pino'
import type { Rooms } from '../media/rooms.ts'
import { type FloorView, isWorkshopRoom, VisavisError } from '../protocol/index.ts'
import type { FloorAct } from '../workshops/floor.ts'
import { placeOf, requireDoorsOpen, type WorkshopRecord } from '../workshops/workshop.ts'
import type { WorkshopFact, Workshops } from '../workshops/workshops.ts'
import type { Caller } from './handlers.ts'
import { isHost } from './workshop-hosts.ts'
import { WorkshopStage } from './workshop-stage.ts'

export interface WorkshopRoomsOptions {
  readonly workshops: Workshops
  readonly rooms: Rooms
  /** How long before a workshop begins its doors open (ms). */
  readonly leadMs: number
  readonly log: Logger
}

/** What the others are told of somebody. */
export interface Shown {
  readonly person: string
  readonly name: string
}

/** A host may prepare so long before it begins (ms). */
const hostLeadMs = 3_600_000
/** How soon a change that could not be read is looked at again (ms). */
const againMs = 1_000

export class WorkshopRooms {
  readonly #options: WorkshopRoomsOptions
  readonly #stages = new Map<string, WorkshopStage>()

  constructor(options: WorkshopRoomsOptions) {
    this.#options = options
  }

  /** For the rooms: who may send in one. @throws VisavisError UNAVAILABLE when nobody was let in just now. */
  stageOf(room: string): WorkshopStage | undefined {
    if (!isWorkshopRoom(room)) return undefined
    const stage = this.#stages.get(room)
    // It was forgotten between the question at the door and the opening.
    if (stage === undefined) throw new VisavisError('UNAVAILABLE', 'the workshop is opened anew', { retryAfterMs: 100 })
    return stage
  }

  /**
   * At the door. @returns what the others are told of them; undefined for a host, who is told by name.
   * @throws VisavisError FORBIDDEN without a place; CONFLICT too early, or when it is over.
   */
  async admit(caller: Caller, room: string): Promise<Shown | undefined> {
    const { region, person } = caller.identity
    const now = Date.now()
    const record = await this.#options.workshops.find(region, room)
    const host = record !== undefined && isHost(caller, record, now)
    const place = record === undefined ? undefined : placeOf(record, person)
    if (record === undefined || (!host && (place === undefined || place.removed)))
      throw new VisavisError('FORBIDDEN', 'this person has no place in that workshop')
    const { leadMs } = this.#options
    requireDoorsOpen(record, host ? Math.max(hostLeadMs, leadMs) : leadMs, now)
    const stage = await this.#prepare(region, record)
    if (host) stage.hosts(person)
    return host || place === undefined ? undefined : { person: place.seat, name: place.shownAs }
  }

  /** @throws VisavisError GONE for whoever is not in the room. */
  view({ identity }: Caller, room: string): FloorView {
    return this.#stage(room).viewFor(identity.person)
  }

  /** Whether somebody hosts the room they are in. */
  hosts({ identity }: Caller, room: string): boolean {
    return this.#stage(room).isHost(identity.person)
  }

  /** @throws VisavisError GONE for a host. */
  seatOf({ identity }: Caller, room: string): string {
    const seat = this.#stage(room).seatOf(identity.person)
    if (seat === undefined) throw new VisavisError('GONE', 'they have no seat in this workshop any more')
    return seat
  }

  /** @throws VisavisError NOT_FOUND for a seat that nobody has; CONFLICT when as many have the floor as may. */
  async act({ identity }: Caller, room: string, act: FloorAct, key: string): Promise<FloorView> {
    const stage = this.#stage(room)
    if (act.type === 'give') requireSeat(stage, act.seat)
    await this.#change(room, stage, act, { by: identity.person, key })
    return stage.viewFor(identity.person)
  }

  /** @throws VisavisError NOT_FOUND for a seat that nobody has. */
  async mute({ identity }: Caller, room: string, seat: string, key: string): Promise<FloorView> {
    const stage = this.#stage(room)
    const person = requireSeat(stage, seat)
    if (!stage.isRepeat(`${identity.person}/${key}`))
      for (const participant of this.#options.rooms.in(room))
        if (participant.info.person === person && (await participant.mute()))
          participant.notify('floor.muted', { room })
    return stage.viewFor(identity.person)
  }

  /** Whoever leaves by their own will wants nothing any more; whoever was cut off keeps their hand and the floor. */
  left(room: string, person: string): void {
    const stage = this.#stages.get(room)
    const seat = stage?.seatOf(person)
    if (stage === undefined || seat === undefined) return
    this.#change(room, stage, { type: 'leave', seat }, { by: person }).catch((err) =>
      this.#options.log.debug({ err, room, seat }, 'the hand of somebody who left stays until it is lowered'),
    )
  }

  /** The room is closed on this node, or was another's all along. */
  closed(room: string): void {
    if (!this.#options.rooms.isOpen(room)) this.#forget(room)
  }

  /** A workshop has changed, on whatever node. */
  changed(fact: WorkshopFact): void {
    if (!this.#stages.has(fact.id)) return
    this.#look(fact).catch((err) => {
      this.#options.log.warn({ err, workshop: fact.id }, 'a changed workshop could not be read; trying again')
      setTimeout(() => this.changed(fact), againMs).unref()
    })
  }

  async #look({ region, id }: WorkshopFact): Promise<void> {
    const { workshops } = this.#options
    const rooms = this.#options.rooms
    const record = await workshops.find(region, id)
    const stage = this.#stages.get(id)
    if (stage === undefined) return
    if (record === undefined || record.state !== 'planned') {
      rooms.closeRoom(id, 'ended')
      this.#forget(id)
      return
    }
    if (record.changedAt >= stage.record.changedAt) stage.record = record
    for (const { session, info } of rooms.in(id)) if (!stage.isWelcome(info.person)) await rooms.expel(id, session)
    const { hands, speakers } = stage.floor
    for (const { seat } of [...hands, ...speakers])
      if (stage.personOf(seat) === undefined) await this.#change(id, stage, { type: 'leave', seat }, { by: 'visavis' })
    rooms.stageChanged(id)
    stage.tellSoon()
  }

  async #prepare(region: string, record: WorkshopRecord): Promise<WorkshopStage> {
    const { workshops } = this.#options
    const { id } = record
    const isOpen = () => this.#options.rooms.isOpen(id)
    const known = this.#stages.get(id)
    if (known !== undefined && isOpen()) return known
    const floor = await workshops.floor(region, id)
    // Somebody else may have been at the door meanwhile: there is one stage, and it only goes on.
    const stage = this.#stages.get(id)
    if (stage !== undefined) {
      if (record.changedAt >= stage.record.changedAt) stage.record = record
      stage.took(floor)
      return stage
    }
    const { mostSpeakers } = workshops
    const fresh = new WorkshopStage({ region, record, floor, mostSpeakers, tell: () => this.#tell(id) })
    this.#stages.set(id, fresh)
    return fresh
  }

  async #change(room: string, stage: WorkshopStage, act: FloorAct, acting: { by: string; key?: string }) {
    const { workshops } = this.#options
    const floor = await stage.inTurn(() => workshops.changeFloor(stage.region, room, act, acting))
    // The room may have been closed and opened again meanwhile.
    const current = this.#stages.get(room)
    if (current?.took(floor) !== true) return
    this.#options.rooms.stageChanged(room)
    current.tellSoon()
  }

  #tell(room: string): void {
    const stage = this.#stages.get(room)
    if (stage === undefined) return
    this.#options.rooms.tellEach(room, 'floor.changed', (person) => ({ room, floor: stage.viewFor(person) }))
  }

  #stage(room: string): WorkshopStage {
    const stage = this.#stages.get(room)
    if (stage === undefined) throw new VisavisError('GONE', 'you are not in this room; join it again')
    return stage
  }

  #forget(room: string): void {
    this.#stages.get(room)?.close()
    this.#stages.delete(room)
  }
}

/** @returns who has it. @throws VisavisError NOT_FOUND. */
function requireSeat(stage: WorkshopStage, seat: string): string {
  const person = stage.personOf(seat)
  if (person === undefined) throw new VisavisError('NOT_FOUND', `nobody has ${seat}`)
  return person
}
