/** Takes the bytes of a file in as they come: counted, hashed, written, and looked at. Never more than a part in memory. */
import { createHash } from 'node:crypto'
import { VisavisError } from '../protocol/index.ts'
import { atFirstSight, type FirstSight, sampleBytes, TextCheck } from './content.ts'
import type { Draft } from './files.ts'
import { documentType } from './office.ts'
import { refusal } from './refusals.ts'

export interface Received {
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
  readonly mediaType: string
}

/**
 * @throws VisavisError TOO_LARGE and UNSUPPORTED as soon as it shows, BAD_REQUEST for an empty file; and what `body` throws.
 * Nothing more of `body` is read then.
 */
export async function receive(
  body: AsyncIterable<Uint8Array>,
  draft: Draft,
  { maxBytes }: { readonly maxBytes: number },
): Promise<Received> {
  const hash = createHash('sha256')
  const look = new Look()
  for await (const chunk of body) {
    if (draft.bytes + chunk.byteLength > maxBytes) throw tooLarge(maxBytes)
    await look.take(chunk)
    hash.update(chunk)
    await draft.write(chunk)
  }
  if (draft.bytes === 0) throw new VisavisError('BAD_REQUEST', 'the file is empty')
  const mediaType = await typeOf(await look.end(), draft)
  return { bytes: draft.bytes, sha256: hash.digest('hex'), mediaType }
}

async function typeOf(sight: FirstSight, draft: Draft): Promise<string> {
  if (sight.is === 'known') return sight.mediaType
  return sight.is === 'text' ? 'text/plain' : documentType(draft)
}

export const tooLarge = (maxBytes: number): VisavisError =>
  new VisavisError('TOO_LARGE', `a file has at most ${maxBytes} bytes`, { details: { maxBytes } })

/** Looks at the first bytes as soon as there are enough of them, and at every byte of a text. */
class Look {
  #sample: Uint8Array[] = []
  #sampled = 0
  #sight: FirstSight | undefined
  readonly #text = new TextCheck()

  async take(chunk: Uint8Array): Promise<void> {
    if (this.#sight === undefined) {
      this.#sample.push(chunk)
      this.#sampled += chunk.byteLength
      if (this.#sampled >= sampleBytes) await this.#decide()
    } else if (this.#sight.is === 'text') this.#check(chunk)
  }

  async end(): Promise<FirstSight> {
    const sight = this.#sight ?? (await this.#decide())
    if (sight.is === 'text' && !this.#text.ends()) throw refusal('text')
    return sight
  }

  async #decide(): Promise<FirstSight> {
    const start = Buffer.concat(this.#sample)
    this.#sample = []
    const sight = await atFirstSight(start.subarray(0, sampleBytes))
    this.#sight = sight
    if (sight.is === 'text') this.#check(start)
    return sight
  }

  #check(bytes: Uint8Array): void {
    if (!this.#text.takes(bytes)) throw refusal('text')
  }
}
