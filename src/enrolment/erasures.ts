/** Everything of a person is erased, as a stored process, and a receipt stays. What its steps are is for the whole node to say. */
import { createHash, randomBytes } from 'node:crypto'
import { VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { fenceKey, fenceMs } from '../store/fence.ts'
import type { RedisClient } from '../store/redis.ts'
import type { EnrolmentOptions } from './enrolment.ts'
import {
  type CopiesLeft,
  type Counts,
  commitmentOf,
  type Erasure,
  type Receipt,
  type StoredErasure,
  toErasure,
} from './erasure.ts'
import { everybodyKey, regionKeys } from './keys.ts'
import type { Process } from './process.ts'
import * as scripts from './scripts.ts'

export type { CopiesLeft, Counts, Erasure, Receipt } from './erasure.ts'

const saltBytes = 32
/** A repeat of an act with the same key may come so late. */
const rememberMs = 48 * 60 * 60 * 1_000
/** How long the salt of a receipt waits for somebody to collect it. */
const waitMs = 30 * 24 * 60 * 60 * 1_000

/** With Redis away, every method throws VisavisError UNAVAILABLE and may be repeated. */
export class Erasures {
  readonly #client: RedisClient
  readonly #steps: readonly string[]
  readonly #onProcess: () => void

  constructor({ client, steps, onProcess = () => {} }: Pick<EnrolmentOptions, 'client' | 'steps' | 'onProcess'>) {
    this.#client = client
    this.#steps = steps?.erased ?? []
    this.#onProcess = onProcess
  }

  /**
   * A person is to be erased: they take part in nothing from this moment on, and what follows is stored as a process.
   * Repeating it with the same key changes nothing, even after they are enrolled again.
   * @returns the id of the erasure.
   * @throws VisavisError NOT_FOUND; CONFLICT for an advisor whom somebody still names.
   */
  async begin(region: string, person: string, { by, key }: { by: string; key: string }): Promise<string> {
    const keys = regionKeys(region)
    const { people, portfolios, teams, erasures, processes, due, feeds, log, nudge, supervisors, sizes, awaited } = keys
    const id = randomBytes(12).toString('hex')
    const salt = randomBytes(saltBytes).toString('hex')
    const erasedBy = keys.erasedBy(actOf(person, key))
    const outcome = await scripts.erase(
      this.#client,
      [
        people,
        portfolios,
        teams,
        erasures,
        erasedBy,
        keys.salt(id),
        fenceKey(region),
        processes,
        due,
        feeds,
        log,
        nudge,
        supervisors,
        sizes,
        awaited,
      ],
      [person, id, salt, by, JSON.stringify(this.#steps), rememberMs, fenceMs],
    )
    if (outcome.is === 'missing') throw new VisavisError('NOT_FOUND', `there is no ${person} in ${region}`)
    if (outcome.is === 'followed') {
      throw new VisavisError('CONFLICT', `advisor ${person} still has a portfolio`, { details: { person } })
    }
    if (outcome.is === 'begun') this.#onProcess()
    return outcome.erasure
  }

  /** The erasure that this act has begun, if it is a repeat. */
  async repeated(region: string, person: string, key: string): Promise<string | undefined> {
    return (await outageAware(this.#client.get(regionKeys(region).erasedBy(actOf(person, key))))) ?? undefined
  }

  /** How far an erasure is, and its receipt. @throws VisavisError NOT_FOUND. */
  async get(region: string, id: string): Promise<Erasure> {
    const { erasures, processes } = regionKeys(region)
    const stored = await this.#stored(erasures, id)
    if (stored.person === undefined) return toErasure(region, stored, [])
    const process = await outageAware(this.#client.hget(processes, `erased/${stored.person}`))
    return toErasure(region, stored, process === null ? [] : (JSON.parse(process) as Process).pending)
  }

  /**
   * Hands out the receipt with the salt of its commitment, once: a repeat with the same key, within 48 h, gets the same.
   * @throws VisavisError NOT_FOUND; CONFLICT while it is not complete; GONE when it was collected with another key, or by
   * nobody in 30 days.
   */
  async collect(region: string, id: string, key: string): Promise<Receipt & { salt: string }> {
    const { erasures, salt } = regionKeys(region)
    const outcome = await scripts.collectReceipt(this.#client, [erasures, salt(id)], [id, key, rememberMs])
    if (outcome.is === 'missing') throw missing(id)
    if (outcome.is === 'early') throw new VisavisError('CONFLICT', `erasure ${id} is not complete yet`)
    if (outcome.is === 'gone') throw new VisavisError('GONE', `the salt of erasure ${id} was handed out before`)
    const { receipt } = toErasure(region, JSON.parse(outcome.erasure) as StoredErasure, [])
    if (receipt === undefined) throw new Error(`erasure ${id} has no receipt`)
    return { ...receipt, salt: outcome.salt }
  }

  /** For the first step: what there is. A repeat, when some of it is gone, changes nothing. */
  async count({ region, erasure = '' }: Process, counts: Counts): Promise<void> {
    await scripts.noteErasure(this.#client, [regionKeys(region).erasures], [erasure, JSON.stringify(counts), 0])
  }

  /** What cannot be counted before it is found. */
  async add({ region, erasure = '' }: Process, counts: Counts): Promise<void> {
    await scripts.noteErasure(this.#client, [regionKeys(region).erasures], [erasure, JSON.stringify(counts), 1])
  }

  /** The record of the person goes, and their claim to the id. */
  async forgetPerson({ region, person, erasure = '' }: Process): Promise<void> {
    const { people, ids, covers, coversOf, coversBy, acts, former } = regionKeys(region)
    await scripts.erasePerson(this.#client, [people, ids, covers, coversOf, coversBy, acts, former], [person, erasure])
    await this.#release(region, person)
  }

  /** The last step. */
  async complete({ region, person, erasure = '', at }: Process, log: CopiesLeft): Promise<void> {
    const { erasures, ...keys } = regionKeys(region)
    // Whoever tried to enrol them meanwhile was refused, but has claimed the id.
    await this.#release(region, person)
    const salt = await outageAware(this.#client.hget(keys.salt(erasure), 'salt'))
    // Complete already, and collected or waited for too long.
    if (salt === null) return
    const commitment = commitmentOf(salt, { person, region, requestedAt: at })
    await scripts.completeErasure(this.#client, [erasures, keys.salt(erasure)], [erasure, commitment, log, waitMs])
  }

  async #release(region: string, person: string): Promise<void> {
    const claimed = await outageAware(this.#client.hget(everybodyKey, person))
    if (claimed === region) await outageAware(this.#client.hdel(everybodyKey, person))
  }

  async #stored(erasures: string, id: string): Promise<StoredErasure> {
    const json = await outageAware(this.#client.hget(erasures, id))
    if (json === null) throw missing(id)
    return JSON.parse(json) as StoredErasure
  }
}

/** The name of a key tells nothing of the person. */
const actOf = (person: string, key: string): string => createHash('sha256').update(`${person}/${key}`).digest('hex')

const missing = (id: string) => new VisavisError('NOT_FOUND', `there is no erasure ${id}`)
