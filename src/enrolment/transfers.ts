/** A jobseeker is handed over from the advisor who follows them to another. */
import { VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import type { EnrolmentOptions } from './enrolment.ts'
import { regionKeys } from './keys.ts'
import { canonical, decodePerson, isEnrolled, type Person } from './person.ts'
import { bars } from './put.ts'
import { SchemeRules } from './scheme-rules.ts'
import * as scripts from './scripts.ts'

export interface Transfer {
  readonly region: string
  readonly jobseeker: string
  /** Who is to follow them. */
  readonly to: string
  /** Who hands them over: a person, or `agency`. */
  readonly by: string
  /** Of this act of theirs. */
  readonly key: string
  /** For both advisors. */
  readonly reason?: string | undefined
}

/** What has been done. */
export interface Transferred {
  readonly jobseeker: string
  /** Absent when nobody followed them. */
  readonly from?: string
  readonly to: string
  /** When (ms). */
  readonly at: number
}

/** A repeat may come so late. */
const rememberMs = 48 * 60 * 60 * 1_000
/** Whoever is changed so often while they are handed over is being worked on by somebody else. */
const mostRounds = 5

export class Transfers {
  readonly #client: RedisClient
  readonly #rules: SchemeRules
  readonly #steps: readonly string[]
  readonly #onProcess: () => void

  constructor({ client, rules, steps, onProcess = () => {} }: EnrolmentOptions) {
    this.#client = client
    this.#rules = rules ?? new SchemeRules({ client })
    this.#steps = steps?.advisorChanged ?? []
    this.#onProcess = onProcess
  }

  /**
   * What this act has come to, if it is a repeat. Whoever has handed somebody over may not do so again: to be asked after
   * the record was read from which it is decided whether they may.
   * @throws VisavisError CONFLICT when the key was used for another transfer.
   */
  async repeated(transfer: Transfer): Promise<Transferred | undefined> {
    const { region, by, key } = transfer
    const json = await outageAware(this.#client.get(regionKeys(region).transferred(by, key)))
    return json === null ? undefined : answerTo(transfer, json)
  }

  /**
   * @param from who follows them as far as the caller knows, when it was decided that this is allowed.
   * @throws VisavisError NOT_FOUND (no advisor who takes part), CONFLICT (somebody else follows them by now, they have
   * left, `to` follows them already or has no place, or the key was used for another transfer).
   */
  async transfer(transfer: Transfer, from: string | undefined): Promise<Transferred> {
    const { region, jobseeker, to, by, key, reason } = transfer
    const { people, portfolios, transferred, processes, due, feeds, log, nudge, ...places } = regionKeys(region)
    const { sizes, awaited, supervisors } = places
    const limits = JSON.stringify(await this.#rules.limits(region))
    const conflict = (message: string) => new VisavisError('CONFLICT', message, { details: { person: jobseeker } })
    const act = { by, ...(reason === undefined ? {} : { reason: reason.toWellFormed() }) }
    for (let round = 0; round < mostRounds; round++) {
      const stored = await outageAware(this.#client.hget(people, jobseeker))
      const before = stored === null ? undefined : decodePerson(stored)
      const refusal = before === undefined ? `${jobseeker} is not enrolled` : refusalOf(before, from, to)
      if (stored === null || before === undefined || refusal !== undefined) {
        // The same act may just have been done by a request that came twice.
        const done = await this.repeated(transfer)
        if (done !== undefined) return done
        throw conflict(refusal ?? '')
      }
      const outcome = await scripts.transfer(
        this.#client,
        [people, portfolios, transferred(by, key), processes, due, feeds, log, nudge, sizes, awaited, supervisors],
        [
          JSON.stringify(canonical({ ...before, advisor: to })),
          stored,
          JSON.stringify(this.#steps),
          JSON.stringify(act),
          rememberMs,
          limits,
        ],
      )
      switch (outcome.is) {
        case 'moved':
          this.#onProcess()
          return answerTo(transfer, outcome.answer)
        case 'stored':
        case 'repeated':
          return answerTo(transfer, outcome.answer)
        case 'noAdvisor':
          throw noColleague(to)
        // Something else of them was changed meanwhile: look again.
        case 'changed':
          break
        default:
          throw bars[outcome.is]({ ...before, advisor: to })
      }
    }
    throw conflict(`${jobseeker} is being changed by others`)
  }
}

/** Also for one who is there and may not be handed anybody: ids cannot be probed. */
export const noColleague = (id: string) => new VisavisError('NOT_FOUND', `there is no colleague ${id}`)

function refusalOf(before: Person, from: string | undefined, to: string): string | undefined {
  const { id, role, advisor } = before
  if (role !== 'jobseeker' || !isEnrolled(before)) return `${id} is no jobseeker who takes part`
  if (advisor === to) return `${to} follows ${id} already`
  return advisor === from ? undefined : `somebody else follows ${id} by now`
}

/** @throws VisavisError CONFLICT. */
function answerTo({ jobseeker, to, key }: Transfer, json: string): Transferred {
  const done = JSON.parse(json) as Transferred
  if (done.jobseeker === jobseeker && done.to === to) return done
  throw new VisavisError('CONFLICT', `the key ${key} was used for another transfer`, {
    details: { person: done.jobseeker },
  })
}
