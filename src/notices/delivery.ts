/** One mail, from the moment it is taken from the outbox until what came of it is on record. */
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import { compose } from './compose.ts'
import type { Contact, Contacts } from './contacts.ts'
import { hasProof } from './kinds.ts'
import type { Mail, Mailer } from './mailer.ts'
import type { Change, Notice } from './notice.ts'
import type { Outbox, Taken } from './outbox.ts'
import { changeFor, type Outcome, type Rules, stepFor } from './plan.ts'
import type { Proofs } from './proofs.ts'
import type { Unsubscribe } from './unsubscribe.ts'

export interface DeliveryOptions {
  readonly outbox: Outbox
  readonly contacts: Contacts
  readonly unsubscribe: Unsubscribe
  readonly proofs: Proofs
  readonly mailer: Mailer
  /** URL of the pages. */
  readonly publicUrl: string
  /** HH:MM: when daily notices go out. */
  readonly dailyAt: string
  readonly giveUpMs: number
  /** `sent`, `again`, or why a notice ended otherwise. */
  readonly onOutcome: (kind: string, outcome: string) => void
  readonly log: Logger
  /** How long handing over one mail may take; less than the lease. */
  readonly sendMs?: number
  /** How long to wait after so many attempts. Default: plan.ts. */
  readonly wait?: (attempts: number) => number
}

export interface Region {
  readonly id: string
  readonly timeZone: string
}

export interface Delivery {
  /** @returns whether a mail was handed over. Rejects when storage is away: then the lease runs out. */
  deliver(region: Region, taken: Taken, now: number): Promise<boolean>
  /** Breaks off what is being handed over; it is recorded as perhaps sent. */
  abort(): void
}

const sendDefaultMs = 60_000
/** A node that knows the kind may come to it first. */
const strangeKindWaitMs = 60_000
const storeAgainMs = 250

export function createDelivery(options: DeliveryOptions): Delivery {
  const { outbox, contacts, unsubscribe, proofs, mailer, dailyAt, giveUpMs, onOutcome, log } = options
  const { sendMs = sendDefaultMs, wait } = options
  const page = `${options.publicUrl.replace(/\/$/, '')}/`
  const aborting = new AbortController()
  let reachable = true

  const deliver = async (region: Region, taken: Taken, now: number): Promise<boolean> => {
    const [first] = taken.notices
    if (first === undefined) return false
    const contact = await contacts.get(region.id, first.person)
    const sorted = sort(taken, contact, now, { ...region, dailyAt, giveUpMs })
    const { sending, changes } = sorted
    const mail = await write(region, taken, sorted, contact)
    const strange: Change[] =
      mail === undefined ? sending.map(({ key }) => ({ key, state: 'waiting', waitMs: strangeKindWaitMs })) : []
    await outbox.settle(region.id, taken.token, [...changes, ...strange])
    for (const change of changes) if (change.state !== 'waiting') onOutcome(first.kind, change.why ?? change.state)
    if (mail === undefined) return false

    const signal = AbortSignal.any([aborting.signal, AbortSignal.timeout(sendMs)])
    const outcome = await mailer.send({ ...mail, at: now }, signal)
    tell(region, first.kind, outcome)
    const made = sending.map((notice) => changeFor(notice, outcome, now, { giveUpMs, repeated: taken.repeated, wait }))
    for (const change of made)
      onOutcome(first.kind, change.state === 'waiting' ? 'again' : (change.why ?? change.state))
    await record(region.id, taken.token, made)
    return true
  }

  /** Undefined when nothing goes out now, or this node does not know the kind. */
  const write = async (
    region: Region,
    taken: Taken,
    { sending, email }: Sorted,
    contact: Contact | undefined,
  ): Promise<Omit<Mail, 'at'> | undefined> => {
    const [first] = sending
    if (first === undefined || email === undefined) return undefined
    const token = first.official ? undefined : await unsubscribe.token({ region: region.id, person: first.person })
    const proof = hasProof(first.kind) ? await proofs.token({ region: region.id, key: first.key }) : undefined
    return compose(sending, {
      id: `${region.id}/${taken.mail}`,
      to: email,
      language: first.to?.language ?? contact?.language ?? 'fr',
      timeZone: region.timeZone,
      page,
      unsubscribe: token && `${page}unsubscribe?token=${token}`,
      proof: proof && `${page}read?token=${proof}`,
      report: proof && `${region.id}/${first.key}`,
      from: mailer.sender,
    })
  }

  /** What is not recorded is sent again, so it is worth some patience; until somebody else may have taken it. */
  const record = async (region: string, token: number, changes: readonly Change[]) => {
    const deadline = performance.now() + outbox.leaseMs
    for (;;) {
      try {
        return await outbox.settle(region, token, changes)
      } catch (err) {
        if (aborting.signal.aborted || performance.now() > deadline) throw err
        await delay(storeAgainMs)
      }
    }
  }

  /** One line when the server goes and one when it is back; neither address nor name in any. */
  const tell = (region: Region, kind: string, outcome: Outcome) => {
    const about = { region: region.id, kind, code: outcome.code }
    const away = outcome.is === 'again' && outcome.why !== 'deferred'
    if (away && reachable) log.warn({ ...about, why: outcome.why }, 'mail cannot be sent for the moment; notices wait')
    if (!away && !reachable) log.info('mail goes out again')
    reachable = !away
    if (outcome.is === 'failed') log.warn({ ...about, why: outcome.why }, 'a mail was refused for good')
    else if (!away) log.debug(about, outcome.is === 'sent' ? 'a mail was sent' : 'a mail was put off by the server')
  }

  return { deliver, abort: () => aborting.abort() }
}

interface Sorted {
  /** Those that go into the mail. */
  readonly sending: readonly Notice[]
  readonly email: string | undefined
  readonly changes: readonly Change[]
}

/** Pure. */
function sort({ notices, repeated }: Taken, contact: Contact | undefined, now: number, rules: Rules): Sorted {
  const sending: Notice[] = []
  const changes: Change[] = []
  let email: string | undefined
  for (const notice of notices) {
    const { key } = notice
    const step = stepFor(notice, contact, now, rules)
    if (step.is === 'send') {
      sending.push(notice)
      email = step.email
    } else if (step.is === 'wait') {
      // What may have gone out already goes as the same mail again.
      changes.push({ key, state: 'waiting', dueAt: step.until, ...(repeated ? { same: true } : {}) })
    } else {
      changes.push({ key, state: step.state, why: step.why })
    }
  }
  return { sending, email, changes }
}
