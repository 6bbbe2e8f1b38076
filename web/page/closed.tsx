/** Shown instead of the page when the connection is closed for good. */
import { type Visavis, VisavisError } from '../../client/index.ts'
import { closedSentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { pages } from './place.ts'
import { signedIn, signInAgain } from './signed-in.ts'

/** Whoever has left, or has yet to join, has a page all the same. */
const isOutside = (failure: unknown): boolean =>
  signedIn()?.role === 'jobseeker' && failure instanceof VisavisError && failure.code === 'FORBIDDEN'

export const Closed = ({ visavis }: { visavis: Visavis }) => (
  <section class="ds-card empty" data-color="neutral" role="alert">
    <h1 class="ds-heading" data-size="sm">
      {t('closedHeading')}
    </h1>
    <p class="ds-paragraph">{t(isOutside(visavis.failure) ? 'outside' : closedSentenceOf(visavis.failure))}</p>
    {isOutside(visavis.failure) ? (
      <a class="ds-button" data-color="accent" href={`${pages}scheme`}>
        {t('schemePage')}
      </a>
    ) : null}
    <button
      type="button"
      class="ds-button"
      data-color="accent"
      data-variant={isOutside(visavis.failure) ? 'secondary' : 'primary'}
      onClick={signInAgain}
    >
      {t('signInAgain')}
    </button>
  </section>
)
