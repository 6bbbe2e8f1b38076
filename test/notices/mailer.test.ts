import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { SMTPServer } from 'smtp-server'
import t from 'tap'
import { createMailer, type Mail } from '../../src/notices/mailer.ts'
import { outcomeOf, smtpAddress } from '../../src/notices/smtp.ts'
import { selfSigned } from '../support/certificate.ts'
import { from } from './post-office.ts'
import { testSmtp } from './smtp-server.ts'

const mail: Mail = {
  ...{ id: 'north/k1', to: 'yann@example.org', subject: 'Été', text: 'Texte\n', html: '<p>Texte</p>', language: 'fr' },
  at: Date.now(),
}
const send = async (smtpUrl: string, what: Mail = mail, signal = AbortSignal.timeout(10_000)) => {
  await using mailer = createMailer({ smtpUrl, from, parallel: 1 })
  // Before the connections are closed.
  return await mailer.send(what, signal)
}

t.test('the address of a server says how safely it is spoken to', async (t) => {
  t.same(smtpAddress('smtps://u:p%40ss@mail.example.org:465'), {
    ...{ host: 'mail.example.org', port: 465, secure: true, requireTLS: false, ignoreTLS: false },
    auth: { user: 'u', pass: 'p@ss' },
  })
  t.match(smtpAddress('smtp://mail.example.org'), { secure: false, requireTLS: true, ignoreTLS: false })
  t.match(smtpAddress('smtp://mail.example.org?tls=no'), { requireTLS: false, ignoreTLS: true })
  for (const local of ['localhost', '127.0.0.1', '[::1]:2525'])
    t.match(smtpAddress(`smtp://${local}`), { requireTLS: false, ignoreTLS: false }, local)
  t.match(smtpAddress('smtp://127.0.0.1.example.org'), { requireTLS: true })
})

t.test('only a 5xx about the mail itself is a no for good', async (t) => {
  const said = (code: number, command: string, more = {}) =>
    outcomeOf(Object.assign(new Error(), { responseCode: code, permanent: code >= 500, command, ...more }))
  t.same(said(550, 'RCPT TO'), { is: 'failed', why: 'refused', code: 550 })
  t.same(said(554, 'DATA'), { is: 'failed', why: 'refused', code: 554 })
  t.same(said(451, 'RCPT TO'), { is: 'again', why: 'deferred', code: 451 })
  t.same(said(452, 'MAIL FROM'), { is: 'again', why: 'deferred', code: 452 })
  t.same(said(550, 'MAIL FROM'), { is: 'again', why: 'unreachable', code: 550 }, 'the sender, so all mails')
  t.same(said(535, 'AUTH PLAIN', { code: 'EAUTH' }), { is: 'again', why: 'unreachable', code: 535 })
  t.same(said(421, 'CONN'), { is: 'again', why: 'unreachable', code: 421 })
  for (const early of [
    { code: 'ESOCKET', syscall: 'connect' },
    { code: 'EDNS' },
    { code: 'ETLS' },
    { timeoutType: 'GREETING_TIMEOUT' },
  ])
    t.match(outcomeOf(Object.assign(new Error(), early)), { is: 'again', why: 'unreachable' })
  for (const late of [
    { code: 'ECONNECTION' },
    { code: 'ESOCKET', syscall: 'read' },
    { timeoutType: 'SOCKET_TIMEOUT' },
    { code: 'EABORT' },
    {},
  ])
    t.match(outcomeOf(Object.assign(new Error(), late)), { is: 'again', why: 'unknown' })
})

t.test('a mail arrives as it was written, with what is attached', async (t) => {
  await using smtp = await testSmtp(t)
  const invitation = {
    name: 'rendez-vous.ics',
    mediaType: 'text/calendar; method=REQUEST',
    content: 'BEGIN:VCALENDAR\r\n',
  }
  t.same(await send(smtp.url, { ...mail, attachments: [invitation] }), { is: 'sent', code: 250 })
  const [received] = smtp.mails
  t.match(received, { subject: 'Été', text: 'Texte\n', html: '<p>Texte</p>' })
  // Mail programs look for it in two places.
  for (const type of ['text/calendar', 'application/ics']) {
    t.match(
      received?.parts.find((part) => part.type === type),
      { content: 'BEGIN:VCALENDAR\r\n' },
    )
  }
  t.match(received?.raw, /filename=rendez-vous\.ics/)
  t.match(received?.raw, /method=REQUEST/)
  t.notOk(received?.headers.has('x-mailer'))
})

t.test('a server elsewhere without TLS gets no mail and no password', async (t) => {
  // 127.0.0.1 by a name that does not say so.
  await using smtp = await testSmtp(t)
  const { port } = new URL(smtp.url)
  const outcome = await send(`smtp://user:secret@0.0.0.0:${port}`)
  t.match(outcome, { is: 'again' })
  t.equal(smtp.mails.length, 0)
  t.match(await send(`smtp://0.0.0.0:${port}?tls=no`), { is: 'sent' })
})

t.test('with a certificate of nobody, or a wrong password, no mail is lost: it waits', async (t) => {
  const { cert, key } = selfSigned('mail.example.org')
  const server = new SMTPServer({
    ...{ logger: false, secure: true, cert, key, closeTimeout: 1 },
    onAuth: (_auth, _session, done) => done(Object.assign(new Error('no'), { responseCode: 535 })),
  })
  server.on('error', () => {})
  server.listen(0, '127.0.0.1')
  await once(server.server, 'listening')
  t.teardown(() => new Promise<void>((resolve) => server.close(() => resolve())))
  const { port } = server.server.address() as AddressInfo
  t.match(await send(`smtps://user:secret@127.0.0.1:${port}`), { is: 'again', why: 'unreachable' })

  const open = new SMTPServer({
    ...{ logger: false, disabledCommands: ['STARTTLS'], allowInsecureAuth: true, closeTimeout: 1 },
    onAuth: (_auth, _session, done) => done(Object.assign(new Error('no'), { responseCode: 535 })),
  })
  open.on('error', () => {})
  open.listen(0, '127.0.0.1')
  await once(open.server, 'listening')
  t.teardown(() => new Promise<void>((resolve) => open.close(() => resolve())))
  const refused = await send(`smtp://user:wrong@127.0.0.1:${(open.server.address() as AddressInfo).port}`)
  t.same(refused, { is: 'again', why: 'unreachable', code: 535 })
})

t.test('nobody there, a connection that ends in the middle, and silence are told apart', async (t) => {
  const sockets = new Set<Socket>()
  let speak: (socket: Socket) => void = () => {}
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    speak(socket)
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  const url = `smtp://127.0.0.1:${port}`

  speak = (socket) => {
    socket.write('220 here\r\n')
    let inMail = false
    socket.on('data', (data) => {
      const text = String(data)
      if (inMail) return socket.destroy()
      if (text.startsWith('DATA')) inMail = true
      socket.write(inMail ? '354 go on\r\n' : '250 yes\r\n')
    })
  }
  t.same(await send(url), { is: 'again', why: 'unknown', code: undefined }, 'in the middle')
  speak = (socket) => void socket.end('421 busy\r\n')
  t.match(await send(url), { is: 'again', why: 'unreachable', code: 421 }, 'not now')
  speak = () => {}
  t.match(await send(url, mail, AbortSignal.timeout(200)), { is: 'again', why: 'unknown' }, 'silence')
  for (const socket of sockets) socket.destroy()
  server.close()
  await once(server, 'close')
  t.same(await send(url), { is: 'again', why: 'unreachable', code: undefined }, 'nobody')
})
