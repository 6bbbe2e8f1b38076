/** What we make of SMTP: the address of a server, and what an error says about a mail. Pure. */
import type { NodemailerError } from 'nodemailer'
import type { Outcome } from './plan.ts'

export interface SmtpAddress {
  readonly host: string
  readonly port?: number
  /** TLS from the first byte. */
  readonly secure: boolean
  /** No mail goes out before STARTTLS. */
  readonly requireTLS: boolean
  readonly ignoreTLS: boolean
  readonly auth?: { readonly user: string; readonly pass: string }
}

const thisMachine = /^(localhost|127(\.\d{1,3}){3}|::1)$/

/**
 * smtps:// is TLS from the first byte. With smtp:// the server must offer STARTTLS, except on this machine; with `?tls=no`
 * mail goes out in the clear.
 */
export function smtpAddress(text: string): SmtpAddress {
  const { protocol, hostname, port, username, password, searchParams } = new URL(text)
  const host = hostname.replace(/^\[|\]$/g, '')
  const secure = protocol === 'smtps:'
  const ignoreTLS = !secure && searchParams.get('tls') === 'no'
  return {
    host,
    ...(port === '' ? {} : { port: Number(port) }),
    secure,
    requireTLS: !secure && !ignoreTLS && !thisMachine.test(host),
    ignoreTLS,
    ...(username === '' ? {} : { auth: { user: decodeURIComponent(username), pass: decodeURIComponent(password) } }),
  }
}

/** A permanent no to these is about this one mail; to all before them about whoever sends. */
const aboutTheMail = ['RCPT TO', 'DATA']

const earlyCodes = ['EDNS', 'ETLS', 'EAUTH', 'ENOAUTH']
/** Of Node and OpenSSL: a certificate that is not accepted, or no TLS at all. */
const handshakeCodes = /CERT|TLS|SSL|SIGNATURE/
const earlyTimeouts = ['CONNECT_TIMEOUT', 'GREETING_TIMEOUT', 'UPGRADE_TIMEOUT']

/**
 * Only a 5xx about the mail itself is a no for good: with a wrong password, or a sender that the server does not know,
 * every mail would be lost for a mistake in the settings.
 */
export function outcomeOf(error: unknown): Outcome {
  const { code = '', command = '', responseCode, permanent = false } = error as Partial<NodemailerError>
  if (responseCode !== undefined) {
    const about = aboutTheMail.includes(command)
    if (permanent && about) return { is: 'failed', why: 'refused', code: responseCode }
    const deferred = about || (command === 'MAIL FROM' && !permanent)
    return { is: 'again', why: deferred ? 'deferred' : 'unreachable', code: responseCode }
  }
  // Nodemailer itself takes the address for none.
  if (code === 'EENVELOPE') return { is: 'failed', why: 'refused', code: undefined }
  return { is: 'again', why: isEarly(error as Partial<NodemailerError>) ? 'unreachable' : 'unknown', code: undefined }
}

/** Whether a connection was never made, or did not get as far as a mail. */
const isEarly = ({ code = '', syscall, originalCode = '', timeoutType }: Partial<NodemailerError>): boolean =>
  syscall === 'connect' ||
  earlyCodes.includes(code) ||
  (timeoutType !== undefined && earlyTimeouts.includes(timeoutType)) ||
  handshakeCodes.test(originalCode)
