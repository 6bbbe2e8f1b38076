/** Links by which a file is fetched: signed, for one person, until a moment. Pure. */
import { isSignature, signatureOf } from '../signed/signed.ts'

/** What a link says. All of it is signed. */
export interface Link {
  readonly channel: string
  readonly id: string
  /** Whom it was made for, and their region: whether they still take part is looked up when it is used. */
  readonly reader: string
  readonly region: string
  /** ms */
  readonly expiresAt: number
}

/** Relative to the address of the node, so that it works under any prefix. */
export function urlOf(link: Link, secret: string): string {
  const { channel, id, reader, region, expiresAt } = link
  const signature = signatureOf(saidBy(link), secret)
  const query = new URLSearchParams({ reader, region, expires: String(expiresAt), signature })
  return `attachments/${encodeURIComponent(channel)}/${encodeURIComponent(id)}?${query}`
}

/** Whether the link is as it was made, and not over. */
export const isValid = (link: Link, signature: string, secret: string, now: number): boolean =>
  isSignature(signature, saidBy(link), secret) && now < link.expiresAt

/** As JSON, so that no two links are the same text. */
const saidBy = ({ channel, id, reader, region, expiresAt }: Link): string =>
  JSON.stringify([channel, id, reader, region, expiresAt])
