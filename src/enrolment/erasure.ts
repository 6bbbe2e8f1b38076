/**
 * The erasure of a person, and the receipt that stays of it. Pure.
 *
 * | state | enters | leaves |
 * | --- | --- | --- |
 * | erasing | asked for: access ends, and every part of the service forgets them, one after the other | erased when all is confirmed |
 * | erased | what stays says by a commitment alone who it was | never |
 *
 * The commitment is the SHA-256 of a salt and of who it was and when. The salt is handed out with the receipt and not kept:
 * whoever has the receipt can prove whose it is, and nobody can find out by trying all ids.
 */
import { createHash } from 'node:crypto'

/** What was there, by kind. */
export type Counts = Readonly<Record<string, number>>

/** As it is stored. */
export interface StoredErasure {
  readonly id: string
  /** ms. */
  readonly requestedAt: number
  /** Who has asked for it: a person, or `agency`. */
  readonly by: string
  /** While it is under way. */
  readonly person?: string
  readonly role?: string
  readonly counts?: Counts
  readonly completedAt?: number
  readonly commitment?: string
  /** Who has seen to the copies in the files of Redis: this service, or whoever operates it. */
  readonly log?: CopiesLeft
  readonly collectedAt?: number
}

/** `rewritten`: the files of Redis were written anew. `operator`: they are for the operator of that Redis. */
export type CopiesLeft = 'rewritten' | 'operator'

export interface Receipt {
  readonly region: string
  /** Hexadecimal: see `commitmentOf`. */
  readonly person: string
  readonly requestedAt: number
  readonly completedAt: number
  readonly by: string
  readonly counts: Counts
  readonly log: CopiesLeft
}

export interface Erasure {
  readonly id: string
  readonly state: 'erasing' | 'erased'
  readonly requestedAt: number
  readonly by: string
  /** Steps that are not confirmed yet, in their order. */
  readonly pending: readonly string[]
  readonly receipt?: Receipt
  /** When somebody has collected the salt. */
  readonly collectedAt?: number
}

/** Who was erased. */
export interface Erased {
  readonly person: string
  readonly region: string
  readonly requestedAt: number
}

/** SHA-256 of the salt (bytes) and the canonical JSON of `erased` (RFC 8785: names in order, no white space), in hexadecimal. */
export function commitmentOf(salt: string, { person, region, requestedAt }: Erased): string {
  const canonical = JSON.stringify({ person, region, requestedAt })
  return createHash('sha256').update(Buffer.from(salt, 'hex')).update(canonical).digest('hex')
}

export function toErasure(region: string, stored: StoredErasure, pending: readonly string[]): Erasure {
  const { id, requestedAt, by, completedAt, commitment, counts = {}, log = 'operator', collectedAt } = stored
  if (completedAt === undefined || commitment === undefined) return { id, state: 'erasing', requestedAt, by, pending }
  return {
    ...{ id, state: 'erased', requestedAt, by, pending: [] },
    receipt: { region, person: commitment, requestedAt, completedAt, by, counts, log },
    ...(collectedAt === undefined ? {} : { collectedAt }),
  }
}
