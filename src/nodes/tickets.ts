/** Gives tickets out for other nodes, and takes those that others gave for this one. */
import { randomBytes } from 'node:crypto'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { ticketSecretKey } from './keys.ts'
import { readTicket, signTicket, type Ticket } from './ticket.ts'

/** Time to open a connection. */
export const ticketMs = 15_000

export class Tickets {
  readonly #client: RedisClient
  readonly #node: string

  constructor(client: RedisClient, node: string) {
    this.#client = client
    this.#node = node
  }

  async sign(ticket: Omit<Ticket, 'expiresAt'>, now: number): Promise<{ ticket: string; expiresAt: number }> {
    const expiresAt = now + ticketMs
    return { ticket: signTicket({ ...ticket, expiresAt }, await this.#shared()), expiresAt }
  }

  async verify(token: string, now: number): Promise<Ticket | undefined> {
    return readTicket(token, await this.#shared(), this.#node, now)
  }

  /** Asked for at each use: a Redis that lost its data is found out at once. */
  async #shared(): Promise<string> {
    const fresh = randomBytes(32).toString('base64url')
    // Of two nodes at once one sets it, and the other gets what is there.
    return (await outageAware(this.#client.set(ticketSecretKey, fresh, 'NX', 'GET'))) ?? fresh
  }
}
