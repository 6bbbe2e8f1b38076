/** JSON that is hashed and signed is canonical (RFC 8785), so that everybody comes to the same bytes. */
import { hash } from 'node:crypto'
import serialize from 'canonicalize'

/** @throws Error for what JSON cannot say. */
export function canonical(value: object): string {
  const text = serialize(value)
  if (text === undefined) throw new Error('this has no canonical JSON')
  return text
}

/** SHA-256 in hexadecimal. */
export const digestOf = (text: string): string => hash('sha256', text, 'hex')
