/** *Pure.* Finds the addresses in a message, those that begin with www. as well. The parts are shown as text nodes: nothing a person writes becomes HTML. */

export interface TextPart {
  readonly text: string
  /** Absent for plain text. Always http, https or mailto. */
  readonly href?: string
}

/**
 * What stands before an @ is as long as mail allows at most, so that a long word costs no more than a short one. Marks that turn
 * the direction of a text, or cannot be seen, end an address: with them it could look like another one.
 */
const address =
  /(?<mail>(?:mailto:)?[\p{L}\d._%+-]{1,64}@(?:[\p{L}\d-]{1,63}\.){1,8}\p{L}[\p{L}\d-]{1,62})|(?:https?:\/\/|(?<![\p{L}\d._/-])www\.(?=[\p{L}\d-]{1,63}\.\p{L}))[^\s<>"'\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]+/giu
/** Belongs to the sentence around an address rather than to the address. */
const trailing = /[.,;:!?…»)\]]+$/u
const schemes = new Set(['http:', 'https:', 'mailto:'])

export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const match of text.matchAll(address)) {
    const shown = trimmed(match[0])
    const href = hrefOf(shown, match.groups?.mail === undefined ? 'https://' : 'mailto:')
    if (href === undefined) continue
    if (match.index > end) parts.push({ text: text.slice(end, match.index) })
    parts.push({ text: shown, href })
    end = match.index + shown.length
  }
  if (end < text.length) parts.push({ text: text.slice(end) })
  return parts
}

function hrefOf(shown: string, usual: 'https://' | 'mailto:'): string | undefined {
  const full = /^(?:https?:\/\/|mailto:)/iu.test(shown) ? shown : `${usual}${shown}`
  const url = URL.canParse(full) ? new URL(full) : undefined
  // https://bank.example@elsewhere.example leads elsewhere, and few people see that.
  if (url === undefined || url.username !== '' || url.password !== '') return undefined
  return schemes.has(url.protocol) ? url.href : undefined
}

/** A closing bracket stays if the address opened one, as in many encyclopedias. */
function trimmed(found: string): string {
  const tail = trailing.exec(found)?.[0] ?? ''
  const bare = found.slice(0, found.length - tail.length)
  return tail.startsWith(')') && bare.includes('(') && !bare.includes(')') ? `${bare})` : bare
}
