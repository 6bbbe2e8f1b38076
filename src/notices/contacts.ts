/** The contacts of each region: e-mail addresses, and how people want to be written to. Addresses are never logged. */
import { type Preferences, VisavisError } from '../protocol/index.ts'
import { outageAware } from '../store/errors.ts'
import { fenceKey } from '../store/fence.ts'
import type { RedisClient } from '../store/redis.ts'
import { type Contact, contactOf, type OwnChoice, type StoredContact } from './contact.ts'
import { noticeKeys } from './keys.ts'
import * as scripts from './scripts.ts'

export type { Contact } from './contact.ts'

/** What the agency says of somebody; what is left out is as for everybody. */
export type AgencyContact = { readonly email: string } & Partial<Preferences>

/** With Redis away, every method throws VisavisError UNAVAILABLE and may be repeated. */
export class Contacts {
  readonly #client: RedisClient
  readonly #onChoice: () => void

  /** @param onChoice somebody's preferences have changed on this node: what waits for them may be due now. */
  constructor({ client, onChoice = () => {} }: { client: RedisClient; onChoice?: () => void }) {
    this.#client = client
    this.#onChoice = onChoice
  }

  /** Undefined when neither the agency nor the person has said anything. */
  async get(region: string, person: string): Promise<Contact | undefined> {
    const json = await outageAware(this.#client.hget(noticeKeys(region).contacts, person))
    return json === null ? undefined : contactOf(JSON.parse(json) as StoredContact)
  }

  /**
   * Stores what the agency says; what the person has chosen themselves stays, so that no nightly list undoes it.
   * @throws VisavisError BAD_REQUEST for quiet hours without length, GONE for somebody who is erased.
   */
  async set(
    region: string,
    person: string,
    { email, language, digest, quiet }: AgencyContact,
  ): Promise<{ contact: Contact; changed: boolean }> {
    checkQuiet(quiet)
    // Always in this order: the script compares the text.
    const said = JSON.stringify({ language, digest, quiet: quiet && { from: quiet.from, until: quiet.until } })
    const { contacts } = noticeKeys(region)
    const stored = await scripts.setContact(this.#client, [contacts, fenceKey(region)], [person, email, said])
    if (stored === undefined) throw isErased(person)
    return { contact: contactOf(stored.contact), changed: stored.changed }
  }

  /**
   * Stores what the person has chosen. From then on it counts for them.
   * @throws VisavisError BAD_REQUEST for quiet hours without length, GONE for somebody who is erased.
   */
  async choose(region: string, person: string, { language, digest, quiet }: Preferences): Promise<Contact> {
    checkQuiet(quiet)
    const { notices, own, open, due, expiring, contacts } = noticeKeys(region)
    const chosen: OwnChoice = { language, digest, quiet: quiet ?? false }
    const contact = await scripts.choose(
      this.#client,
      [notices, own, open, due, expiring, contacts, fenceKey(region)],
      [person, JSON.stringify(chosen)],
    )
    if (contact === undefined) throw isErased(person)
    this.#onChoice()
    return contactOf(contact)
  }

  /** No more notices that are not official, or again; undefined for somebody unknown, of whom nothing is kept. */
  async subscribe(region: string, person: string, wanted: boolean): Promise<Contact | undefined> {
    const contact = await scripts.subscribe(this.#client, [noticeKeys(region).contacts], [person, wanted ? 1 : 0])
    return contact && contactOf(contact)
  }
}

const isErased = (person: string) => new VisavisError('GONE', `${person} was erased`)

function checkQuiet(quiet: Preferences['quiet']): void {
  if (quiet === undefined || quiet.from !== quiet.until) return
  throw new VisavisError('BAD_REQUEST', 'quiet hours end at another time than they begin')
}
