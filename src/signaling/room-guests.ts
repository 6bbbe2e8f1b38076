/** Advisors who are in the room of a jobseeker only because they call them back: they leave with the end of the call. */
import type { Logger } from 'pino'
import { may } from '../auth/grants.ts'
import type { Identity } from '../auth/identity.ts'
import type { Enrolment } from '../enrolment/enrolment.ts'
import type { Queue } from '../queue/queue.ts'

export interface RoomGuestsOptions {
  readonly queue: Queue
  readonly enrolment: Enrolment
  readonly expel: (room: string, session: string) => Promise<void>
  readonly log: Logger
}

interface Guest {
  readonly region: string
  readonly session: string
  readonly room: string
}

export class RoomGuests {
  readonly #options: RoomGuestsOptions
  readonly #byAdvisor = new Map<string, Set<Guest>>()

  constructor(options: RoomGuestsOptions) {
    this.#options = options
  }

  /** Whether they call this jobseeker at the moment. If so, they are a guest from now on. */
  async enters(identity: Identity, session: string, room: string): Promise<boolean> {
    const { queue, enrolment } = this.#options
    const { region, person } = identity
    const [{ self, subject }, calls] = await Promise.all([
      enrolment.access(identity, room),
      queue.offers.calls(region, person),
    ])
    if (subject === undefined || !may(identity, 'enterRoom', subject, { now: Date.now(), self, calls })) return false
    const guest = { region, session, room }
    const guests = this.#byAdvisor.get(person)
    if (guests === undefined) this.#byAdvisor.set(person, new Set([guest]))
    else guests.add(guest)
    return true
  }

  /** Something has become of a callback of theirs. */
  changed(advisor: string): void {
    const guests = this.#byAdvisor.get(advisor)
    if (guests === undefined) return
    for (const guest of guests) {
      this.#look(advisor, guest).catch((err) =>
        this.#options.log.warn(
          { err, ...guest },
          'a guest stays in a room until something else happens to their calls',
        ),
      )
    }
  }

  /** A session is out of a room. */
  left(room: string, session: string): void {
    for (const [advisor, guests] of this.#byAdvisor) {
      for (const guest of guests) if (guest.session === session && guest.room === room) guests.delete(guest)
      if (guests.size === 0) this.#byAdvisor.delete(advisor)
    }
  }

  async #look(advisor: string, guest: Guest): Promise<void> {
    const calls = await this.#options.queue.offers.calls(guest.region, advisor)
    if (calls.includes(guest.room)) return
    this.#byAdvisor.get(advisor)?.delete(guest)
    await this.#options.expel(guest.room, guest.session)
  }
}
