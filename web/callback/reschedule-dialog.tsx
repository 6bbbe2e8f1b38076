/** Another time, or another number, at any moment while the request is open. */
import { useRef, useState } from 'preact/hooks'
import type { Callback, Visavis, Window } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { Dialog, FormActions } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { requestSentenceOf } from './failures.ts'
import { isPhone, PhoneField } from './phone-field.tsx'
import { useOptions } from './use-options.ts'
import { WhenChoice } from './when-choice.tsx'

export interface RescheduleDialogProps {
  readonly visavis: Visavis
  readonly callback: Callback
  readonly onClose: () => void
}

export const RescheduleDialog = ({ visavis, callback, onClose }: RescheduleDialogProps) => {
  const { id, medium, holder } = callback
  const now = visavis.now()
  const { options, renew } = useOptions(visavis)
  const own = callback.window !== undefined && callback.window.until > now ? callback.window : undefined
  const [window, setWindow] = useState<Window | undefined>(own)
  const [phone, setPhone] = useState(callback.phone ?? '')
  const [checked, setChecked] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const { busy, problem, run } = useAct(requestSentenceOf)
  const save = async () => {
    const saved = await run(() =>
      visavis.callbacks.reschedule(id, {
        ...(medium === 'phone' && phone.trim() !== callback.phone ? { phone: phone.trim() } : {}),
        ...(window === undefined ? {} : { window }),
      }),
    )
    if (!saved) return renew()
    announce(t('callbackChanged'))
    onClose()
  }
  return (
    <Dialog title={t('callbackChangeHeading')} onClose={onClose}>
      <form
        class="form"
        data-color="accent"
        noValidate
        onSubmit={(event) => {
          event.preventDefault()
          setChecked(true)
          if (medium === 'phone' && !isPhone(phone)) input.current?.focus()
          else if (!busy) void save()
        }}
      >
        {holder === undefined ? null : (
          <Notice color="warning">{t('callbackChangeHeld', { name: holder.name })}</Notice>
        )}
        <WhenChoice options={options} own={own} chosen={window} now={now} onChoose={setWindow} />
        {medium === 'phone' ? <PhoneField value={phone} checked={checked} input={input} onInput={setPhone} /> : null}
        {problem === undefined ? null : <Notice color="danger">{problem}</Notice>}
        <FormActions action={t('save')} disabled={busy} onClose={onClose} />
      </form>
    </Dialog>
  )
}
