/** Mail, built of its parts: notices are kept in any case, and sent where the settings say how. */
import type { Logger } from 'pino'
import type { Config } from '../config/load.ts'
import type { Channels } from './chat/channels.ts'
import { Unread } from './chat/unread.ts'
import type { Enrolment } from './enrolment/enrolment.ts'
import { Contacts } from './notices/contacts.ts'
import { createDelivery } from './notices/delivery.ts'
import { type DeliveryLoop, type DeliveryLoopOptions, startDeliveryLoop } from './notices/delivery-loop.ts'
import { createMailer } from './notices/mailer.ts'
import { Notices } from './notices/notices.ts'
import { Outbox } from './notices/outbox.ts'
import { Proofs } from './notices/proofs.ts'
import { Unsubscribe } from './notices/unsubscribe.ts'
import { watchOutbox } from './notices/watch.ts'
import type { Metrics } from './ops/metrics.ts'
import type { Presence } from './presence/presence.ts'
import type { Reminders } from './reminders/reminders.ts'
import type { RedisClient } from './store/redis.ts'
import { startUnreadMail } from './unread-mail.ts'

export interface MailPartsOptions {
  readonly client: RedisClient
  readonly config: Config
  readonly log: Logger
}

export interface SendingOptions {
  readonly places: DeliveryLoopOptions['regions']
  readonly channels: Channels
  readonly enrolment: Enrolment
  readonly presence: Presence
  readonly reminders: Reminders
  readonly metrics: Metrics
}

const dayMs = 24 * 60 * 60 * 1_000

export type MailParts = ReturnType<typeof createMailParts>

export function createMailParts({ client, config, log }: MailPartsOptions) {
  const retentionMs = config.noticeRetentionDays * dayMs
  const patienceMs = config.mailRetryDays * dayMs
  let mail: DeliveryLoop | undefined
  const notices = new Notices({ client, retentionMs, patienceMs, onPut: () => mail?.wake() })
  const contacts = new Contacts({ client, onChoice: () => mail?.wake() })
  const proofs = new Proofs({ client })
  const unsubscribe = new Unsubscribe({ client, contacts })

  return {
    ...{ notices, contacts, proofs, unsubscribe },
    /** Whether mail is sent: what nobody sends would pile up. */
    mails: () => mail !== undefined,
    /** Sends, if the settings say how, and counts what waits, until disposed. */
    start({ places, channels, enrolment, presence, reminders, metrics }: SendingOptions): AsyncDisposable {
      const stack = new AsyncDisposableStack()
      const outbox = new Outbox({ client, retentionMs })
      const outboxes = stack.use(watchOutbox({ outbox, regions: places.map(({ id }) => id), log }))
      metrics.observe(
        'visavis_notices_waiting',
        'Notices that are not sent yet, on all nodes, counted every 5 s',
        () => outboxes.waiting,
      )
      if (config.smtpUrl === undefined || config.mailFrom === undefined || config.publicUrl === undefined) {
        log.info('mail is off: VISAVIS_SMTP_URL is not set, so notices wait')
        return stack
      }
      const { smtpUrl, mailFrom: from, publicUrl, mailParallel: parallel, mailPerMinute: perMinute } = config
      const delivery = createDelivery({
        ...{ outbox, contacts, unsubscribe, proofs, publicUrl, log },
        mailer: stack.use(createMailer({ smtpUrl, from, parallel })),
        dailyAt: config.mailDailyAt,
        giveUpMs: patienceMs,
        onOutcome: (kind, outcome) => metrics.notices.inc({ kind, outcome }),
      })
      // Only where mail is on: what nobody sends would pile up.
      stack.use(
        startUnreadMail({
          ...{ enrolment, presence, notices, log },
          unread: new Unread({ client, channels }),
          reminders,
          jobseekerMs: config.unreadMailMs,
          advisorMs: config.unreadMailAdvisorMs,
        }),
      )
      mail = stack.use(startDeliveryLoop({ outbox, delivery, regions: places, parallel, perMinute, log }))
      return stack
    },
  }
}
