/** What supervisors do and see: priorities, other advisors, pauses, and the board. */
import type { Calendar } from '../calendar/calendar.ts'
import type { Board, Callback } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { type Base, changed, ignoreConflict, type Owner } from './base.ts'
import { isOpen } from './callback.ts'
import type { Callbacks } from './callbacks.ts'
import { type DeskRecord, deskAt } from './desk.ts'
import { idOf, queueKeys, startingWith, timeOf } from './keys.ts'
import { teamKey, teamName } from './matching.ts'
import { openingAt } from './opening.ts'
import { plan, planNow } from './schedule.ts'
import * as scripts from './scripts.ts'

/** The message a pause of a field of `figures` holds. */
const pausePrefix = 'pause|'

export class Supervision {
  readonly #base: Base
  readonly #callbacks: Callbacks

  constructor(base: Base, callbacks: Callbacks) {
    this.#base = base
    this.#callbacks = callbacks
  }

  /** @throws VisavisError NOT_FOUND, CONFLICT (ended). */
  async raise(
    region: string,
    { id, by, priority, reason }: { id: string; by: string; priority: number; reason: string },
  ): Promise<Callback> {
    const { priorityMs } = await this.#base.policies.region(region)
    const outcome = await scripts.raise(this.#base.client, queueKeys(region).all, [
      ...([id, by, priority, priority * priorityMs, reason.toWellFormed()] as const),
    ])
    return changed(outcome, id, 'waiting').callback
  }

  /**
   * Into the queue of another advisor, who has their turn first.
   * @param take also from who is in a call. @throws VisavisError NOT_FOUND, CONFLICT (ended).
   */
  async reassign(
    region: string,
    { id, by, to, reason, take }: { id: string; by: string; to: Owner; reason: string; take: boolean },
  ): Promise<Callback> {
    const { readyAt } = await this.#callbacks.get(region, id)
    const { planning, now } = await this.#base.planning(region, to)
    const { at } = readyAt > now ? plan(planning, readyAt) : planNow(planning, now)
    const outcome = await scripts.reassign(this.#base.client, queueKeys(region).all, [
      ...([id, by, to.advisor, teamKey(to.team), reason.toWellFormed(), take ? '1' : '', JSON.stringify(at)] as const),
    ])
    return changed(outcome, id, 'waiting').callback
  }

  /** Whatever an advisor holds goes back into its queue. */
  async vacate(region: string, advisor: string): Promise<void> {
    for (const { id, holder, advisor: owner } of (await this.#callbacks.ofAdvisor(region, advisor)).callbacks) {
      if (holder?.id !== advisor) continue
      const { inner } = await this.#base.record(region, id)
      const to = inner.team === '' ? { advisor: owner } : { advisor: owner, team: teamName(inner.team) }
      const given = { id, by: owner, to, reason: 'whoever held it is gone', take: true }
      await this.reassign(region, given).catch(ignoreConflict)
    }
  }

  /** The jobseeker has another advisor: what they have open goes with them, except a call that is under way. */
  async follow(region: string, jobseeker: string, to: Owner): Promise<void> {
    for (const { id, state, advisor } of await this.#callbacks.ofJobseeker(region, jobseeker)) {
      if (!isOpen(state) || advisor === to.advisor) continue
      const given = { id, by: to.advisor, to, reason: 'another advisor', take: false }
      await this.reassign(region, given).catch(ignoreConflict)
    }
  }

  /** @param team absent: the whole region. @param message absent: it goes on. */
  async pause(
    region: string,
    { by, team, message = '' }: { by: string; team?: string | undefined; message?: string | undefined },
  ): Promise<void> {
    await scripts.pause(this.#base.client, queueKeys(region).all, [teamKey(team), message.toWellFormed(), by])
  }

  /** The longest waiting of a team, or of advisors without one, at most so many, and which of them everybody has declined. */
  async ofTeam(region: string, team: string | undefined, most: number): Promise<Callback[]> {
    const range = startingWith('b', teamKey(team))
    const { lists } = queueKeys(region)
    const members = await outageAware(this.#base.client.zrangebylex(lists, ...range, 'LIMIT', 0, most))
    const records = await this.#base.records(region, members.map(idOf))
    return records.map(({ callback, inner }) => (inner.refused ? { ...callback, declinedByAll: true } : callback))
  }

  /** How many wait in a region. */
  async waiting(region: string): Promise<number> {
    return outageAware(this.#base.client.zlexcount(queueKeys(region).lists, '[b|', '(b}'))
  }

  /**
   * How the teams and advisors of a region stand. Its cost grows with their number, and not with that of the waiting.
   * @param team only this one.
   */
  async board(region: string, team?: string): Promise<Board> {
    const { desks, figures, day } = queueKeys(region)
    const { client, clock, policies } = this.#base
    const calendars = this.#base.calendars(region)
    const [now, { serviceLevelMs }] = await Promise.all([clock.now(), policies.region(region)])
    const [known, today, told] = await outageAware(
      Promise.all([client.hgetall(desks), client.hgetall(day(calendars.of().dateOf(now))), client.hgetall(figures)]),
    )
    const messageOf = (whose: string) => {
      const json = told[`${pausePrefix}${whose}`]
      return json === undefined ? {} : { paused: (JSON.parse(json) as { message: string }).message }
    }
    const { ofTeams, ofAdvisors } = takenBy(today)
    const calendarOf = (key: string) => calendars.of(key === '' ? undefined : teamName(key))
    const those = Object.entries(known)
      .map(([advisor, json]) => ({ advisor, desk: JSON.parse(json) as DeskRecord }))
      .filter(({ desk }) => team === undefined || desk.team === teamKey(team))
    const keys = team === undefined ? await this.#teams(region, those) : [teamKey(team)]
    const [teams, advisors] = await Promise.all([
      Promise.all(
        keys.map(async (key) => ({
          team: teamName(key),
          ...(await this.#waiting(region, 'b', key, calendarOf(key), now)),
          ...(await this.#declinedByAll(region, key)),
          ...(ofTeams.get(key) ?? none),
          ...openingAt(calendarOf(key), now),
          ...(key === '' ? {} : messageOf(key)),
        })),
      ),
      Promise.all(
        those.map(async ({ advisor, desk }) => ({
          advisor,
          name: desk.name ?? advisor,
          ...(desk.team === undefined || desk.team === '' ? {} : { team: teamName(desk.team) }),
          state: deskAt(desk, now).state,
          since: deskAt(desk, now).since,
          holds: Object.keys(desk.work).length,
          ...(await this.#waiting(region, 'd', advisor, calendarOf(desk.team ?? ''), now)),
          ...(ofAdvisors.get(advisor) ?? none),
        })),
      ),
    ])
    const shown = team === undefined ? {} : { team }
    return {
      at: now,
      ...shown,
      serviceLevelMs,
      ...openingAt(calendars.of(team), now),
      ...messageOf(''),
      teams,
      advisors,
    }
  }

  /** Of the advisors who were ever here, and of whatever waits. */
  async #teams(region: string, those: readonly { readonly desk: DeskRecord }[]): Promise<string[]> {
    const teams = new Set(those.flatMap(({ desk }) => (desk.team === undefined || desk.team === '' ? [] : [desk.team])))
    const { lists } = queueKeys(region)
    // From the first that waits in a team to the first of the next one, however many wait in each.
    for (let from = '[b|'; ; ) {
      const [first] = await outageAware(this.#base.client.zrangebylex(lists, from, '(b}', 'LIMIT', 0, 1))
      if (first === undefined) return [...teams].toSorted()
      const [, team = ''] = first.split('|')
      teams.add(team)
      from = `[b|${team}}`
    }
  }

  async #declinedByAll(region: string, team: string) {
    const { lists } = queueKeys(region)
    const declinedByAll = await outageAware(this.#base.client.zlexcount(lists, ...startingWith('x', team)))
    return declinedByAll === 0 ? {} : { declinedByAll }
  }

  /** How many, and since when and for how much opening time the first. */
  async #waiting(region: string, list: 'b' | 'd', whose: string, calendar: Calendar, now: number) {
    const { client } = this.#base
    const { lists } = queueKeys(region)
    const range = startingWith(list, whose)
    const [waiting, [first]] = await outageAware(
      Promise.all([client.zlexcount(lists, ...range), client.zrangebylex(lists, ...range, 'LIMIT', 0, 1)]),
    )
    if (first === undefined) return { waiting }
    const oldestAt = timeOf(first)
    return { waiting, oldestAt, waitedMs: Math.max(0, calendar.openMsBetween(oldestAt, now)) }
  }
}

interface TakenCount {
  readonly taken: number
  readonly inTime: number
}

const none: TakenCount = { taken: 0, inTime: 0 }

/** What teams and advisors have taken on a day, of its fields (keys.ts). */
function takenBy(day: Readonly<Record<string, string>>) {
  const ofTeams = new Map<string, TakenCount>()
  const ofAdvisors = new Map<string, TakenCount>()
  const add = (counts: Map<string, TakenCount>, whose: string, count: number, inTime: number) => {
    const before = counts.get(whose) ?? none
    counts.set(whose, { taken: before.taken + count, inTime: before.inTime + inTime })
  }
  for (const [field, value] of Object.entries(day)) {
    const [team = '', advisor = '', how] = field.split('|')
    const count = Number(value)
    const inTime = how === 'ok' ? count : 0
    add(ofTeams, team, count, inTime)
    add(ofAdvisors, advisor, count, inTime)
  }
  return { ofTeams, ofAdvisors }
}
