/** What becomes of a notice that is due, at a moment: sent, kept for later, or never sent. Pure. */
import type { Contact } from './contact.ts'
import type { Attempt, Change, Notice, Why } from './notice.ts'
import { afterQuiet, notBefore, type Place } from './timing.ts'

export interface Rules extends Place {
  /** How long a mail is tried, and how late one that is not official may still come. */
  readonly giveUpMs: number
}

export type Step =
  | { readonly is: 'send'; readonly email: string }
  | { readonly is: 'wait'; readonly until: number }
  | { readonly is: 'end'; readonly state: 'failed' | 'withdrawn'; readonly why: Why }

/** @param now the moment (ms), on the clock that has told that the notice is due. */
export function stepFor(notice: Notice, contact: Contact | undefined, now: number, rules: Rules): Step {
  const email = notice.to?.email ?? contact?.email
  const ready = notice.official ? officialFrom(notice, contact, now, rules) : wantedFrom(notice, contact, rules)
  if (ready === undefined) return { is: 'end', state: 'withdrawn', why: 'unwanted' }
  if (email === undefined) return { is: 'end', state: 'failed', why: 'noAddress' }
  if (!notice.official && now - ready > rules.giveUpMs) return { is: 'end', state: 'withdrawn', why: 'tooLate' }
  // What could not be sent when it was ready does not wake anybody either.
  const until = notice.official ? ready : Math.max(ready, afterQuiet(now, contact?.quiet, rules.timeZone))
  return until > now ? { is: 'wait', until } : { is: 'send', email }
}

const officialFrom = ({ urgent }: Notice, contact: Contact | undefined, now: number, { timeZone }: Rules): number =>
  urgent ? now : afterQuiet(now, contact?.quiet, timeZone)

/** From when it was put, so that the hour of a daily notice stays the same however often it is looked at. */
function wantedFrom({ at, putAt }: Notice, contact: Contact | undefined, rules: Rules): number | undefined {
  const from = Math.max(at, putAt)
  return contact === undefined ? from : notBefore(from, contact, rules)
}

/** How sending one mail went: what the server said, or that it could not be asked. */
export type Outcome =
  | { readonly is: 'sent'; readonly code: number | undefined }
  /** Nothing is wrong with the mail, as far as is known. */
  | {
      readonly is: 'again'
      readonly why: 'deferred' | 'unreachable' | 'unknown'
      readonly code: number | undefined
    }
  | { readonly is: 'failed'; readonly why: 'refused'; readonly code: number | undefined }

const firstWaitMs = 60_000
/** Not longer, so that mail flows soon after a server is back. */
const longestWaitMs = 60 * 60 * 1_000

/** How long to wait before the next attempt after so many: 1 minute, 2, 4 … 1 hour. */
export const waitAfter = (attempts: number): number => Math.min(firstWaitMs * 2 ** (attempts - 1), longestWaitMs)

export interface Recording {
  readonly giveUpMs: number
  /** An earlier attempt may have sent it. */
  readonly repeated: boolean
  readonly wait?: ((attempts: number) => number) | undefined
}

/** What is recorded of a notice whose mail was handed to a server. */
export function changeFor(
  { key, attempts = [] }: Notice,
  outcome: Outcome,
  now: number,
  { giveUpMs, repeated, wait = waitAfter }: Recording,
): Change {
  const code = outcome.code === undefined ? {} : { code: outcome.code }
  const attempt: Omit<Attempt, 'at'> =
    outcome.is === 'sent' ? { outcome: 'sent', ...code } : { outcome: outcome.is, why: outcome.why, ...code }
  if (outcome.is === 'sent') return { key, state: 'sent', attempt }
  if (outcome.is === 'failed') return { key, state: 'failed', why: outcome.why, attempt }
  const firstAt = attempts[0]?.at ?? now
  if (now - firstAt > giveUpMs) return { key, state: 'failed', why: 'gaveUp', attempt }
  return {
    key,
    state: 'waiting',
    attempt,
    waitMs: wait(attempts.length + 1),
    ...(repeated || outcome.why === 'unknown' ? { same: true } : {}),
  }
}
