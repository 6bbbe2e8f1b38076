/** Hands a jobseeker over to a colleague: to whom, why, and then once more whether it is meant. */
import { useEffect, useId, useState } from 'preact/hooks'
import type { Colleague, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Words } from '../language/words.tsx'
import { announce } from '../page/announcer.tsx'
import { Dialog, FormActions } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'

export interface TransferDialogProps {
  readonly visavis: Visavis
  readonly jobseeker: { readonly id: string; readonly name: string }
  readonly onClose: () => void
}

export const TransferDialog = ({ visavis, jobseeker, onClose }: TransferDialogProps) => {
  const id = useId()
  const [colleagues, setColleagues] = useState<readonly Colleague[]>()
  const [error, setError] = useState<unknown>()
  const [to, setTo] = useState('')
  const [reason, setReason] = useState('')
  const [sure, setSure] = useState(false)
  const { busy, problem, run, forget } = useAct()
  useEffect(() => {
    visavis.enrolment.colleagues().then(setColleagues, setError)
  }, [visavis])
  const colleague = colleagues?.find((other) => other.id === to)
  const transfer = async () => {
    const why = reason.trim()
    const act = { jobseeker: jobseeker.id, to, ...(why === '' ? {} : { reason: why }) }
    if (!(await run(() => visavis.enrolment.transfer(act)))) return
    announce(t('transferDone', { name: jobseeker.name, colleague: colleague?.name ?? '' }))
    onClose()
  }
  if (sure && colleague !== undefined) {
    return (
      <Dialog key="sure" title={t('transferSure')} onClose={onClose}>
        <p>
          <Words of="transferSureText" values={{ name: jobseeker.name, colleague: colleague.name }} />
        </p>
        {problem === undefined ? null : (
          <p class="problem" role="alert">
            {problem}
          </p>
        )}
        <div class="dialog__actions">
          <button
            type="button"
            class="ds-button"
            data-variant="secondary"
            onClick={() => {
              forget()
              setSure(false)
            }}
          >
            {t('backward')}
          </button>
          <button type="button" class="ds-button" data-color="accent" disabled={busy} onClick={() => void transfer()}>
            {t('transferDo')}
          </button>
        </div>
      </Dialog>
    )
  }
  return (
    <Dialog key="form" title={t('transferHeading', jobseeker)} onClose={onClose}>
      {error === undefined ? null : <Notice color="danger">{t(sentenceOf(error))}</Notice>}
      {colleagues?.length === 0 ? <p>{t('transferNobody')}</p> : null}
      <form
        class="form"
        data-color="accent"
        onSubmit={(event) => {
          event.preventDefault()
          if (to !== '') setSure(true)
        }}
      >
        <div class="ds-field">
          <label class="ds-label" for={`${id}-to`}>
            {t('transferTo')}
          </label>
          <select
            class="ds-input"
            id={`${id}-to`}
            required
            value={to}
            onChange={(event) => setTo(event.currentTarget.value)}
          >
            <option value="">{colleagues === undefined ? t('loading') : t('transferChoose')}</option>
            {colleagues?.map(({ id: person, name }) => (
              <option key={person} value={person}>
                {name}
              </option>
            ))}
          </select>
        </div>
        <div class="ds-field">
          <label class="ds-label" for={`${id}-reason`}>
            {t('transferReason')}
          </label>
          <textarea
            class="ds-input"
            id={`${id}-reason`}
            rows={3}
            maxLength={500}
            dir="auto"
            aria-describedby={`${id}-reason-hint`}
            value={reason}
            onInput={(event) => setReason(event.currentTarget.value)}
          />
          <p class="quiet" id={`${id}-reason-hint`}>
            {t('transferReasonHint')}
          </p>
        </div>
        <FormActions action={t('goOn')} disabled={to === ''} onClose={onClose} />
      </form>
    </Dialog>
  )
}
