/** The rooms that are open on a node: each made at the first question for it, on the least loaded worker. */
import type { types } from 'mediasoup'
import { VisavisError } from '../protocol/index.ts'
import { ask } from './failures.ts'
import { leastLoaded } from './placement.ts'
import { Room } from './room.ts'
import type { Stage } from './stage.ts'
import type { MediaWorker } from './worker.ts'
import type { Workers } from './workers.ts'

export interface OpenRoomsOptions {
  readonly workers: Workers
  /** Whether synthetic participants may be in rooms whose id begins with "synthetic-". */
  readonly synthetic: boolean
  /** How long a transport may be silent before it counts as lost (ms). */
  readonly consentMs: number
  readonly stageOf: (room: string) => Stage | undefined
  /** Of a room that is new. */
  readonly onOpened: (room: Room) => void
  /** It is not here any more. @param wasUsed whether somebody was in it. */
  readonly onClosed: (room: string, wasUsed: boolean) => void
}

/** A room, or one being opened. Its worker counts it from the moment it is chosen. */
interface Entry {
  worker: MediaWorker | undefined
  room: Room | undefined
  opening: Promise<Room> | undefined
  /** The first person who was in it; undefined while nobody was. */
  openedBy: string | undefined
}

/** How often a room is tried on another worker because the chosen one died under it. */
const openingTries = 3

export class OpenRooms {
  readonly #options: OpenRoomsOptions
  readonly #entries = new Map<string, Entry>()
  #closed = false

  constructor(options: OpenRoomsOptions) {
    this.#options = options
  }

  /** Those that are open. */
  get all(): Room[] {
    return [...this.#entries.values()].flatMap(({ room }) => (room === undefined ? [] : [room]))
  }

  /** Whether it is open, or about to be. */
  has(id: string): boolean {
    return this.#entries.has(id)
  }

  find(id: string): Room | undefined {
    return this.#entries.get(id)?.room
  }

  /** The first person who was in it. */
  openedBy(id: string): string | undefined {
    return this.#entries.get(id)?.openedBy
  }

  /** Somebody is in it. @returns whether they are the first. */
  used(id: string, by: string): boolean {
    const entry = this.#entries.get(id)
    if (entry === undefined || entry.openedBy !== undefined) return false
    entry.openedBy = by
    return true
  }

  /** @throws VisavisError UNAVAILABLE. */
  async open(id: string): Promise<Room> {
    for (let tries = 0; tries < openingTries; tries += 1) {
      const entry = this.#entry(id)
      entry.opening ??= this.#make(id, entry).catch((error: unknown) => {
        this.#entries.delete(id)
        throw error
      })
      const room = await entry.opening
      if (!room.closed) return room
    }
    throw new VisavisError('UNAVAILABLE', 'the room could not be opened', { retryAfterMs: 1_000 })
  }

  /** The worker that the next room would get. @throws VisavisError UNAVAILABLE. */
  async place(): Promise<MediaWorker> {
    const workers = await this.#options.workers.ready()
    const loads = workers.map((worker) => ({
      rooms: [...this.#entries.values()]
        .filter((entry) => entry.worker === worker)
        .map(({ room }) => ({ consumers: room?.counts.consumers ?? 0 })),
    }))
    const worker = workers[leastLoaded(loads) ?? 0]
    if (worker === undefined) throw new VisavisError('UNAVAILABLE', 'no media worker is running')
    return worker
  }

  /** Everybody is sent out, and nothing opens any more. */
  close(): void {
    this.#closed = true
    for (const room of this.all) room.close('node-stopping')
  }

  #entry(id: string): Entry {
    const present = this.#entries.get(id)
    if (present !== undefined) return present
    const entry: Entry = { worker: undefined, room: undefined, opening: undefined, openedBy: undefined }
    this.#entries.set(id, entry)
    return entry
  }

  async #make(id: string, entry: Entry): Promise<Room> {
    const { consentMs, onOpened, onClosed } = this.#options
    const synthetic = this.#options.synthetic && id.startsWith('synthetic-')
    for (let tries = 1; ; tries += 1) {
      const worker = await this.place()
      entry.worker = worker
      try {
        const router = await ask(() => worker.createRouter(), 'UNAVAILABLE')
        if (this.#closed || worker.closed) throw new VisavisError('UNAVAILABLE', 'the media worker is gone')
        const stage = this.#stageOf(id, router)
        const room = new Room({ id, worker, router, synthetic, consentMs, stage })
        entry.room = room
        onOpened(room)
        room.once('closed', () => {
          this.#entries.delete(id)
          onClosed(id, entry.openedBy !== undefined)
        })
        return room
      } catch (error) {
        entry.worker = undefined
        // A worker that died is not a reason to fail as long as another lives or is on its way.
        if (worker.closed && !this.#closed && tries < openingTries) continue
        throw error
      }
    }
  }

  #stageOf(id: string, router: types.Router): Stage | undefined {
    try {
      return this.#options.stageOf(id)
    } catch (error) {
      router.close()
      throw error
    }
  }
}
