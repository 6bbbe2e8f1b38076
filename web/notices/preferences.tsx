/** How a person wants to hear by e-mail of messages that wait for them. */
import { useEffect, useId, useState } from 'preact/hooks'
import type { NoticeChoice, NoticePreferences as Own, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { type Key, languages, t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { Dialog, FormActions } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { useChanges } from '../page/use-changes.ts'

const digests: readonly { readonly value: NoticeChoice['digest']; readonly label: Key; readonly hint: Key }[] = [
  { value: 'each', label: 'noticeEach', hint: 'noticeEachHint' },
  { value: 'daily', label: 'noticeDaily', hint: 'noticeDailyHint' },
  { value: 'off', label: 'noticeOff', hint: 'noticeOffHint' },
]
/** Where quiet hours begin for whoever wants some. */
const usualQuiet = { from: '20:00', until: '08:00' }

export const NoticePreferences = ({ visavis, onClose }: { visavis: Visavis; onClose: () => void }) => {
  const { notices } = visavis
  useChanges((change) => notices.onChange(change), notices)
  useEffect(() => notices.refresh(), [notices])
  const { preferences: own, error } = notices
  return (
    <Dialog title={t('noticeHeading')} onClose={onClose}>
      {error === undefined ? null : <Notice color="danger">{t(sentenceOf(error))}</Notice>}
      {own === undefined && error === undefined ? <p class="quiet">{t('loading')}</p> : null}
      {/* By its content: what was changed elsewhere meanwhile is shown as it is. */}
      {own === undefined ? null : <Form key={JSON.stringify(own)} visavis={visavis} own={own} onClose={onClose} />}
    </Dialog>
  )
}

const Form = ({ visavis, own, onClose }: { visavis: Visavis; own: Own; onClose: () => void }) => {
  const id = useId()
  const { email, ...before } = own
  const [wanted, want] = useState<NoticeChoice>(before)
  const { busy, problem, run } = useAct()
  const { quiet } = wanted
  const { quiet: _quiet, ...loud } = wanted
  const save = async () => {
    if (!(await run(() => visavis.notices.choose(wanted)))) return
    announce(t('saved'))
    onClose()
  }
  return (
    <form
      class="form"
      data-color="accent"
      onSubmit={(event) => {
        event.preventDefault()
        if (!busy) void save()
      }}
    >
      <p class="quiet">{email === undefined ? t('noticeNoAddress') : t('noticeAddress', { email })}</p>
      <fieldset class="ds-fieldset">
        <legend class="ds-label">{t('noticeWhen')}</legend>
        {digests.map(({ value, label, hint }) => (
          <div key={value} class="ds-field choice">
            <input
              class="ds-input"
              type="radio"
              id={`${id}-${value}`}
              name={`${id}-digest`}
              aria-describedby={`${id}-${value}-hint`}
              checked={wanted.digest === value}
              onChange={() => want({ ...wanted, digest: value })}
            />
            <label class="ds-label" data-weight="regular" for={`${id}-${value}`}>
              {t(label)}
            </label>
            <p class="quiet" id={`${id}-${value}-hint`}>
              {t(hint)}
            </p>
          </div>
        ))}
      </fieldset>
      <fieldset class="ds-fieldset">
        <legend class="ds-label">{t('noticeQuiet')}</legend>
        <div class="ds-field">
          <input
            class="ds-input"
            type="checkbox"
            id={`${id}-quiet`}
            checked={quiet !== undefined}
            onChange={() => want(quiet === undefined ? { ...wanted, quiet: usualQuiet } : loud)}
          />
          <label class="ds-label" data-weight="regular" for={`${id}-quiet`}>
            {t('noticeQuietOn')}
          </label>
        </div>
        {quiet === undefined ? null : (
          <div class="hours">
            {(['from', 'until'] as const).map((edge) => (
              <div key={edge} class="ds-field">
                <label class="ds-label" data-weight="regular" for={`${id}-${edge}`}>
                  {t(edge === 'from' ? 'noticeFrom' : 'noticeUntil')}
                </label>
                <input
                  class="ds-input"
                  type="time"
                  required
                  id={`${id}-${edge}`}
                  value={quiet[edge]}
                  onInput={(event) => want({ ...wanted, quiet: { ...quiet, [edge]: event.currentTarget.value } })}
                />
              </div>
            ))}
          </div>
        )}
      </fieldset>
      <div class="ds-field">
        <label class="ds-label" for={`${id}-language`}>
          {t('noticeLanguage')}
        </label>
        <select
          class="ds-input"
          id={`${id}-language`}
          value={wanted.language}
          onChange={(event) => want({ ...wanted, language: event.currentTarget.value === 'en' ? 'en' : 'fr' })}
        >
          {languages.map(({ code, name }) => (
            <option key={code} value={code}>
              {name}
            </option>
          ))}
        </select>
      </div>
      {problem === undefined ? null : (
        <p class="problem" role="alert">
          {problem}
        </p>
      )}
      <FormActions action={t('save')} disabled={busy} onClose={onClose} />
    </form>
  )
}
