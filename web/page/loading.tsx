/** While a page is not there yet: that it is being loaded, or why the server lets nobody in for now. */
import type { Visavis, VisavisError } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { useChanges } from './use-changes.ts'

export const Loading = ({ visavis }: { visavis: Visavis }) => {
  useChanges((change) => visavis.onRefusal(change), visavis)
  return (
    <p class="empty" role="status">
      {hindrance(visavis.refusal) ?? t('loading')}
    </p>
  )
}

/** What the person can do something about. */
function hindrance(refusal: VisavisError | undefined): string | undefined {
  const { limit, most } = refusal?.details ?? {}
  return limit === 'sessionsPerPerson' && typeof most === 'number' ? t('tooManyDevices', { count: most }) : undefined
}
