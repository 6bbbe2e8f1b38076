/** One workshop whose room is open on this node: who may send, who is seen, and how everybody is told of the floor. */
import type { Stage } from '../media/stage.ts'
import type { FloorView, Source } from '../protocol/index.ts'
import { type Floor, hasFloor, hasHand, type Turn } from '../workshops/floor.ts'
import { placeOf, type WorkshopRecord } from '../workshops/workshop.ts'

/** How often everybody is told (ms): of fifty hands raised at once the last state counts. */
const tellEveryMs = 200
/** Keys of mutings that are remembered: they are in no record. */
const mostKeys = 500

export interface WorkshopStageOptions {
  readonly region: string
  readonly record: WorkshopRecord
  readonly floor: Floor
  readonly mostSpeakers: number
  readonly tell: () => void
}

export class WorkshopStage implements Stage {
  readonly region: string
  record: WorkshopRecord
  readonly #mostSpeakers: number
  readonly #tell: () => void
  readonly #hosts = new Set<string>()
  readonly #keys = new Set<string>()
  #floor: Floor
  #acts: Promise<unknown> = Promise.resolve()
  #timer: NodeJS.Timeout | undefined

  constructor({ region, record, floor, mostSpeakers, tell }: WorkshopStageOptions) {
    this.region = region
    this.record = record
    this.#floor = floor
    this.#mostSpeakers = mostSpeakers
    this.#tell = tell
  }

  get floor(): Floor {
    return this.#floor
  }

  /** They stand in for its advisor. */
  hosts(person: string): void {
    this.#hosts.add(person)
  }

  isHost(person: string): boolean {
    return this.record.advisor === person || this.#hosts.has(person)
  }

  /** The seat of somebody who may be in the room; undefined also for a host. */
  seatOf(person: string): string | undefined {
    const place = placeOf(this.record, person)
    return place === undefined || place.removed ? undefined : place.seat
  }

  /** Who has a seat that may be in the room. */
  personOf(seat: string): string | undefined {
    return this.record.places.find((place) => place.seat === seat && !place.removed)?.person
  }

  isWelcome(person: string): boolean {
    return this.isHost(person) || this.seatOf(person) !== undefined
  }

  maySend(person: string, source: Source): boolean {
    if (this.isHost(person)) return true
    const seat = this.seatOf(person)
    return source !== 'screen' && seat !== undefined && hasFloor(this.#floor, seat)
  }

  isSeen(person: string): boolean {
    return this.isHost(person) || this.maySend(person, 'microphone')
  }

  /** Older states come late, and are passed over. @returns whether it is news. */
  took(floor: Floor): boolean {
    if (floor.version <= this.#floor.version) return false
    this.#floor = floor
    return true
  }

  /** One act after the other: the second is decided from what the first has left. */
  inTurn<T>(act: () => Promise<T>): Promise<T> {
    const done = this.#acts.then(act)
    this.#acts = done.catch(() => {})
    return done
  }

  /** Whether an act that is in no record was done before; from now on it was. */
  isRepeat(key: string): boolean {
    if (this.#keys.has(key)) return true
    if (this.#keys.size >= mostKeys) this.#keys.clear()
    this.#keys.add(key)
    return false
  }

  tellSoon(): void {
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined
      this.#tell()
    }, tellEveryMs)
  }

  viewFor(person: string): FloorView {
    const { version, hands, speakers } = this.#floor
    const seat = this.seatOf(person)
    return {
      ...{ version, hands: hands.length, speakers: speakers.map(this.#named), most: this.#mostSpeakers },
      ...(this.isHost(person) ? { order: hands.map(this.#named) } : {}),
      ...(seat === undefined || this.isHost(person) ? {} : { seat }),
      raised: seat !== undefined && hasHand(this.#floor, seat),
      maySpeak: this.maySend(person, 'microphone'),
    }
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  readonly #named = ({ seat, at }: Turn) => {
    const place = this.record.places.find((one) => one.seat === seat)
    return { seat, at, name: place?.shownAs ?? '–' }
  }
}
