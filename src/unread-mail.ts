/**
 * Whoever is not there is written to when a message to them stays unread: once for each first unread message, by one node
 * of all, and not any more when they have read it.
 */
import type { Logger } from 'pino'
import type { Unread, UnreadBy, UnreadLook } from './chat/unread.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import type { Notices } from './notices/notices.ts'
import type { Presence } from './presence/presence.ts'
import { type Member, planOf } from './reminders/plan.ts'
import type { Reminders } from './reminders/reminders.ts'
import { type LeasedLooks, startLeasedLooks } from './store/leased-looks.ts'

export interface UnreadMailOptions {
  readonly unread: Unread
  readonly reminders: Reminders
  readonly enrolment: Enrolment
  readonly presence: Presence
  readonly notices: Notices
  /** How long a message stays unread before a jobseeker, or an advisor, is written to. */
  readonly jobseekerMs: number
  readonly advisorMs: number
  readonly log: Logger
}

export function startUnreadMail(options: UnreadMailOptions): LeasedLooks {
  const { unread, reminders, enrolment, presence, notices, jobseekerMs, advisorMs, log } = options

  const judge = async (region: string, channel: string) => {
    const now = Date.now()
    const { conversations, counterparts } = await enrolment.conversations(
      { region, person: channel, role: 'jobseeker' },
      now,
    )
    const people = conversations.length === 0 ? [] : [channel, ...counterparts]
    const [state, shown, reminded] = await Promise.all([
      unread.state(channel, people),
      presence.of(region, people),
      reminders.get(region, channel),
    ])
    const members = people.map(
      (person, n): Member => ({
        person,
        unread: state.by.get(person),
        present: shown[n]?.state === 'online',
        delayMs: person === channel ? jobseekerMs : advisorMs,
      }),
    )
    const plan = planOf({ channel, lastAt: state.lastAt }, members, reminded, now)
    const kept = new Map([...reminded].filter(([person]) => !plan.withdraw.has(person)))
    return { ...plan, ...state, after: new Map([...kept, ...plan.remind]) }
  }

  const write = async (region: string, person: string, key: string, { from, count, at }: UnreadBy) => {
    const names = (await enrolment.persons(region, from)).flatMap((one) => one?.name ?? [])
    const data = { from: names, count, since: at }
    await notices.put({ region, person, key, kind: 'unreadMessages', data, at: Date.now() })
  }

  const look = async (one: UnreadLook) => {
    const { channel } = one
    const region = await enrolment.regionOf(channel)
    if (region === undefined) {
      // Erased meanwhile.
      const { newest } = await unread.state(channel, [])
      await unread.put(one, { reminded: false, at: undefined, newest })
      return
    }
    let found = await judge(region, channel)
    if (found.remind.size > 0 && !one.reminded) {
      // Before anybody is written to: from now on reading makes somebody look, so that the mail is withdrawn.
      if (!(await unread.put(one, { reminded: true, at: one.until, newest: found.newest }))) return
      found = await judge(region, channel)
    }
    const { remind, withdraw, after, by, lookAt: at, newest } = found
    for (const key of withdraw.values()) await notices.withdraw(region, key)
    // On record before anybody is written to: what is there is withdrawn some day.
    if (remind.size > 0 || withdraw.size > 0) await reminders.set(region, channel, after)
    for (const [person, key] of remind) {
      const what = by.get(person)
      if (what !== undefined) await write(region, person, key, what)
    }
    if (await unread.put(one, { reminded: after.size > 0, at, newest })) return
    // It has moved while they were written to: who looked then may have found nothing to withdraw yet.
    if (remind.size > 0) await unread.again(channel)
  }

  return startLeasedLooks({ take: (most) => unread.take(most), look, log })
}
