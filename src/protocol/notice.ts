/** How somebody wants to hear by e-mail of what waits for them. Addresses are set by the agency's systems over REST. */
import { method } from './define.ts'
import { Empty, object, oneOf, optional, type Static } from './schema.ts'
import { Type } from './type.ts'

export const Language = oneOf('fr', 'en')
export type Language = Static<typeof Language>

/** `each`: as soon as something waits. `daily`: once a day, all together. `off`: official notices only. */
export const Digest = oneOf('each', 'daily', 'off')
export type Digest = Static<typeof Digest>

const LocalTime = Type.String({
  pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$',
  minLength: 5,
  maxLength: 5,
  description: 'on the clocks of the region, such as 20:00',
})

/** From one time of day until another, over midnight if the second is the earlier one. */
export const Quiet = object({ from: LocalTime, until: LocalTime })
export type Quiet = Static<typeof Quiet>

/** What HTML takes for an address: ASCII, no quotes, no spaces, so it can be put into a header as it is. */
export const Email = Type.String({
  pattern:
    "^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$",
  minLength: 3,
  maxLength: 254,
  description: 'an e-mail address',
})

export const Preferences = object({
  language: Language,
  digest: Digest,
  /** Absent: no quiet hours. */
  quiet: optional(Quiet),
})
export type Preferences = Static<typeof Preferences>

const ownPreferences = object({
  ...Preferences.properties,
  /** Where notices go; absent while the agency has given no address. */
  email: optional(Email),
})

const roles = ['jobseeker', 'advisor', 'supervisor'] as const

export const noticeMethods = {
  'notice.preferences': method({
    summary: 'How this person wants to hear by e-mail of what waits for them, and where notices go.',
    roles,
    params: Empty,
    result: ownPreferences,
  }),
  'notice.setPreferences': method({
    summary:
      'Changes language, digest and quiet hours, all three: without `quiet` there are none. From then on what the agency says of them no longer counts for this person. Official notices are sent whatever is chosen.',
    roles,
    params: Preferences,
    result: ownPreferences,
    cost: 5,
    audit: { record: 'acts', details: ['params.digest', 'params.language'] },
  }),
}
