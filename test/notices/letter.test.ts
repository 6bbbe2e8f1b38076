import fc from 'fast-check'
import t from 'tap'
import type { Reader, Words } from '../../src/notices/kind.ts'
import { kinds, wordsOf } from '../../src/notices/kinds.ts'
import { letter } from '../../src/notices/letter.ts'
import { senderOf, toMessage } from '../../src/notices/mailer.ts'
import { plainName } from '../../src/notices/wording.ts'

const french: Reader = { language: 'fr', timeZone: 'Europe/Paris' }
const english: Reader = { language: 'en', timeZone: 'America/Cayenne' }
const since = Temporal.ZonedDateTime.from('2027-03-03T14:05[Europe/Paris]').epochMilliseconds
const page = 'https://visavis.example.org/'
const unsubscribe = `${page}unsubscribe?token=abc.def`

const unread = (...all: Parameters<typeof kinds.unreadMessages.words>[0]) => ({
  fr: kinds.unreadMessages.words(all, french),
  en: kinds.unreadMessages.words(all, english),
})

t.test('a mail says who wrote, how many messages and since when, by the reader’s clocks and language', async (t) => {
  const { fr, en } = unread({ from: ['Anne Le Goff'], count: 1, since })
  t.equal(fr.subject, 'Vous avez 1 message non lu')
  t.same(fr.paragraphs, ['Anne Le Goff vous a écrit.', 'Un message vous attend depuis le 3 mars 2027 à 14:05.'])
  t.equal(en.subject, 'You have 1 unread message')
  t.same(en.paragraphs, ['Anne Le Goff has written to you.', 'A message has been waiting since 3 March 2027 at 10:05.'])
})

t.test('several are added up: each name once, the earliest time, all messages', async (t) => {
  const { fr, en } = unread(
    { from: ['Anne', 'Bruno'], count: 2, since: since + 60_000 },
    { from: ['Anne'], count: 3, since },
  )
  t.equal(fr.subject, 'Vous avez 5 messages non lus')
  t.same(fr.paragraphs, [
    'Anne et Bruno vous ont écrit.',
    '5 messages vous attendent, le premier depuis le 3 mars 2027 à 14:05.',
  ])
  t.match(en.paragraphs[0], 'Anne and Bruno have written to you.')
  const many = unread({ from: ['A', 'B', 'C', 'D', 'E', 'F', 'G'], count: 7, since })
  t.equal(many.fr.paragraphs[0], 'A, B, C, D et 3 autres personnes vous ont écrit.')
  t.equal(many.en.paragraphs[0], 'A, B, C, D and 3 others have written to you.')
  t.equal(unread({ from: [], count: 1, since }).fr.paragraphs.length, 1, 'nobody is named')
})

t.test('a supervisor reads who waits, the most urgent first', async (t) => {
  const one = { jobseeker: 'Yann', since, answerBy: since + 3_600_000 }
  const words = kinds.answerDue.words([{ ...one, jobseeker: 'Zoé', answerBy: since + 7_200_000 }, one], french)
  t.equal(words.subject, '2 personnes attendent une réponse')
  t.same(words.paragraphs, [
    'Yann attend depuis le 3 mars 2027 à 14:05. Réponse attendue avant le 3 mars 2027 à 15:05.',
    'Zoé attend depuis le 3 mars 2027 à 14:05. Réponse attendue avant le 3 mars 2027 à 16:05.',
  ])
  const crowd = kinds.answerDue.words(
    Array.from({ length: 23 }, () => one),
    english,
  )
  t.equal(crowd.subject, '23 people are waiting for an answer')
  t.equal(crowd.paragraphs.at(-1), 'And 3 more.')
})

t.test('who is told that an answer is late reads so, and not that it is soon due as well', async (t) => {
  const soon = { jobseeker: 'Yann', since, answerBy: since + 3_600_000 }
  const late = { ...soon, overdue: true }
  const words = kinds.answerDue.words([soon, late], french)
  t.equal(words.subject, 'Une réponse est en retard')
  t.same(words.paragraphs, [
    'Yann attend depuis le 3 mars 2027 à 14:05. En retard : la réponse était due le 3 mars 2027 à 15:05.',
  ])
  t.equal(kinds.answerDue.words([late, { ...late, jobseeker: 'Zoé' }], english).subject, '2 answers are late')
  const mixed = kinds.answerDue.words([late, { ...soon, jobseeker: 'Zoé' }], english)
  t.equal(mixed.subject, '2 people are waiting for an answer')
  t.match(mixed.paragraphs, [
    /Late: the answer was due on 3 March 2027 at 11:05\.$/,
    /Answer due by 3 March 2027 at 11:05\.$/,
  ])
})

t.test('receipts are official, and the last one, that of erasure, links to nothing', async (t) => {
  for (const kind of ['left', 'agencyAsked', 'erased'] as const) {
    t.equal(kinds[kind].official, true)
    for (const reader of [french, english]) {
      const words = kinds[kind].words([{ at: since, receipt: '7K2M-0001' }], reader)
      const { text, html } = letter(words, { language: reader.language, page })
      t.match(text, reader.language === 'fr' ? /avis officiel/ : /official notice/)
      if (kind === 'erased') t.notMatch(html, /<a /)
      else t.match(text, /(Récépissé|récépissé|[Rr]eceipt) 7K2M-0001/)
      t.equal(words.link === undefined, kind === 'erased')
    }
  }
  t.same(
    Object.entries(kinds)
      .filter(([, { last }]) => last)
      .map(([name]) => name),
    ['erased'],
  )
})

t.test('a kind that only a newer node knows is left to it', async (t) => {
  t.equal(wordsOf('appointmentInvitation', ['{}'], french), undefined)
  t.equal(wordsOf('toString', ['{}'], french), undefined)
  t.equal(wordsOf('left', [JSON.stringify({ at: since })], french)?.subject, 'Votre sortie est enregistrée')
})

t.test('text and HTML say the same, and only that is a link which is to be one', async (t) => {
  const words: Words = { subject: 'S', paragraphs: ['One & two', '<three>'], link: 'Read' }
  const { text, html } = letter(words, { language: 'en', page, unsubscribe })
  t.equal(
    text,
    `One & two\n\n<three>\n\nRead:\n${page}\n\nStop these notices:\n${unsubscribe}\n\nPlease do not reply: nobody reads this mailbox.\n`,
  )
  t.match(html, '<p>One &amp; two</p>\n<p>&lt;three&gt;</p>')
  t.same(
    [...html.matchAll(/href="([^"]*)"/g)].map(([, url]) => url),
    [page, unsubscribe],
  )
  t.notMatch(html, /<img|<script|<style|<link|url\(|src=/i)
})

const hostile = [
  'Eve\r\nBcc: all@example.org',
  'Eve\nSubject: won',
  'Eve\r\n\r\n<h1>body</h1>',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '&lt;b&gt;',
  '\u202egnp.exe',
  'a\u0000b\u0007c\u001b[31m',
  'line\u2028separator',
  'half \ud800 a pair',
  '=?utf-8?Q?=0D=0ABcc:_x@example.org?=',
  'x'.repeat(5_000),
]

t.test('names can begin neither a header nor markup, whatever is in them', async (t) => {
  for (const [n, name] of hostile.entries()) {
    for (const reader of [french, english]) {
      const all = [
        kinds.unreadMessages.words([{ from: [name, name], count: 1, since }], reader),
        kinds.answerDue.words([{ jobseeker: name, since, answerBy: since }], reader),
      ]
      for (const words of all) {
        const { subject, text, html } = letter(words, { language: reader.language, page, unsubscribe })
        const label = `name ${n}`
        t.match(subject, /^[\p{L}\d ]+$/u, `no name in the subject: ${label}`)
        t.notMatch(
          html.replace(/<(\/?(html|head|meta|title|body|p|a)( (lang|charset|href)="[^"<>']*")*|!doctype html)>/g, ''),
          /[<>]/,
          label,
        )
        t.notMatch(text.replaceAll('\n', ''), /[\p{Cc}\u2028\u202e]/u, label)
        t.ok(text.isWellFormed(), label)
        t.notMatch(text, /^(Bcc|Subject):/m, label)
      }
    }
  }
})

t.test('a name is one line of visible text of at most 80 characters', async () => {
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 200 }), fc.constantFrom(...hostile)), (name) => {
      const plain = plainName(name)
      return [...plain].length <= 80 && plain.isWellFormed() && !/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e]/u.test(plain)
    }),
  )
  const names = ['Anne Le Goff', 'Zoé', 'Núñez-O’Brien', 'أحمد', 'می\u200cخواهم', '李小龍']
  for (const name of names) t.equal(plainName(name), name)
})

t.test('headers say that no answer is wanted, and how to get no more; the id is that of the act', async (t) => {
  const mail = {
    id: 'north/k1',
    to: 'yann@example.org',
    subject: 'S',
    text: 'T',
    html: 'H',
    language: 'fr',
    at: since,
  } as const
  const sender = senderOf('Visavis Bretagne <visavis@agency.example.org>')
  t.same(sender, { name: 'Visavis Bretagne', address: 'visavis@agency.example.org' })
  t.same(senderOf('visavis@agency.example.org'), { name: '', address: 'visavis@agency.example.org' })
  const plain = toMessage(mail, sender)
  t.match(plain, {
    messageId: /^<[0-9a-f]{40}@agency\.example\.org>$/,
    headers: { 'Auto-Submitted': 'auto-generated' },
  })
  t.notOk('List-Unsubscribe' in (plain.headers ?? {}), 'an official one')
  t.equal(toMessage({ ...mail, at: since + 1 }, sender).messageId, plain.messageId)
  t.not(toMessage({ ...mail, id: 'north/k2' }, sender).messageId, plain.messageId)
  t.match(toMessage({ ...mail, unsubscribe }, sender).headers, {
    'List-Unsubscribe': { value: `<${unsubscribe}>` },
    'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
  })
})
