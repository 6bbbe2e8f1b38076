/**
 * The conversation as a page that people can read: one file without scripts, which loads nothing. Every text is escaped here,
 * and nowhere else. Pure.
 */
import type { Language, Message } from '../protocol/index.ts'

export interface PageOptions {
  readonly language: Language
  readonly timeZone: string
  /** Of the jobseeker. */
  readonly name: string
  /** When the export was made (ms). */
  readonly at: number
}

/** A message with what a reader needs besides. */
export interface ShownMessage extends Omit<Message, 'from' | 'attachments'> {
  readonly from: { readonly id: string; readonly name: string }
  readonly attachments?: readonly { readonly name: string; readonly file: string }[]
  readonly versions?: readonly { readonly at: number; readonly text: string }[]
}

const locales = { fr: 'fr-FR', en: 'en-GB' } as const
const words = {
  fr: {
    title: (name: string) => `Conversation de ${name}`,
    made: (at: string) => `Copie de vos données du ${at}.`,
    rest: 'Les autres fichiers de cette archive contiennent le reste ; manifest.json en donne la liste.',
    deleted: 'Message supprimé',
    answers: 'En réponse au message',
    edited: 'Modifié le',
    before: 'Textes précédents',
    pinned: 'Épinglé',
    advisorChanged: (name: string) => `Votre conseiller est désormais ${name}.`,
    system: 'Message du service',
    none: 'Aucun message.',
  },
  en: {
    title: (name: string) => `Conversation of ${name}`,
    made: (at: string) => `Copy of your data of ${at}.`,
    rest: 'The other files of this archive hold the rest; manifest.json lists them.',
    deleted: 'Deleted message',
    answers: 'In answer to message',
    edited: 'Edited on',
    before: 'Earlier texts',
    pinned: 'Pinned',
    advisorChanged: (name: string) => `Your advisor is now ${name}.`,
    system: 'Message of the service',
    none: 'No messages.',
  },
} as const

const style = `body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:2rem auto;padding:0 1rem}
article{border-left:.25rem solid #bbb;padding:.25rem .75rem;margin:1rem 0}article.own{border-color:#06c}
header,small{color:#555}p{white-space:pre-wrap;overflow-wrap:anywhere;margin:.25rem 0}`

export async function* conversationPage(
  messages: AsyncIterable<ShownMessage>,
  options: PageOptions & { readonly own: string },
): AsyncGenerator<string> {
  const { language, name, at, own } = options
  const word = words[language]
  const moment = momentIn(options)
  yield `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escaped(word.title(name))}</title><style>${style}</style></head>
<body>
<h1>${escaped(word.title(name))}</h1>
<p>${escaped(word.made(moment(at)))} ${escaped(word.rest)}</p>
`
  let some = false
  for await (const message of messages) {
    some = true
    yield article(message, message.from.id === own, { word, moment })
  }
  yield `${some ? '' : `<p>${word.none}</p>\n`}</body>\n</html>\n`
}

interface Reader {
  readonly word: (typeof words)[Language]
  readonly moment: (at: number) => string
}

function article(message: ShownMessage, own: boolean, { word, moment }: Reader): string {
  const { offset, at, from, replyTo, attachments = [], editedAt, versions = [], pinned } = message
  const lines = [
    `<header>${offset} · <strong>${escaped(from.name)}</strong> · <time>${escaped(moment(at))}</time></header>`,
    ...(replyTo === undefined ? [] : [`<small>${word.answers} <a href="#m${replyTo}">${replyTo}</a></small>`]),
    `<p>${escaped(textOf(message, word))}</p>`,
    ...attachments.map(({ name, file }) => `<p><a href="${escaped(encodeURI(file))}">${escaped(name)}</a></p>`),
    ...(pinned === true ? [`<small>${word.pinned}</small>`] : []),
    ...(editedAt === undefined ? [] : [`<small>${word.edited} ${escaped(moment(editedAt))}</small>`]),
    ...(versions.length === 0 ? [] : [earlier(versions, { word, moment })]),
  ]
  return `<article id="m${offset}"${own ? ' class="own"' : ''}>\n${lines.join('\n')}\n</article>\n`
}

const earlier = (versions: NonNullable<ShownMessage['versions']>, { word, moment }: Reader): string =>
  `<details><summary>${word.before}</summary>${versions
    .map(({ at, text }) => `<p><small>${escaped(moment(at))}</small> ${escaped(text)}</p>`)
    .join('')}</details>`

function textOf({ text, deletedAt, system }: ShownMessage, word: Reader['word']): string {
  if (deletedAt !== undefined) return word.deleted
  if (system === undefined) return text
  const named = system.code === 'advisorChanged' ? system.person?.name : undefined
  return named === undefined ? word.system : word.advisorChanged(named)
}

function momentIn({ language, timeZone }: PageOptions): Reader['moment'] {
  const format = new Intl.DateTimeFormat(locales[language], { timeZone, dateStyle: 'long', timeStyle: 'short' })
  return (at) => format.format(at)
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (mark) => entities[mark] ?? mark).replace(/[^\P{Cc}\n\t]/gu, ' ')
