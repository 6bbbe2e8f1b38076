/** Invitations of third persons into one room: who made them, for whom, until when, and whether they were withdrawn. */
import { createHash, randomBytes } from 'node:crypto'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { readInvitation, signInvitation } from './invitation-token.ts'
import { invitationSecretKey, lobbyKeys } from './keys.ts'

export interface Invitation {
  readonly id: string
  readonly room: string
  /** Of the one who is invited, as the advisor wrote it. */
  readonly name: string
  readonly by: string
  readonly expiresAt: number
  readonly withdrawnAt?: number
}

export interface Invited extends Omit<Invitation, 'id' | 'withdrawnAt'> {
  readonly region: string
  /** Made by the advisor's client: a repeat makes no second one. */
  readonly key: string
}

export class Invitations {
  readonly #client: RedisClient

  constructor({ client }: { readonly client: RedisClient }) {
    this.#client = client
  }

  /** @returns the invitation with the token of its link. */
  async invite({ region, key, ...invited }: Invited): Promise<{ invitation: Invitation; token: string }> {
    // From the act itself: the same act is the same invitation, and nobody can guess another's.
    const id = createHash('sha256').update(`${region}/${invited.by}/${invited.room}/${key}`).digest('hex').slice(0, 32)
    const fresh: Invitation = { id, ...invited }
    const { invitations } = lobbyKeys(region)
    await outageAware(this.#client.hsetnx(invitations, id, JSON.stringify(fresh)))
    const invitation = (await this.find(region, id)) ?? fresh
    const { expiresAt } = invitation
    return { invitation, token: signInvitation({ region, invitation: id, expiresAt }, await this.#secret()) }
  }

  async find(region: string, id: string): Promise<Invitation | undefined> {
    const json = await outageAware(this.#client.hget(lobbyKeys(region).invitations, id))
    return json === null ? undefined : (JSON.parse(json) as Invitation)
  }

  /** Withdrawing twice is harmless. */
  async withdraw(region: string, id: string, now: number): Promise<void> {
    const known = await this.find(region, id)
    if (known === undefined || known.withdrawnAt !== undefined) return
    await outageAware(
      this.#client.hset(lobbyKeys(region).invitations, id, JSON.stringify({ ...known, withdrawnAt: now })),
    )
  }

  /** @returns whom a token stands for; undefined when it is forged, over, or withdrawn. */
  async verify(token: string, now: number): Promise<{ region: string; invitation: Invitation } | undefined> {
    const claims = readInvitation(token, await this.#secret(), now)
    if (claims === undefined) return undefined
    const invitation = await this.find(claims.region, claims.invitation)
    if (invitation === undefined || invitation.withdrawnAt !== undefined) return undefined
    return { region: claims.region, invitation }
  }

  /** Those that are over, so that their records can go. */
  async over(region: string, now: number): Promise<Invitation[]> {
    const stored = await outageAware(this.#client.hvals(lobbyKeys(region).invitations))
    return stored.map((json) => JSON.parse(json) as Invitation).filter(({ expiresAt }) => expiresAt <= now)
  }

  async drop(region: string, ids: readonly string[]): Promise<void> {
    if (ids.length > 0) await outageAware(this.#client.hdel(lobbyKeys(region).invitations, ...ids))
  }

  /** Of one room, until they are over. The cost grows with those of the region. */
  async of(region: string, room: string): Promise<Invitation[]> {
    const stored = await outageAware(this.#client.hvals(lobbyKeys(region).invitations))
    return stored.map((json) => JSON.parse(json) as Invitation).filter((invitation) => invitation.room === room)
  }

  /** Of a room that is erased. */
  async erase(region: string, room: string): Promise<void> {
    const own = await this.of(region, room)
    await this.drop(
      region,
      own.map(({ id }) => id),
    )
  }

  /** Asked for at each use: it is one round trip, and a Redis that lost its data is found out at once. */
  async #secret(): Promise<string> {
    const fresh = randomBytes(32).toString('base64url')
    // Of two nodes at once one sets it, and the other gets what is there.
    return (await outageAware(this.#client.set(invitationSecretKey, fresh, 'NX', 'GET'))) ?? fresh
  }
}

/** The person that an invitation makes of whoever comes by it. */
export const guestOf = (invitation: string): string => `guest-${invitation}`
/** @returns the id of the invitation, or undefined for anybody else. */
export const invitationOf = (person: string): string | undefined =>
  person.startsWith('guest-') ? person.slice('guest-'.length) : undefined
