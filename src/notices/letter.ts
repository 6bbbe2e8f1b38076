/** Words as the two parts of a mail, text and HTML: the only place that writes markup, and it escapes everything. Pure. */
import type { Language } from '../protocol/index.ts'
import type { Words } from './kind.ts'

export interface LetterOptions {
  readonly language: Language
  /** URL of the pages. */
  readonly page: string
  /** URL of the link to get no more of these; absent: official. */
  readonly unsubscribe?: string | undefined
}

export interface Letter {
  readonly subject: string
  readonly text: string
  /** No images, no scripts, nothing that is loaded. */
  readonly html: string
}

const footers = {
  fr: {
    official: 'Ceci est un avis officiel : il est envoyé quels que soient vos choix.',
    unsubscribe: 'Ne plus recevoir ces avis',
    noReply: 'Ne répondez pas à ce message : personne ne lit cette boîte.',
  },
  en: {
    official: 'This is an official notice: it is sent whatever you have chosen.',
    unsubscribe: 'Stop these notices',
    noReply: 'Please do not reply: nobody reads this mailbox.',
  },
} as const

export function letter({ subject, paragraphs, link }: Words, { language, page, unsubscribe }: LetterOptions): Letter {
  const footer = footers[language]
  const blocks: readonly Block[] = [
    ...paragraphs,
    ...(link === undefined ? [] : [{ label: link, url: page }]),
    unsubscribe === undefined ? footer.official : { label: footer.unsubscribe, url: unsubscribe },
    footer.noReply,
  ]
  return {
    subject: oneLine(subject),
    text: `${blocks.map(asText(language)).join('\n\n')}\n`,
    html: `<!doctype html>
<html lang="${language}">
<head><meta charset="utf-8"><title>${escapeHtml(oneLine(subject))}</title></head>
<body>
${blocks.map(asHtml).join('\n')}
</body>
</html>
`,
  }
}

/** A paragraph, or a link in one of its own. */
type Block = string | { readonly label: string; readonly url: string }

const asText =
  (language: Language) =>
  (block: Block): string => {
    if (typeof block === 'string') return oneLine(block)
    return `${block.label}${language === 'fr' ? ' :' : ':'}\n${block.url}`
  }

const asHtml = (block: Block): string => {
  if (typeof block === 'string') return `<p>${escapeHtml(oneLine(block))}</p>`
  return `<p><a href="${escapeHtml(block.url)}">${escapeHtml(block.label)}</a></p>`
}

/** No control characters: neither a header nor a paragraph can be begun from within. */
const oneLine = (text: string): string => text.toWellFormed().replace(/\p{Cc}+/gu, ' ')

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (mark) => entities[mark] ?? mark)
