/** What was decided, the newest first, each with the number by which one can refer to it. To be printed. */
import type { ReadText, SchemeAct } from '../../client/scheme.ts'
import { language, locale, t } from '../language/language.ts'
import { askedSentence } from './obstacle.ts'

const when = (at: number): string =>
  new Intl.DateTimeFormat(locale(), { dateStyle: 'long', timeStyle: 'short' }).format(at)

const sentence = ({ is, text = '', bar }: SchemeAct): string =>
  t(is === 'asked' ? askedSentence(bar) : `receipt${is}`, { version: text })

const Receipt = ({ act, text }: { readonly act: SchemeAct; readonly text: ReadText | undefined }) => {
  const { at, receipt, why } = act
  // As it was read, not in the language of the page today.
  const read = act.language ?? language.value
  return (
    <li class="receipts__one">
      <p class="strong">{sentence(act)}</p>
      {why === undefined ? null : (
        <p>
          {t('receiptWhy')} <q dir="auto">{why}</q>
        </p>
      )}
      <p>{when(at)}</p>
      <p class="receipts__number">{t('receiptNumber', { number: receipt })}</p>
      {text === undefined ? null : (
        <details class="receipts__text">
          <summary>{t('receiptText')}</summary>
          <div lang={read}>
            {text[read].split('\n\n').map((paragraph) => (
              <p key={paragraph}>{paragraph}</p>
            ))}
          </div>
        </details>
      )}
    </li>
  )
}

export interface ReceiptsProps {
  readonly acts: readonly SchemeAct[]
  readonly texts: readonly ReadText[]
}

export const Receipts = ({ acts, texts }: ReceiptsProps) =>
  acts.length === 0 ? null : (
    <section class="ds-card panel side" data-color="neutral" aria-labelledby="receipts-heading">
      <h2 class="ds-heading" data-size="2xs" id="receipts-heading">
        {t('receiptsHeading')}
      </h2>
      <ul class="receipts">
        {acts.toReversed().map((act) => (
          <Receipt key={act.n} act={act} text={texts.find(({ digest }) => digest === act.digest)} />
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
