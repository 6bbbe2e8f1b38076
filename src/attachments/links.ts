/** Links by which a file is fetched: signed, for one person, until a moment. Pure. */
import { createHmac, timingSafeEqual } from 'node:crypto'

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
  const query = new URLSearchParams({ reader, region, expires: String(expiresAt), signature: sign(link, secret) })
  return `attachments/${encodeURIComponent(channel)}/${encodeURIComponent(id)}?${query}`
}

/** Whether the link is as it was made, and not over. */
export const isValid = (link: Link, signature: string, secret: string, now: number): boolean =>
  // The text itself is compared: base64url leaves bits over, so other texts can stand for the same bytes.
  sameText(signature, sign(link, secret)) && now < link.expiresAt

/** As JSON, so that no two links are the same text. */
function sign({ channel, id, reader, region, expiresAt }: Link, secret: string): string {
  const said = JSON.stringify([channel, id, reader, region, expiresAt])
  return createHmac('sha256', secret).update(said).digest('base64url')
}

function sameText(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)]
  return left.length === right.length && timingSafeEqual(left, right)
}
