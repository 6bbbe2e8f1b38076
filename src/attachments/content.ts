/**
 * What a file is, by what is in it and never by its name. The first bytes tell pictures, PDF and everything else that has a
 * signature (file-type); documents of office programs are looked into when they are whole (office.ts); a text has no
 * signature, so every byte of it is looked at.
 */
import { refusal } from './refusals.ts'

/** As much as file-type looks at. */
export const sampleBytes = 4_100

/** `office`: a ZIP, which must turn out to be a document. `text`: must be one to the end. */
export type FirstSight = { readonly is: 'office' | 'text' } | { readonly is: 'known'; readonly mediaType: string }

/** Types with a signature that are taken, and the name under which each is kept. */
const known: Readonly<Record<string, string>> = {
  'application/pdf': 'application/pdf',
  'image/png': 'image/png',
  'image/apng': 'image/png',
  'image/jpeg': 'image/jpeg',
  'image/webp': 'image/webp',
  'image/gif': 'image/gif',
  'image/heic': 'image/heic',
  'image/heic-sequence': 'image/heic',
  'image/heif': 'image/heif',
  'image/heif-sequence': 'image/heif',
}
const zip = Buffer.from('PK\u0003\u0004', 'latin1')
const pdf = Buffer.from('%PDF-')
const compoundFile = 'application/x-cfb'

/**
 * @param sample the first bytes, or all there are.
 * @throws VisavisError UNSUPPORTED.
 */
export async function atFirstSight(sample: Uint8Array): Promise<FirstSight> {
  if (startsWith(sample, zip)) return { is: 'office' }
  // Signatures of two or three letters are found in texts: FORMATION begins like an AIFF, BMW like a bitmap.
  if (looksLikeText(sample) && !startsWith(sample, pdf)) {
    refuseProgramText(new TextDecoder().decode(sample).trimStart())
    return { is: 'text' }
  }
  // Many files large: loaded with the first one that comes.
  const { fileTypeFromBuffer } = await import('file-type')
  const found = await fileTypeFromBuffer(sample)
  const mediaType = found === undefined ? undefined : known[found.mime]
  if (mediaType !== undefined) return { is: 'known', mediaType }
  // Without a signature and without NUL it is most likely a text of an older encoding.
  if (found === undefined) throw refusal(sample.includes(0) ? 'type' : 'text')
  throw refusal(found.mime === compoundFile ? 'legacy-office' : 'type', found.mime)
}

const startsWith = (bytes: Uint8Array, signature: Uint8Array): boolean =>
  signature.every((byte, index) => bytes[index] === byte)

function looksLikeText(sample: Uint8Array): boolean {
  const check = new TextCheck()
  return check.takes(sample)
}

/** Texts that a program somewhere takes for more than a text. */
function refuseProgramText(text: string): void {
  if (/^<[a-z!?/]/i.test(text)) throw refusal('markup')
  if (text.startsWith('#!')) throw refusal('type', 'text/x-script')
  if (text.startsWith('{\\rtf')) throw refusal('type', 'application/rtf')
  if (text.startsWith('%!')) throw refusal('type', 'application/postscript')
}

/** Whether bytes that come one part after the other are a text: UTF-8, without NUL. */
export class TextCheck {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true })

  /** @returns whether it is one so far; a character may be cut off at the end. */
  takes(bytes: Uint8Array): boolean {
    return !bytes.includes(0) && this.#decodes(bytes, true)
  }

  /** @returns whether it is one as a whole. */
  ends(): boolean {
    return this.#decodes(new Uint8Array(), false)
  }

  #decodes(bytes: Uint8Array, more: boolean): boolean {
    try {
      this.#decoder.decode(bytes, { stream: more })
      return true
    } catch {
      return false
    }
  }
}
