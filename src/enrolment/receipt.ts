/** The number of a receipt: short enough to be read out, and not to be guessed. */
import { randomInt } from 'node:crypto'

/** Without characters that are taken for others (Crockford’s alphabet). */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/** `XXXX-XXXX-XX`: 50 bits. */
export function makeReceipt(): string {
  const text = Array.from({ length: 10 }, () => alphabet[randomInt(alphabet.length)]).join('')
  return `${text.slice(0, 4)}-${text.slice(4, 8)}-${text.slice(8)}`
}
