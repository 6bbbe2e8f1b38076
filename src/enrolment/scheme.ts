/** Taking part in the scheme by one's own act: joining, asking for the agency, and the receipts of it. */
import { createHash } from 'node:crypto'
import { VisavisError } from '../protocol/index.ts'
import type { Language } from '../protocol/notice.ts'
import type { JoinObstacle, JoinText, SchemeAct } from '../protocol/scheme.ts'
import { outageAware } from '../store/errors.ts'
import type { EnrolmentOptions } from './enrolment.ts'
import { membersOf, regionKeys } from './keys.ts'
import { decodePerson, type Person } from './person.ts'
import { barOf, Places } from './places.ts'
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
  /** In which of its languages. */
  readonly language?: Language | undefined
}

/** A text that somebody has read, by its SHA-256. */
export type ReadText = JoinText & { readonly digest: string }

/** The act by which somebody is out; undefined for who has joined since, or never left. */
export function leavingOf(acts: readonly SchemeAct[]): SchemeAct | undefined {
  const last = acts.findLast(({ is }) => is === 'left' || is === 'joined')
  return last?.is === 'left' ? last : undefined
}

/** A repeat of an act with the same key may come so late. */
const rememberMs = 48 * 60 * 60 * 1_000
/** A device that was found able is taken to be so for this long. */
const checkValidMs = 30 * 24 * 60 * 60 * 1_000
/** Asking for the agency again so soon is the same request. */
const onceMs = 60 * 60 * 1_000
/** Wanting to join again so soon, with the same in the way, is the same wish. */
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
    const { client } = this.#options
    const { region, id } = person
    const { people, portfolios } = regionKeys(region)
    const former = person.advisor ?? leavingOf(await this.acts(region, id))?.advisor
    const [limits, all, size, json] = await outageAware(
      Promise.all([
        this.rules.limits(region),
        client.zcard(portfolios),
        former === undefined ? 0 : client.zlexcount(portfolios, ...membersOf(former)),
        former === undefined ? null : client.hget(people, former),
      ]),
    )
    const theirs = json === null ? undefined : decodePerson(json)
    // As lua/join.lua has it: back to whom they left, if that one still advises and has a place; else to nobody yet.
    const takesBack = theirs?.role === 'advisor' && !theirs.disabled && size < limits.ceiling
    const advisor = person.advisor ?? (takesBack ? former : undefined)
    const { leftAt: _leftAt, awaiting: _awaiting, ...rest } = person
    const joining = { ...rest, ...(advisor === undefined ? {} : { advisor }) }
    const team = person.team ?? (advisor === undefined ? undefined : theirs?.team)
    const places = new Places({ each: new Map(former === undefined ? [] : [[former, size]]), all })
    const bar = barOf({ person: joining, before: person, team }, limits, places, Date.now())
    // Whom the scheme is not open to need not check anything.
    return bar ?? (limits.checkRequired && check === undefined ? 'check' : undefined)
  }

  /**
   * A jobseeker joins, or comes back: on record with the text they have read. Repeating it with the same key, or when they have
   * joined already, changes nothing. That they wanted to, and what was in the way, is on record as well.
   * @throws VisavisError CONFLICT for a text that is not the present one (`details.version`), without a device check where one
   * is required, while their leaving is still going on, and where the scheme is not open to them (`details.bar`); NOT_FOUND.
   */
  async join(region: string, person: string, { key, text, language }: Joining): Promise<SchemeAct> {
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
    /** On record, so that whoever follows them, or did, sees that they want to come in, and what they lack. */
    const noteAsked = async (bar: JoinObstacle) => {
      const asked = { is: 'asked', by: person, receipt: makeReceipt(), text: version, bar } as const
      await this.#note(region, person, `asked-${key}-${bar}`, asked, askedOnceMs)
    }
    if (limits.checkRequired && check === undefined) {
      await noteAsked('check')
      throw new VisavisError('CONFLICT', 'joining needs a device check that was passed, or an advisor who waives it', {
        details: { person, bar: 'check' },
      })
    }
    const act = {
      ...{ by: person, receipt: makeReceipt(), text: version },
      digest: createHash('sha256')
        .update(JSON.stringify([version, words.fr, words.en]))
        .digest('hex'),
      ...(language === undefined ? {} : { language }),
      check: check ?? 'notNeeded',
    }
    const { people, portfolios, sizes, awaited, supervisors, processes, due, feeds, log, nudge, acts } = keys
    const { former, texts } = keys
    const outcome = await scripts.join(
      client,
      [
        ...([people, portfolios, sizes, awaited, supervisors, processes, due, feeds, log, nudge, acts] as const),
        ...([keys.acted(person, key), former, texts] as const),
      ],
      [
        ...([person, JSON.stringify(act), JSON.stringify(limits)] as const),
        ...([JSON.stringify(steps.joined ?? []), JSON.stringify(steps.advisorChanged ?? []), rememberMs] as const),
        JSON.stringify({ version, ...words }),
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
    if (outcome.is === 'leaving') throw refusals.leaving(subject)
    await noteAsked(outcome.is)
    throw bars[outcome.is](subject)
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
  awaited(region: string, advisor: string, most: number): Promise<string[]> {
    return this.#of(regionKeys(region).awaited, advisor, most)
  }

  /** Who has left this advisor: within the last 90 days, or with something asked since. */
  former(region: string, advisor: string, most: number): Promise<string[]> {
    return this.#of(regionKeys(region).former, advisor, most)
  }

  /** The texts that these acts of joining name, as they were then. */
  async textsOf(region: string, acts: readonly SchemeAct[]): Promise<ReadText[]> {
    const digests = [...new Set(acts.flatMap(({ digest }) => (digest === undefined ? [] : [digest])))]
    if (digests.length === 0) return []
    const stored = await outageAware(this.#options.client.hmget(regionKeys(region).texts, ...digests))
    return digests.flatMap((digest, n) => {
      const json = stored[n]
      // Of who joined before texts were kept there is the digest alone.
      return json === null || json === undefined ? [] : [{ ...(JSON.parse(json) as JoinText), digest }]
    })
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
    const { people, acts, acted, former } = regionKeys(region)
    const outcome = await scripts.noteAct(
      this.#options.client,
      [people, acts, acted(person, key), former],
      [person, JSON.stringify(act), rememberMs, once],
    )
    if (outcome.is === 'missing') throw missing(region, person)
    return JSON.parse(outcome.act) as SchemeAct
  }

  async #of(index: string, advisor: string, most: number): Promise<string[]> {
    const members = await outageAware(this.#options.client.zrangebylex(index, ...membersOf(advisor), 'LIMIT', 0, most))
    return members.map((member) => member.slice(advisor.length + 1))
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
