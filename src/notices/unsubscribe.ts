/**
 * Links by which somebody gets no more mail, without signing in. A link names person and region and is signed with a
 * secret that all nodes share: made once, kept in Redis, so that the links of old mails go on working.
 */
import { isSignature, signatureOf } from '../signed/signed.ts'
import type { RedisClient } from '../store/redis.ts'
import type { Contact, Contacts } from './contacts.ts'
import { LinkSecret } from './link-secret.ts'

export type { Contact } from './contacts.ts'

export interface Addressee {
  readonly region: string
  readonly person: string
}

/** Pure. */
export function signToken(secret: string, addressee: Addressee): string {
  const named = Buffer.from(`${addressee.region}/${addressee.person}`).toString('base64url')
  return `${named}.${signatureOf(saidOf(addressee), secret)}`
}

/** Who a link is for; undefined if it was not made with this secret. Pure. */
export function readToken(secret: string, token: string): Addressee | undefined {
  const [named = '', signature = '', more] = token.split('.')
  const [region = '', person = '', rest] = Buffer.from(named, 'base64url').toString().split('/')
  if (more !== undefined || rest !== undefined) return undefined
  return isSignature(signature, saidOf({ region, person }), secret) ? { region, person } : undefined
}

/** Neither id has a slash. */
const saidOf = ({ region, person }: Addressee): string => `unsubscribe/${region}/${person}`

export class Unsubscribe {
  readonly #secret: LinkSecret
  readonly #contacts: Contacts

  constructor({ client, contacts }: { client: RedisClient; contacts: Contacts }) {
    this.#secret = new LinkSecret(client)
    this.#contacts = contacts
  }

  async token(addressee: Addressee): Promise<string> {
    return signToken(await this.#secret.get(), addressee)
  }

  /** `unknown`: the link is right, but nothing is known of the person any more. Undefined: it is not one of ours. */
  async contact(token: string): Promise<Contact | 'unknown' | undefined> {
    const addressee = readToken(await this.#secret.get(), token)
    if (addressee === undefined) return undefined
    return (await this.#contacts.get(addressee.region, addressee.person)) ?? 'unknown'
  }

  /** No more notices that are not official, or again; as `contact`. A repeat changes nothing. */
  async subscribe(token: string, wanted: boolean): Promise<Contact | 'unknown' | undefined> {
    const addressee = readToken(await this.#secret.get(), token)
    if (addressee === undefined) return undefined
    return (await this.#contacts.subscribe(addressee.region, addressee.person, wanted)) ?? 'unknown'
  }
}
