/** Where advisors stand, and what the clock does to the queue: see lua/desk.lua and `sweep`. */

import type { Desk } from '../protocol/callback.ts'
import type { Skills } from '../protocol/callback-settings.ts'
import { outageAware } from '../store/errors.ts'
import type { Base } from './base.ts'
import { type DeskRecord, deskAt, skillSets, skillsOf } from './desk.ts'
import { queueKeys } from './keys.ts'
import { type Taker, teamKey } from './matching.ts'
import * as scripts from './scripts.ts'

export interface DesksOptions {
  /** How long an advisor may be gone before what is offered to them goes back. */
  readonly graceMs?: number | undefined
  /** Whether an advisor is connected anywhere. Default: not. */
  readonly isHere?: ((region: string, advisor: string) => Promise<boolean>) | undefined
  /** Whether they may come back at all: if not, what they have accepted goes back as well. Default: yes. */
  readonly mayReturn?: ((region: string, advisor: string) => Promise<boolean>) | undefined
}

const graceDefaultMs = 20_000
/** How often it is asked whether an advisor who came is still there: their node may have died. */
const askEveryMs = 30_000
/** Looked at together, so that a great many do not hold Redis up; and how often in one sweep. The next sweep takes the rest. */
const sweepLimit = 100
const sweepRounds = 200

export class Desks {
  readonly #base: Base
  readonly #graceMs: number
  readonly #isHere: (region: string, advisor: string) => Promise<boolean>
  readonly #mayReturn: (region: string, advisor: string) => Promise<boolean>

  constructor(
    base: Base,
    { graceMs = graceDefaultMs, isHere = async () => false, mayReturn = async () => true }: DesksOptions = {},
  ) {
    this.#base = base
    this.#graceMs = graceMs
    this.#isHere = isHere
    this.#mayReturn = mayReturn
  }

  /** An advisor has come; what they said of themselves before a short drop still holds. */
  async arrived(region: string, { advisor, name, team }: Taker): Promise<Desk> {
    return this.#shown(await this.#desk(region, advisor, 'here', name.toWellFormed(), teamKey(team), askEveryMs))
  }

  /** An advisor's last connection to this node is gone. Whether they have others is asked when the grace is over. */
  async leaving(region: string, advisor: string): Promise<void> {
    await this.#desk(region, advisor, 'leaving', this.#graceMs)
  }

  async get(region: string, advisor: string): Promise<Desk> {
    const stored = await outageAware(this.#base.client.hget(queueKeys(region).desks, advisor))
    if (stored === null) return { state: 'offline', since: 0 }
    return this.#shown(JSON.parse(stored) as DeskRecord)
  }

  async set(region: string, advisor: string, state: 'ready' | 'busy' | 'away'): Promise<Desk> {
    return this.#shown(await this.#desk(region, advisor, state))
  }

  async skills(region: string, advisor: string): Promise<Skills> {
    const stored = await outageAware(this.#base.client.hget(queueKeys(region).desks, advisor))
    return stored === null ? {} : skillsOf(JSON.parse(stored) as DeskRecord)
  }

  /** What an advisor can do from now on; what they hold stays theirs. */
  async setSkills(region: string, advisor: string, skills: Skills): Promise<Skills> {
    return skillsOf(await this.#desk(region, advisor, 'skills', JSON.stringify(skillSets(skills))))
  }

  /**
   * The advisor is gone: what was offered to them goes back to its place, not counted as missed. What they have accepted
   * stays theirs. @returns how many went back.
   */
  async release(region: string, advisor: string): Promise<number> {
    const offered = (await scripts.depart(this.#base.client, queueKeys(region).all, [advisor, '1', ''])) ?? []
    return this.#giveBack(region, offered, 'released', advisor)
  }

  /** Nothing is left of an advisor who holds nothing (supervision.ts, `vacate`). Repeating is harmless. */
  async forget(region: string, advisor: string): Promise<void> {
    await this.#desk(region, advisor, 'forget')
    await this.#base.availability.setHours(region, advisor, undefined)
  }

  /**
   * Does what is due: returns offers whose lease is over to their place, opens callbacks to more advisors, again to those
   * who declined what everybody has declined, and releases what was offered to advisors who are gone: all of it, since waits are promised however many come due at one opening.
   * @returns how many callbacks have changed.
   */
  async sweep(region: string): Promise<number> {
    let changed = 0
    for (let round = 0, before: string | undefined; round < sweepRounds; round += 1) {
      const { first, found, done } = await this.#sweepSome(region)
      changed += done
      // What stays at the head, whyever, is not to be looked at without end.
      if (found < sweepLimit || first === before) break
      before = first
    }
    return changed
  }

  async #sweepSome(region: string): Promise<{ first: string | undefined; found: number; done: number }> {
    const { all, due } = queueKeys(region)
    const { client } = this.#base
    // Redis's clock and not this node's; the scripts ask it once more.
    const [seconds = 0, microseconds = 0] = await outageAware(client.time())
    const now = Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000)
    const members = await outageAware(client.zrangebyscore(due, '-inf', now, 'LIMIT', 0, sweepLimit))
    const isOfDeclines = (member: string) => member.startsWith('d|')
    const done = await Promise.all(
      members
        .filter((member) => !isOfDeclines(member))
        .map(async (member) => {
          const what = member.slice(2)
          if (member.startsWith('l|')) return this.#giveBack(region, [what], 'expired', '')
          if (member.startsWith('w|')) return Number(await scripts.widen(client, all, [what]))
          return this.#askFor(region, what)
        }),
    )
    // Whether everybody has declined goes by who is still there.
    const declined = members.filter(isOfDeclines).map((member) => member.slice(2))
    const reopened = await Promise.all(declined.map((id) => scripts.reopen(client, all, [id])))
    done.push(reopened.filter(Boolean).length)
    return { first: members[0], found: members.length, done: done.reduce((sum, n) => sum + n, 0) }
  }

  async #askFor(region: string, advisor: string): Promise<number> {
    const forGood = !(await this.#mayReturn(region, advisor))
    if (!forGood && (await this.#isHere(region, advisor))) {
      await this.#desk(region, advisor, 'leaving', askEveryMs)
      return 0
    }
    const args = [advisor, '', forGood ? '1' : ''] as const
    const held = (await scripts.depart(this.#base.client, queueKeys(region).all, [...args])) ?? []
    return this.#giveBack(region, held, forGood ? 'gone' : 'released', advisor)
  }

  async #giveBack(region: string, ids: readonly string[], why: scripts.GiveBack, whose: string): Promise<number> {
    const { all } = queueKeys(region)
    const done = await Promise.all(ids.map((id) => scripts.giveBack(this.#base.client, all, [id, why, whose])))
    return done.filter(Boolean).length
  }

  #desk(region: string, advisor: string, what: string, ...values: (string | number)[]): Promise<DeskRecord> {
    return scripts.desk(this.#base.client, queueKeys(region).all, [advisor, what, ...values])
  }

  async #shown(desk: DeskRecord): Promise<Desk> {
    return deskAt(desk, await this.#base.clock.now())
  }
}
