/** Notices, a real Redis, and delivery loops that do not wait for minutes. */
import { pino } from 'pino'
import { Contacts } from '../../src/notices/contacts.ts'
import { createDelivery } from '../../src/notices/delivery.ts'
import { type DeliveryLoop, startDeliveryLoop } from '../../src/notices/delivery-loop.ts'
import { createMailer } from '../../src/notices/mailer.ts'
import { type NewNotice, Notices } from '../../src/notices/notices.ts'
import { Outbox } from '../../src/notices/outbox.ts'
import { Proofs } from '../../src/notices/proofs.ts'
import { Unsubscribe } from '../../src/notices/unsubscribe.ts'
import type { RedisClient } from '../../src/store/redis.ts'

export const dayMs = 24 * 60 * 60 * 1_000
export const publicUrl = 'https://visavis.example.org'
export const from = 'Visavis <visavis@agency.example.org>'
/** As far from Paris as can be told apart by an hour of day. */
export const place = { id: 'north', timeZone: 'Europe/Paris' }

export interface PostOfficeOptions {
  readonly leaseMs?: number
  readonly parallel?: number
  readonly perMinute?: number
  readonly giveUpMs?: number
  readonly retentionMs?: number
  readonly dailyAt?: string
  readonly waitMs?: number
  readonly lines?: string[]
}

export interface PostOffice {
  readonly notices: Notices
  readonly contacts: Contacts
  readonly unsubscribe: Unsubscribe
  readonly outbox: Outbox
  /** What became of notices: `unreadMessages sent`. */
  readonly outcomes: readonly string[]
  /** One more loop, as on a node of its own. */
  deliver(smtpUrl: string, client?: RedisClient): DeliveryLoop
}

export function postOffice(client: RedisClient, options: PostOfficeOptions = {}): PostOffice {
  const { parallel = 4, perMinute = 10_000, giveUpMs = 3 * dayMs, retentionMs = 400 * dayMs } = options
  const { dailyAt = '09:00', waitMs = 20, leaseMs = 10_000, lines = [] } = options
  const outcomes: string[] = []
  const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) })
  const contacts = new Contacts({ client })
  return {
    notices: new Notices({ client, retentionMs, patienceMs: giveUpMs }),
    contacts,
    unsubscribe: new Unsubscribe({ client, contacts }),
    outbox: new Outbox({ client, retentionMs, leaseMs }),
    outcomes,
    deliver(smtpUrl, own = client) {
      const outbox = new Outbox({ client: own, retentionMs, leaseMs })
      const theirs = new Contacts({ client: own })
      const mailer = createMailer({ smtpUrl, from, parallel })
      const delivery = createDelivery({
        ...{ outbox, contacts: theirs, mailer, publicUrl, dailyAt, giveUpMs, log },
        unsubscribe: new Unsubscribe({ client: own, contacts: theirs }),
        proofs: new Proofs({ client: own }),
        onOutcome: (kind, outcome) => void outcomes.push(`${kind} ${outcome}`),
        wait: () => waitMs,
      })
      const loop = startDeliveryLoop({
        ...{ outbox, delivery, parallel, perMinute, log },
        regions: [place],
        everyMs: 20,
        graceMs: 200,
      })
      return {
        wake: loop.wake,
        async [Symbol.asyncDispose]() {
          await loop[Symbol.asyncDispose]()
          await mailer[Symbol.asyncDispose]()
        },
      }
    },
  }
}

/** One message of Anne's, to be told of now. */
export const unread = (
  person: string,
  key: string,
  more: Partial<NewNotice & { kind: 'unreadMessages' }> = {},
): NewNotice => ({
  ...{ region: place.id, person, key, kind: 'unreadMessages', at: Date.now() },
  data: { from: ['Anne Le Goff'], count: 1, since: Date.now() },
  ...more,
})

export const leftNotice = (person: string, key: string): NewNotice => ({
  ...{ region: place.id, person, key, kind: 'left', at: Date.now(), data: { at: Date.now() } },
})

/** An hour of quiet around a moment, or quiet hours that it is not in, on the clocks of the region. */
export function quietAround(at: number, { within }: { within: boolean }): { from: string; until: string } {
  const local = Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(place.timeZone)
  const time = (minutes: number) => local.add({ minutes }).toPlainTime().toString({ smallestUnit: 'minute' })
  return within ? { from: time(-30), until: time(30) } : { from: time(30), until: time(-30) }
}
