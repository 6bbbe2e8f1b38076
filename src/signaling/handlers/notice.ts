import type { Contact, Contacts } from '../../notices/contacts.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'

export const noticeHandlers = (contacts: Contacts): Handlers<MethodsOf<'notice'>> => ({
  async 'notice.preferences'({ identity }) {
    return (await contacts.get(identity.region, identity.person)) ?? unknown
  },
  async 'notice.setPreferences'({ identity }, preferences) {
    return contacts.choose(identity.region, identity.person, preferences)
  },
})

const unknown: Contact = { language: 'fr', digest: 'each' }
