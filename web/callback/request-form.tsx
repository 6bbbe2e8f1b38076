/** The form of "call me back". Mistakes are told beside their field, and the first one gets the focus. */
import { useId, useRef, useState } from 'preact/hooks'
import type { CallbackOptions, CallbackRequest, Window } from '../../client/index.ts'
import { type Key, language, t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { isPhone, PhoneField } from './phone-field.tsx'
import { languageName, topicName } from './topic.ts'
import { WhenChoice } from './when-choice.tsx'

type Medium = CallbackRequest['medium']
const media: readonly { readonly value: Medium; readonly label: Key }[] = [
  { value: 'phone', label: 'byPhone' },
  { value: 'audio', label: 'byAudio' },
  { value: 'room', label: 'byRoom' },
]

export interface RequestFormProps {
  readonly advisor: string
  readonly options: CallbackOptions | undefined
  /** Topics on which a request is open. */
  readonly openTopics: readonly string[]
  /** The number of the request before. */
  readonly lastPhone: string
  readonly now: number
  readonly busy: boolean
  readonly problem: string | undefined
  readonly onRequest: (request: CallbackRequest) => void
  /** Absent while there is nothing to go back to. */
  readonly onCancel?: (() => void) | undefined
}

export const RequestForm = (props: RequestFormProps) => {
  const { advisor, options, openTopics, lastPhone, now, busy, problem, onRequest, onCancel } = props
  const id = useId()
  const [medium, setMedium] = useState<Medium>('phone')
  const [phone, setPhone] = useState(lastPhone)
  const [reason, setReason] = useState('')
  const [topic, setTopic] = useState<string>()
  const [spoken, setSpoken] = useState<string>()
  const [window, setWindow] = useState<Window>()
  const [checked, setChecked] = useState(false)
  const phoneInput = useRef<HTMLInputElement>(null)
  const reasonInput = useRef<HTMLTextAreaElement>(null)
  const { topics = [], languages = [] } = options ?? {}
  const topicAsked = topic ?? topics.find((one) => !openTopics.includes(one)) ?? topics[0]
  const spokenAsked = spoken ?? languages.find((code) => code === language.value) ?? languages[0]
  const reasonWrong = reason.trim() === ''

  const submit = (event: Event) => {
    event.preventDefault()
    setChecked(true)
    if (medium === 'phone' && !isPhone(phone)) return phoneInput.current?.focus()
    if (reasonWrong) return reasonInput.current?.focus()
    onRequest({
      ...{ medium, reason: reason.trim() },
      ...(medium === 'phone' ? { phone: phone.trim() } : {}),
      ...(topicAsked === undefined ? {} : { topic: topicAsked }),
      ...(spokenAsked === undefined ? {} : { language: spokenAsked }),
      ...(window === undefined ? {} : { window }),
    })
  }
  return (
    <form class="form" data-color="accent" onSubmit={submit} noValidate>
      {options?.paused === undefined ? null : (
        <Notice color="warning">
          <p>{t('callbackPaused')}</p>
          <p dir="auto">{options.paused}</p>
        </Notice>
      )}
      <Choice
        id={`${id}-topic`}
        label="callbackTopic"
        values={topics}
        chosen={topicAsked}
        nameOf={(one) => (openTopics.includes(one) ? t('topicOpen', { topic: topicName(one) }) : topicName(one))}
        onChoose={setTopic}
      />
      <Choice
        id={`${id}-language`}
        label="callbackLanguage"
        values={languages}
        chosen={spokenAsked}
        nameOf={languageName}
        onChoose={setSpoken}
      />
      <WhenChoice options={options} chosen={window} now={now} onChoose={setWindow} />
      <fieldset class="ds-fieldset">
        <legend class="ds-label">{t('callbackHow')}</legend>
        {media.map(({ value, label }) => (
          <div key={value} class="ds-field">
            <input
              class="ds-input"
              type="radio"
              id={`${id}-${value}`}
              name={`${id}-medium`}
              checked={medium === value}
              onChange={() => setMedium(value)}
            />
            <label class="ds-label" data-weight="regular" for={`${id}-${value}`}>
              {t(label)}
            </label>
          </div>
        ))}
      </fieldset>
      {medium === 'phone' ? <PhoneField value={phone} checked={checked} input={phoneInput} onInput={setPhone} /> : null}
      <div class="ds-field">
        <label class="ds-label" for={`${id}-reason`}>
          {t('reason')}
        </label>
        <p class="quiet" data-field="description" id={`${id}-hint`}>
          {t('reasonHint', { name: advisor })}
        </p>
        <textarea
          ref={reasonInput}
          class="ds-input"
          id={`${id}-reason`}
          rows={2}
          dir="auto"
          maxLength={500}
          required
          aria-invalid={checked && reasonWrong}
          aria-describedby={`${id}-hint ${id}-reason-error`}
          value={reason}
          onInput={(event) => setReason(event.currentTarget.value)}
        />
        <p class="ds-validation-message" id={`${id}-reason-error`} hidden={!checked || !reasonWrong}>
          {t('reasonMissing')}
        </p>
      </div>
      {problem === undefined ? null : <Notice color="danger">{problem}</Notice>}
      <button type="submit" class="ds-button" data-color="accent" data-fullwidth disabled={busy}>
        {t(busy ? 'callbackSending' : 'callbackSend')}
      </button>
      {onCancel === undefined ? null : (
        <button type="button" class="ds-button" data-variant="tertiary" data-fullwidth onClick={onCancel}>
          {t('callbackNotNow')}
        </button>
      )}
    </form>
  )
}

interface ChoiceProps {
  readonly id: string
  readonly label: Key
  readonly values: readonly string[]
  readonly chosen: string | undefined
  readonly nameOf: (value: string) => string
  readonly onChoose: (value: string) => void
}

/** Nothing to choose from is not asked for. */
const Choice = ({ id, label, values, chosen, nameOf, onChoose }: ChoiceProps) =>
  values.length < 2 ? null : (
    <div class="ds-field">
      <label class="ds-label" for={id}>
        {t(label)}
      </label>
      <select class="ds-input" id={id} value={chosen} onChange={(event) => onChoose(event.currentTarget.value)}>
        {values.map((value) => (
          <option key={value} value={value}>
            {nameOf(value)}
          </option>
        ))}
      </select>
    </div>
  )
