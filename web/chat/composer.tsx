/** Where a message is written. Enter sends; Shift + Enter, or an input method still composing, does not. */
import { useId, useState } from 'preact/hooks'
import { t } from '../language/language.ts'
import { SendIcon } from '../page/icons.tsx'

const longest = 4_000

export interface ComposerProps {
  readonly to: string
  readonly onSend: (text: string) => void
  /** At every change of the text. */
  readonly onType: () => void
}

export const Composer = ({ to, onSend, onType }: ComposerProps) => {
  const [text, setText] = useState('')
  const id = useId()
  const trimmed = text.trim()
  const excess = trimmed.length - longest
  const send = () => {
    if (trimmed === '' || excess > 0) return
    onSend(trimmed)
    setText('')
  }
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <label class="ds-sr-only" for={id}>
        {t('writeTo', { name: to })}
      </label>
      <textarea
        id={id}
        class="ds-input composer__text"
        rows={2}
        dir="auto"
        placeholder={t('writeTo', { name: to })}
        aria-describedby={`${id}-hint`}
        aria-invalid={excess > 0}
        value={text}
        onInput={(event) => {
          setText(event.currentTarget.value)
          onType()
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
          event.preventDefault()
          send()
        }}
      />
      <button
        type="submit"
        class="ds-button composer__send"
        data-color="accent"
        disabled={trimmed === '' || excess > 0}
      >
        <SendIcon />
        <span>{t('send')}</span>
      </button>
      <p id={`${id}-hint`} class="composer__hint" data-over={excess > 0}>
        {excess > 0 ? t('tooLong', { count: excess }) : t('sendHint')}
      </p>
    </form>
  )
}
