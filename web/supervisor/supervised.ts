/** What every part of this page is given. */
import type { Visavis } from '../../client/index.ts'
import type { RegionScheme, SchemeOverview } from '../../client/region-scheme.ts'
import type { KeptPerson, Supervision } from '../../client/supervision.ts'
import type { Loaded } from './use-loaded.ts'

export interface Supervised {
  readonly visavis: Visavis
  readonly supervision: Supervision
  readonly scheme: RegionScheme
  /** Those who are at work in the team or the region. */
  readonly advisors: Loaded<readonly KeptPerson[]>
  /** How the region stands, and who follows more than the target. */
  readonly overview: Loaded<SchemeOverview>
}

/** An id where there is no name: somebody who has left, or is not known yet. */
export const nameIn = (advisors: Supervised['advisors'], id: string): string =>
  advisors.value?.find((one) => one.id === id)?.name ?? id
