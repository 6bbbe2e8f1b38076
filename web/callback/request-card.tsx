/** "Call me back": the form, or how the request is getting on. */
import { useEffect, useState } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { PhoneIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { Progress } from './progress.tsx'
import { RequestForm } from './request-form.tsx'

export const RequestCard = ({ visavis, advisor }: { visavis: Visavis; advisor: string }) => {
  const { callbacks } = visavis
  const [, redraw] = useState(0)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  /** A completed request is shown until the person wants to ask again. */
  const [dismissed, setDismissed] = useState<string>()
  useEffect(() => callbacks.onChange(() => redraw((count) => count + 1)), [callbacks])

  const act = async (work: () => Promise<unknown>) => {
    setBusy(true)
    setError(undefined)
    try {
      await work()
    } catch (failure) {
      setError(failure)
    } finally {
      setBusy(false)
    }
  }
  const newest = callbacks.list.at(-1)
  const shown = newest?.state === 'cancelled' || newest?.id === dismissed ? undefined : newest
  const failure = error ?? (callbacks.loaded ? undefined : callbacks.error)
  return (
    <section class="ds-card panel side" data-color="neutral" aria-labelledby="callback-heading">
      <div class="side__head">
        <PhoneIcon />
        <h2 class="ds-heading" data-size="2xs" id="callback-heading">
          {t('callbackHeading')}
        </h2>
      </div>
      {failure === undefined ? null : <Notice color="danger">{t(sentenceOf(failure))}</Notice>}
      {shown === undefined ? (
        <>
          <p class="quiet">{t('callbackIntro')}</p>
          <RequestForm
            advisor={advisor}
            busy={busy}
            onRequest={(request) => void act(() => callbacks.request(request))}
          />
        </>
      ) : (
        <>
          <Progress callback={shown} advisor={advisor} />
          {shown.state === 'done' || shown.state === 'unreachable' ? (
            <button
              type="button"
              class="ds-button"
              data-variant="secondary"
              data-color="accent"
              onClick={() => setDismissed(shown.id)}
            >
              {t('callbackAgain')}
            </button>
          ) : (
            <button
              type="button"
              class="ds-button"
              data-variant="tertiary"
              data-color="danger"
              disabled={busy}
              onClick={() => void act(() => callbacks.cancel(shown.id))}
            >
              {t('callbackCancel')}
            </button>
          )}
        </>
      )}
    </section>
  )
}
