/** Leaving: what it means, and why, for whoever wants to say it. */
import { useId, useState } from 'preact/hooks'
import type { LeaveReason, Scheme } from '../../client/scheme.ts'
import type { Key } from '../language/en.ts'
import { t } from '../language/language.ts'
import { Dialog, FormActions } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'

export interface LeaveDialogProps {
  readonly scheme: Scheme
  readonly onClose: () => void
  readonly onDone: () => void
}

const reasons: readonly (readonly [LeaveReason, Key])[] = [
  ['agency', 'schemeWhyAgency'],
  ['technology', 'schemeWhyTechnology'],
  ['privacy', 'schemeWhyPrivacy'],
  ['work', 'schemeWhyWork'],
  ['other', 'schemeWhyOther'],
]

export const LeaveDialog = ({ scheme, onClose, onDone }: LeaveDialogProps) => {
  const id = useId()
  const [reason, setReason] = useState<LeaveReason>()
  const act = useAct()
  const leave = async () => {
    if (await act.run(() => scheme.leave(reason))) onDone()
  }
  return (
    <Dialog title={t('schemeLeave')} onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault()
          void leave()
        }}
      >
        <p>{t('schemeLeaveText')}</p>
        <div class="ds-field">
          <label class="ds-label" for={id}>
            {t('schemeLeaveWhy')}
          </label>
          <select
            class="ds-input"
            id={id}
            value={reason ?? ''}
            onChange={({ currentTarget: { value } }) => setReason(reasons.find(([one]) => one === value)?.[0])}
          >
            <option value="">{t('schemeWhyNone')}</option>
            {reasons.map(([one, words]) => (
              <option key={one} value={one}>
                {t(words)}
              </option>
            ))}
          </select>
        </div>
        {act.problem === undefined ? null : (
          <p class="problem" role="alert">
            {act.problem}
          </p>
        )}
        <FormActions action={t('schemeLeave')} color="danger" disabled={act.busy} onClose={onClose} />
      </form>
    </Dialog>
  )
}
