/** A real SMTP server in the test process: keeps what it takes, and says no when it is told to. */
import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { type ParsedMail, parseMail } from './parse-mail.ts'

export interface ReceivedMail extends ParsedMail {
  readonly to: readonly string[]
  readonly from: string
}

/** What the server answers: to the address, or to the mail; nothing: 250. */
export interface Refusal {
  readonly to: 'RCPT' | 'DATA'
  readonly code: number
}

export interface TestSmtp extends AsyncDisposable {
  /** As VISAVIS_SMTP_URL takes it. */
  readonly url: string
  readonly mails: readonly ReceivedMail[]
  /** Most mails that were being taken at the same time. */
  readonly mostAtOnce: number
  /** Asked for each mail; undefined takes it. */
  refuse: (to: string) => Refusal | undefined
  /** Called when a mail has been taken; it is confirmed when this has resolved. */
  beforeConfirming: (mail: ReceivedMail) => Promise<void>
  /** Nobody listens any more, and connections are ended. */
  stop(): Promise<void>
  /** Listens again on the same port. */
  start(): Promise<void>
}

export async function testSmtp(t: { teardown(end: () => Promise<void>): void }): Promise<TestSmtp> {
  const mails: ReceivedMail[] = []
  let atOnce = 0
  let mostAtOnce = 0
  let port = 0
  let server: SMTPServer | undefined

  const refused = (refusal: Refusal, to: string) =>
    // Servers like to repeat the address.
    Object.assign(new Error(`<${to}>: not here`), { responseCode: refusal.code })
  const smtp: TestSmtp = {
    get url() {
      return `smtp://127.0.0.1:${port}`
    },
    mails,
    get mostAtOnce() {
      return mostAtOnce
    },
    refuse: () => undefined,
    beforeConfirming: async () => {},
    async start() {
      server = new SMTPServer({
        logger: false,
        disabledCommands: ['AUTH', 'STARTTLS'],
        disableReverseLookup: true,
        closeTimeout: 1,
        onRcptTo({ address }, _session, done) {
          const refusal = smtp.refuse(address)
          done(refusal?.to === 'RCPT' ? refused(refusal, address) : null)
        },
        onData(stream, { envelope }, done) {
          atOnce += 1
          mostAtOnce = Math.max(mostAtOnce, atOnce)
          const finish = (error: Error | null) => {
            atOnce -= 1
            done(error)
          }
          const chunks: Buffer[] = []
          stream.on('data', (chunk: Buffer) => chunks.push(chunk))
          stream.on('end', () => {
            const to = envelope.rcptTo.map(({ address }) => address)
            const refusal = smtp.refuse(to[0] ?? '')
            if (refusal?.to === 'DATA') return finish(refused(refusal, to[0] ?? ''))
            const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
            const mail = { ...parseMail(Buffer.concat(chunks).toString('latin1')), to, from }
            mails.push(mail)
            smtp.beforeConfirming(mail).then(() => finish(null), finish)
          })
        },
      })
      server.on('error', () => {})
      server.listen(port, '127.0.0.1')
      await once(server.server, 'listening')
      port = (server.server.address() as AddressInfo).port
    },
    async stop() {
      const stopping = server
      server = undefined
      if (stopping !== undefined) await new Promise<void>((resolve) => stopping.close(() => resolve()))
    },
    [Symbol.asyncDispose]: () => smtp.stop(),
  }
  t.teardown(() => smtp.stop())
  await smtp.start()
  return smtp
}
