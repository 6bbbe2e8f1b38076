/** Shown instead of the page when the connection is closed for good. */
import type { Visavis } from '../../client/index.ts'
import { closedSentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { signOut } from './signed-in.ts'

export const Closed = ({ visavis }: { visavis: Visavis }) => (
  <section class="ds-card empty" data-color="neutral" role="alert">
    <h1 class="ds-heading" data-size="sm">
      {t('closedHeading')}
    </h1>
    <p class="ds-paragraph">{t(closedSentenceOf(visavis.failure))}</p>
    <button type="button" class="ds-button" data-color="accent" onClick={signOut}>
      {t('signInAgain')}
    </button>
  </section>
)
