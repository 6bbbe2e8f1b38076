/** The text one is asked, and saying yes to it; or why that is not possible now. */
import { useId, useRef, useState } from 'preact/hooks'
import type { OwnScheme, Scheme } from '../../client/scheme.ts'
import { sentenceOf } from '../language/failures.ts'
import { language, t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { pages } from '../page/place.ts'
import { useAct } from '../page/use-act.ts'
import { barOf, obstacleSentence } from './obstacle.ts'

export interface JoinFormProps {
  readonly scheme: Scheme
  readonly own: OwnScheme
  readonly onJoined: () => void
  /** What is shown is not how it is any more. */
  readonly onStale: () => void
}

export const JoinForm = ({ scheme, own, onJoined, onStale }: JoinFormProps) => {
  const id = useId()
  const box = useRef<HTMLInputElement>(null)
  const [read, setRead] = useState(false)
  const [wrong, setWrong] = useState(false)
  const act = useAct((error) => obstacleSentence(barOf(error)) ?? sentenceOf(error))
  const { text, obstacle, state } = own
  const hindered = obstacle === undefined || obstacle === 'leaving' ? undefined : obstacleSentence(obstacle)
  const join = async () => {
    if (!read) {
      setWrong(true)
      box.current?.focus()
      return
    }
    if (await act.run(() => scheme.join(text.version, language.value))) onJoined()
    else onStale()
  }
  return (
    <section class="ds-card panel side" data-color="neutral" aria-labelledby={`${id}-heading`}>
      <h2 class="ds-heading" data-size="2xs" id={`${id}-heading`}>
        {t('schemeTextHeading')}
      </h2>
      <div class="scheme__text">
        {text[language.value].split('\n\n').map((paragraph) => (
          <p key={paragraph}>{paragraph}</p>
        ))}
        <p class="quiet">{t('schemeTextVersion', { version: text.version })}</p>
      </div>
      {hindered === undefined ? null : <Notice color="warning">{t(hindered)}</Notice>}
      {obstacle === 'check' ? (
        <p>
          <a class="ds-button" data-color="accent" href={`${pages}check#joining`}>
            {t('schemeCheck')}
          </a>
        </p>
      ) : null}
      {hindered === undefined ? (
        <form
          class="form"
          noValidate
          onSubmit={(event) => {
            event.preventDefault()
            void join()
          }}
        >
          <div class="ds-field">
            <input
              ref={box}
              class="ds-input"
              type="checkbox"
              id={id}
              checked={read}
              required
              aria-invalid={wrong}
              aria-describedby={`${id}-error`}
              onChange={({ currentTarget: { checked } }) => {
                setRead(checked)
                setWrong(false)
              }}
            />
            <label class="ds-label" data-weight="regular" for={id}>
              {t('schemeRead')}
            </label>
            <p class="ds-validation-message" id={`${id}-error`} hidden={!wrong}>
              {t('schemeReadMissing')}
            </p>
          </div>
          {act.problem === undefined ? null : (
            <p class="problem" role="alert">
              {act.problem}
            </p>
          )}
          <button type="submit" class="ds-button" data-color="accent" disabled={act.busy || own.settling}>
            {t(state === 'out' ? 'schemeRejoin' : 'schemeJoin')}
          </button>
        </form>
      ) : null}
    </section>
  )
}
