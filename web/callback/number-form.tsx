/** After a wrong number: another one, and the request goes on. */
import { useRef, useState } from 'preact/hooks'
import type { Callback, Visavis } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { requestSentenceOf } from './failures.ts'
import { isPhone, PhoneField } from './phone-field.tsx'

export const NumberForm = ({ visavis, callback }: { visavis: Visavis; callback: Callback }) => {
  const [phone, setPhone] = useState('')
  const [checked, setChecked] = useState(false)
  const input = useRef<HTMLInputElement>(null)
  const { busy, problem, run } = useAct(requestSentenceOf)
  const { id, window } = callback
  const submit = (event: Event) => {
    event.preventDefault()
    setChecked(true)
    if (!isPhone(phone)) return input.current?.focus()
    // A time that was asked for and still lies ahead stands.
    const when = window !== undefined && window.until > visavis.now() ? { window } : {}
    void run(() => visavis.callbacks.reschedule(id, { phone: phone.trim(), ...when }))
  }
  return (
    <form class="form" data-color="accent" onSubmit={submit} noValidate>
      <PhoneField value={phone} checked={checked} input={input} onInput={setPhone} />
      {problem === undefined ? null : <Notice color="danger">{problem}</Notice>}
      <button type="submit" class="ds-button" data-color="accent" data-fullwidth disabled={busy}>
        {t('callbackNumberSend')}
      </button>
    </form>
  )
}
