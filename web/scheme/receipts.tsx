/** What was decided, the newest first, each with the number by which one can refer to it. To be printed. */
import type { SchemeAct } from '../../client/scheme.ts'
import { language, t } from '../language/language.ts'

const when = (at: number): string =>
  new Intl.DateTimeFormat(language.value, { dateStyle: 'long', timeStyle: 'short' }).format(at)

export const Receipts = ({ acts }: { acts: readonly SchemeAct[] }) =>
  acts.length === 0 ? null : (
    <section class="ds-card panel side" data-color="neutral" aria-labelledby="receipts-heading">
      <h2 class="ds-heading" data-size="2xs" id="receipts-heading">
        {t('receiptsHeading')}
      </h2>
      <ul class="receipts">
        {acts.toReversed().map(({ n, is, at, receipt, text, why }) => (
          <li key={n} class="receipts__one">
            <p class="strong">{t(`receipt${is}`, { version: text ?? '' })}</p>
            {why === undefined ? null : (
              <p>
                {t('receiptWhy')} <q dir="auto">{why}</q>
              </p>
            )}
            <p>{when(at)}</p>
            <p class="receipts__number">{t('receiptNumber', { number: receipt })}</p>
          </li>
        ))}
      </ul>
      <p class="quiet">{t('receiptNever')}</p>
      <button
        type="button"
        class="ds-button"
        data-variant="secondary"
        data-color="neutral"
        data-size="sm"
        onClick={() => print()}
      >
        {t('receiptPrint')}
      </button>
    </section>
  )
