/** Taking part in the scheme by one's own act: joining, asking for the agency, and the receipts of it. */
import { createHash } from 'node:crypto'
import { VisavisError } from '../protocol/index.ts'
import type { JoinObstacle, JoinText, SchemeAct } from '../protocol/scheme.ts'
import { outageAware } from '../store/errors.ts'
import type { EnrolmentOptions } from './enrolment.ts'
import { regionKeys } from './keys.ts'
import { decodePerson, type Person } from './person.ts'
import { bars, refusals } from './put.ts'
import { makeReceipt } from './receipt.ts'
import { SchemeRules } from './scheme-rules.ts'
import * as scripts from './scripts.ts'

/** The newest device check of somebody, or none. */
export type LastCheck = (
  region: string,
  person: string,
) => Promise<{ readonly at: number; readonly passed: boolean } | undefined>

export interface SchemeOptions extends EnrolmentOptions {
  /** What a jobseeker is asked in a region. */
  readonly textOf: (region: string) => JoinText
  /** Default: nobody has made one. */
  readonly lastCheck?: LastCheck
}

export interface Joining {
  readonly key: string
  /** The version of the text they have read. */
  readonly text: string
}

/** A repeat of an act with the same key may come so late. */
const rememberMs = 48 * 60 * 60 * 1_000
/** A device that was found able is taken to be so for this long. */
const checkValidMs = 30 * 24 * 60 * 60 * 1_000
/** Asking for the agency again so soon is the same request. */
const onceMs = 60 * 60 * 1_000
/** Wanting to join again so soon, still without a check, is the same wish. */
const askedOnceMs = 24 * 60 * 60 * 1_000

export class Scheme {
  readonly #options: SchemeOptions
  readonly rules: SchemeRules

  constructor(options: SchemeOptions) {
    this.#options = options
    this.rules = options.rules ?? new SchemeRules(options)
  }

  textOf(region: string): JoinText {
    return this.#options.textOf(region)
  }

  /** Everything that was decided about somebody’s taking part, the oldest first. */
  async acts(region: string, person: string): Promise<SchemeAct[]> {
    const { acts } = regionKeys(region)
    const count = Number((await outageAware(this.#options.client.hget(acts, person))) ?? 0)
    if (count === 0) return []
    const fields = Array.from({ length: count }, (_, n) => `${person}/${n + 1}`)
    const stored = await outageAware(this.#options.client.hmget(acts, ...fields))
    return stored.filter((json) => json !== null).map((json) => JSON.parse(json) as SchemeAct)
  }

  /** What is known of their device: whether that is enough is the region’s to say. */
  async checkOf(region: string, person: string, acts: readonly SchemeAct[]): Promise<'passed' | 'waived' | undefined> {
    const last = await this.#options.lastCheck?.(region, person)
    if (last?.passed === true && last.at > Date.now() - checkValidMs) return 'passed'
    const since = acts.findLast(({ is }) => is === 'left')?.at ?? 0
    return acts.some(({ is, at }) => is === 'checkWaived' && at >= since) ? 'waived' : undefined
  }

  /** Why somebody cannot join now, as far as it shows before they try; undefined: nothing is in the way. */
  async obstacle(person: Person, check: 'passed' | 'waived' | undefined): Promise<JoinObstacle | undefined> {
    const { status, checkRequired, capacity, expiresAt = 0 } = await this.rules.limits(person.region)
    if (person.followUp === 'reinforced') return 'reinforced'
    if (status === 'closed') return 'closed'
    if (checkRequired && check === undefined) return 'check'
    if (capacity === undefined) return undefined
    if (expiresAt <= Date.now()) return 'certificate'
    const followed = await outageAware(this.#options.client.zcard(regionKeys(person.region).portfolios))
    return followed >= capacity ? 'capacity' : undefined
  }

  /**
   * A jobseeker joins, or comes back: on record with the text they have read. Repeating it with the same key, or when they have
   * joined already, changes nothing. That they wanted to, and lacked the check, is on record as well.
   * @throws VisavisError CONFLICT for a text that is not the present one (`details.version`), without a device check where one
   * is required, while their leaving is still going on, and where the scheme is not open to them (`details.bar`); NOT_FOUND.
   */
  async join(region: string, person: string, { key, text }: Joining): Promise<SchemeAct> {
    const { client, steps = {}, onProcess = () => {} } = this.#options
    const keys = regionKeys(region)
    const done = await this.#done(region, person, key)
    if (done !== undefined) return done
    const { version, ...words } = this.textOf(region)
    if (text !== version) {
      throw new VisavisError('CONFLICT', `the text is now version ${version}: it is to be read again`, {
        details: { version },
      })
    }
    const limits = await this.rules.limits(region)
    const check = await this.checkOf(region, person, await this.acts(region, person))
    if (limits.checkRequired && check === undefined) {
      // On record, so that whoever can answer for their device sees that they want to come in.
      const asked = { is: 'asked', by: person, receipt: makeReceipt(), text: version } as const
      await this.#note(region, person, `asked-${key}`, asked, askedOnceMs)
      throw new VisavisError('CONFLICT', 'joining needs a device check that was passed, or an advisor who waives it', {
        details: { person, bar: 'check' },
      })
    }
    const act = {
      ...{ by: person, receipt: makeReceipt(), text: version },
      digest: createHash('sha256')
        .update(JSON.stringify([version, words.fr, words.en]))
        .digest('hex'),
      check: check ?? 'notNeeded',
    }
    const { people, portfolios, sizes, awaited, supervisors, processes, due, feeds, log, nudge, acts } = keys
    const outcome = await scripts.join(
      client,
      [
        ...([people, portfolios, sizes, awaited, supervisors, processes, due, feeds, log, nudge, acts] as const),
        keys.acted(person, key),
      ],
      [
        ...([person, JSON.stringify(act), JSON.stringify(limits)] as const),
        ...([JSON.stringify(steps.joined ?? []), JSON.stringify(steps.advisorChanged ?? []), rememberMs] as const),
      ],
    )
    if ('act' in outcome) {
      if (outcome.is === 'joined') onProcess()
      return JSON.parse(outcome.act) as SchemeAct
    }
    if (outcome.is === 'missing') throw missing(region, person)
    const stored = await outageAware(client.hget(people, person))
    const subject = stored === null ? undefined : decodePerson(stored)
    if (subject === undefined) throw missing(region, person)
    throw outcome.is === 'leaving' ? refusals.leaving(subject) : bars[outcome.is](subject)
  }

  /** A jobseeker wants to be met in the agency: on record, with a receipt. Within the hour it is the same request. */
  askAgency(region: string, person: string, key: string): Promise<SchemeAct> {
    return this.#note(region, person, key, { is: 'agency', by: person, receipt: makeReceipt() }, onceMs)
  }

  /** Somebody answers for a jobseeker whose device check is missing or was failed. */
  waiveCheck(
    region: string,
    person: string,
    { key, by, why }: { key: string; by: string; why: string },
  ): Promise<SchemeAct> {
    const act = { is: 'checkWaived', by, receipt: makeReceipt(), why: why.toWellFormed() } as const
    return this.#note(region, person, key, act, 0)
  }

  /** Who has yet to join, of those who name an advisor. */
  async awaited(region: string, advisor: string, most: number): Promise<string[]> {
    const range = [`[${advisor}/`, `(${advisor}0`] as const
    const members = await outageAware(
      this.#options.client.zrangebylex(regionKeys(region).awaited, ...range, 'LIMIT', 0, most),
    )
    return members.map((member) => member.slice(advisor.length + 1))
  }

  /** How many are followed in a region, or have yet to join; and the advisors beyond the target, the most first, at most 500. */
  async sizes(
    region: string,
    target: number,
  ): Promise<{ followed: number; awaited: number; overTarget: { advisor: string; size: number }[] }> {
    const { portfolios, sizes, awaited: awaiting } = regionKeys(region)
    const [followed, awaited, found] = await outageAware(
      Promise.all([
        this.#options.client.zcard(portfolios),
        this.#options.client.zcard(awaiting),
        this.#options.client.zrevrangebyscore(sizes, '+inf', `(${target}`, 'WITHSCORES', 'LIMIT', 0, 500),
      ]),
    )
    const overTarget = []
    for (let n = 0; n + 1 < found.length; n += 2)
      overTarget.push({ advisor: found[n] ?? '', size: Number(found[n + 1]) })
    return { followed, awaited, overTarget }
  }

  async #note(region: string, person: string, key: string, act: object, once: number): Promise<SchemeAct> {
    const { people, acts, acted } = regionKeys(region)
    const outcome = await scripts.noteAct(
      this.#options.client,
      [people, acts, acted(person, key)],
      [person, JSON.stringify(act), rememberMs, once],
    )
    if (outcome.is === 'missing') throw missing(region, person)
    return JSON.parse(outcome.act) as SchemeAct
  }

  /** What the act with this key has come to. */
  async #done(region: string, person: string, key: string): Promise<SchemeAct | undefined> {
    const { acted, acts } = regionKeys(region)
    const n = await outageAware(this.#options.client.get(acted(person, key)))
    const json = n === null ? null : await outageAware(this.#options.client.hget(acts, `${person}/${n}`))
    return json === null ? undefined : (JSON.parse(json) as SchemeAct)
  }
}

const missing = (region: string, person: string) =>
  new VisavisError('NOT_FOUND', `there is no jobseeker ${person} in ${region}`)
