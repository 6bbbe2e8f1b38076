/** Hands mails to an SMTP server. The only file that knows nodemailer's ways. */
import { createHash } from 'node:crypto'
import type { SendMailOptions } from 'nodemailer'
import type { Language } from '../protocol/index.ts'
import type { Attachment } from './kind.ts'
import type { Outcome } from './plan.ts'
import { outcomeOf, smtpAddress } from './smtp.ts'

export interface Mail {
  /** What the Message-ID is made of. */
  readonly id: string
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly language: Language
  /** When it is handed over (ms). */
  readonly at: number
  /** URL of its one-click unsubscription; absent: official. */
  readonly unsubscribe?: string | undefined
  readonly attachments?: readonly Attachment[]
  /** By which reports about its delivery name it (RFC 3461, where the server knows that); absent: none are asked for. */
  readonly report?: string | undefined
}

export interface Mailer extends AsyncDisposable {
  /** Whom mails come from. */
  readonly sender: Sender
  /** Never rejects. Aborted, it may have been sent all the same. */
  send(mail: Mail, signal: AbortSignal): Promise<Outcome>
}

export interface MailerOptions {
  readonly smtpUrl: string
  /** `address`, or `Name <address>`. */
  readonly from: string
  /** Connections kept open. */
  readonly parallel: number
}

const timeouts = { connectionTimeout: 10_000, greetingTimeout: 10_000, dnsTimeout: 10_000, socketTimeout: 30_000 }

export function createMailer({ smtpUrl, from, parallel }: MailerOptions): Mailer {
  const sender = senderOf(from)
  const address = smtpAddress(smtpUrl)
  // Loaded with the first mail, not with the node.
  let transport: ReturnType<typeof openTransport> | undefined
  const openTransport = async () =>
    (await import('nodemailer')).createTransport({
      pool: true,
      maxConnections: parallel,
      // For a connection that the server has closed between two mails; what was begun is not repeated here.
      maxRequeues: 1,
      ...timeouts,
      ...address,
      logger: false,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
  return {
    sender,
    async send(mail, signal) {
      try {
        transport ??= openTransport()
        const { response } = await (await transport).sendMail({ ...toMessage(mail, sender), signal })
        const code = Number(/^\d{3}/.exec(response)?.[0])
        return { is: 'sent', code: Number.isNaN(code) ? undefined : code }
      } catch (error) {
        // Its text may name the address: nothing of it goes further.
        return outcomeOf(error)
      }
    },
    async [Symbol.asyncDispose]() {
      const opened = await transport
      opened?.close({ force: true })
    },
  }
}

export interface Sender {
  readonly name: string
  readonly address: string
}

/** Pure. */
export function senderOf(from: string): Sender {
  const [, name = '', address = from] = /^(?:(.*) )?<([^<>]+)>$/.exec(from) ?? []
  return { name, address }
}

/** The mail with its headers. Pure. */
export function toMessage(mail: Mail, from: Sender): SendMailOptions {
  const { to, subject, text, html, language, at, unsubscribe, report, attachments = [] } = mail
  const calendar = attachments.find(({ mediaType }) => mediaType.startsWith(calendarType))
  return {
    from,
    to: { name: '', address: to },
    envelope: { from: from.address, to: [to] },
    subject,
    text,
    html,
    date: new Date(at),
    messageId: messageId(mail.id, from),
    headers: {
      // So that nobody's machine answers ours.
      'Auto-Submitted': 'auto-generated',
      'Content-Language': language,
      ...(unsubscribe === undefined
        ? {}
        : {
            'List-Unsubscribe': { prepared: true, value: `<${unsubscribe}>` },
            // RFC 8058: one click in the mail program, which sends a POST.
            'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
          }),
      // For providers that tell what became of it by a header of ours.
      ...(report === undefined ? {} : { 'X-Visavis-Report': report }),
    },
    // As an alternative to the text and as a file: some mail programs take it from here, some from there.
    ...(calendar === undefined ? {} : { icalEvent: calendarOf(calendar) }),
    attachments: attachments
      .filter((attachment) => attachment !== calendar)
      .map(({ name, mediaType, content }) => ({ filename: name, contentType: mediaType, content })),
    ...(report === undefined || report.length > longestReport ? {} : { dsn: reportsOf(report) }),
    xMailer: false,
  }
}

const calendarType = 'text/calendar'

const calendarOf = ({ name, mediaType, content }: Attachment) => ({
  filename: name,
  method: /method=(\w+)/.exec(mediaType)?.[1] ?? 'PUBLISH',
  content,
})

/** RFC 3461, 4.4. */
const longestReport = 100

const reportsOf = (report: string) => ({ id: report, return: 'headers', notify: ['success', 'failure'] })

/** The same for the same id, which is not told by it. */
const messageId = (id: string, { address }: Sender): string =>
  `<${createHash('sha256').update(id).digest('hex').slice(0, 40)}@${address.slice(address.lastIndexOf('@') + 1)}>`
