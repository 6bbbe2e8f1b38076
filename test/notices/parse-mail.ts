/** As much of RFC 5322 and MIME as our own mails need, by code of its own: what a mail program would show. */

export interface ParsedMail {
  readonly raw: string
  /** Lower-case names; encoded words decoded. */
  readonly headers: ReadonlyMap<string, string>
  readonly subject: string
  readonly text: string
  readonly html: string
  readonly parts: readonly Part[]
}

interface Part {
  readonly type: string
  /** Of its Content-Type, by lower-case name: `method`. */
  readonly parameters: ReadonlyMap<string, string>
  readonly content: string
}

/** @param raw as it came over the wire, one character per byte. */
export function parseMail(raw: string): ParsedMail {
  const { headers, body } = split(raw)
  const parts = partsOf(headers, body)
  const of = (type: string) => parts.find((part) => part.type === type)?.content ?? ''
  return {
    raw,
    headers,
    subject: headers.get('subject') ?? '',
    text: of('text/plain').replaceAll('\r\n', '\n'),
    html: of('text/html').replaceAll('\r\n', '\n'),
    parts,
  }
}

function split(raw: string): { headers: Map<string, string>; body: string } {
  const end = raw.indexOf('\r\n\r\n')
  const lines = raw
    .slice(0, end)
    .replace(/\r\n[ \t]+/g, ' ')
    .split('\r\n')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    // One that comes twice must not pass for one that comes once.
    if (headers.has(name)) throw new Error(`the header ${name} is there twice`)
    headers.set(name, decodeWords(line.slice(colon + 1).trim()))
  }
  return { headers, body: raw.slice(end + 4) }
}

function partsOf(headers: ReadonlyMap<string, string>, body: string): Part[] {
  const contentType = headers.get('content-type') ?? 'text/plain'
  const boundary = /boundary="([^"]+)"/.exec(contentType)?.[1]
  if (boundary !== undefined) {
    return body
      .split(`--${boundary}`)
      .slice(1, -1)
      .flatMap((part) => {
        // The line break before a boundary belongs to it (RFC 2046 §5.1.1).
        const inner = split(part.replace(/^\r\n|\r\n$/g, ''))
        return partsOf(inner.headers, inner.body)
      })
  }
  const [type = '', ...given] = contentType.split(';').map((part) => part.trim())
  const parameters = new Map(
    given.map((one) => {
      const [name = '', value = ''] = one.split('=')
      return [name.toLowerCase(), value.replace(/^"|"$/g, '')] as const
    }),
  )
  return [{ type, parameters, content: decode(body, headers.get('content-transfer-encoding') ?? '7bit') }]
}

function decode(body: string, encoding: string): string {
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString()
  const bytes = encoding === 'quoted-printable' ? fromQuoted(body.replace(/=\r\n/g, '')) : body
  return Buffer.from(bytes, 'latin1').toString()
}

const fromQuoted = (text: string): string =>
  text.replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))

const decodeWords = (value: string): string =>
  value
    .replace(/\?=\s+=\?/g, '?==?')
    .replace(/=\?utf-8\?([QB])\?([^?]*)\?=/gi, (_, how: string, text: string) =>
      how.toUpperCase() === 'B'
        ? Buffer.from(text, 'base64').toString('latin1')
        : fromQuoted(text.replaceAll('_', ' ')),
    )
    .replace(/[\u0080-\u00ff]+/g, (bytes) => Buffer.from(bytes, 'latin1').toString())
