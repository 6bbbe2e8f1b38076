/**
 * Links by which the reader of a mail says that they have read it, without signing in. A link names the notice and is signed
 * with the secret that all nodes share. Whoever has the mail has the link: it shows nothing that the mail does not.
 */
import { isSignature, signatureOf } from '../signed/signed.ts'
import type { RedisClient } from '../store/redis.ts'
import { LinkSecret } from './link-secret.ts'

/** Which notice, in which region. */
export interface NoticeName {
  readonly region: string
  readonly key: string
}

export class Proofs {
  readonly #secret: LinkSecret

  constructor({ client }: { client: RedisClient }) {
    this.#secret = new LinkSecret(client)
  }

  async token(notice: NoticeName): Promise<string> {
    return signNotice(await this.#secret.get(), notice)
  }

  /** Undefined: it is not one of ours. */
  async notice(token: string): Promise<NoticeName | undefined> {
    return readNotice(await this.#secret.get(), token)
  }
}

/** Pure. */
export function signNotice(secret: string, notice: NoticeName): string {
  const named = Buffer.from(`${notice.region}/${notice.key}`).toString('base64url')
  return `${named}.${signatureOf(saidOf(notice), secret)}`
}

/** Undefined if it was not made with this secret. Pure. */
export function readNotice(secret: string, token: string): NoticeName | undefined {
  const [named = '', signature = '', more] = token.split('.')
  const notice = splitName(Buffer.from(named, 'base64url').toString())
  if (more !== undefined || notice === undefined) return undefined
  return isSignature(signature, saidOf(notice), secret) ? notice : undefined
}

/** `<region>/<key>`: a region has no slash, a key may. Pure. */
export function splitName(name: string): NoticeName | undefined {
  const cut = name.indexOf('/')
  return cut < 1 || cut === name.length - 1 ? undefined : { region: name.slice(0, cut), key: name.slice(cut + 1) }
}

/** Never the same as that of an unsubscription. */
const saidOf = ({ region, key }: NoticeName): string => `read/${region}/${key}`
