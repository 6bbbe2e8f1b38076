/** *Pure.* Finds the web addresses in a message. The parts are shown as text nodes: nothing a person writes becomes HTML. */

export interface TextPart {
  readonly text: string
  /** Absent for plain text. Always http or https. */
  readonly href?: string
}

const address = /https?:\/\/[^\s<>"']+/giu
/** Belongs to the sentence around an address rather than to the address. */
const trailing = /[.,;:!?…»)\]]+$/u

export function partsOf(text: string): TextPart[] {
  const parts: TextPart[] = []
  let end = 0
  for (const match of text.matchAll(address)) {
    const shown = trimmed(match[0])
    if (!URL.canParse(shown)) continue
    if (match.index > end) parts.push({ text: text.slice(end, match.index) })
    parts.push({ text: shown, href: new URL(shown).href })
    end = match.index + shown.length
  }
  if (end < text.length) parts.push({ text: text.slice(end) })
  return parts
}

/** A closing bracket stays if the address opened one, as in many encyclopedias. */
function trimmed(found: string): string {
  const tail = trailing.exec(found)?.[0] ?? ''
  const bare = found.slice(0, found.length - tail.length)
  return tail.startsWith(')') && bare.includes('(') && !bare.includes(')') ? `${bare})` : bare
}
