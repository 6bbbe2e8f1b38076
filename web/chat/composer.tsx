/** Where a message is written or changed. Enter sends; Shift + Enter, or an input method still composing, does not. */
import type { ComponentChildren, RefObject } from 'preact'
import { useId, useLayoutEffect } from 'preact/hooks'
import type { Message } from '../../client/index.ts'
import { UploadList } from '../files/upload-list.tsx'
import { t } from '../language/language.ts'
import { ClipIcon, DoneIcon, SendIcon } from '../page/icons.tsx'
import type { Act } from '../page/use-act.ts'
import { About } from './composer-about.tsx'
import { type Draft, writtenIn } from './draft.ts'

const longest = 4_000
/** The limit is told when so few characters are left. */
const nearLimit = 300

export interface ComposerProps {
  readonly to: string
  readonly draft: Draft
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly self: string
  readonly nameOf: (message: Message) => string
  /** Why the message must wait, in words; undefined when it can be sent. */
  readonly hindrance: (text: string) => string | undefined
  /** Of the change of an earlier message. */
  readonly edit: Act
  readonly onSend: (text: string) => void
  /** At every change of the text. */
  readonly onType: () => void
  readonly onFiles: (files: readonly File[]) => void
  readonly onLeaveEdit: () => void
  /** A key that may mean something else than writing; true when it did. */
  readonly onKey?: (event: KeyboardEvent) => boolean
  /** Beside the button for files. */
  readonly tools?: ComponentChildren
}

/** As the server counts: characters, not UTF-16 code units. */
const lengthOf = (text: string): number => [...text].length

export const Composer = (props: ComposerProps) => {
  const { to, draft, field, self, nameOf, hindrance, edit, onSend, onType, onFiles, onLeaveEdit, onKey, tools } = props
  const id = useId()
  const editing = draft.editing.value !== undefined
  const written = writtenIn(draft)
  const trimmed = written.value.trim()
  const left = longest - lengthOf(trimmed)
  const uploads = editing ? [] : draft.uploads.value
  const why = editing ? edit.problem : hindrance(trimmed)
  const nothing = trimmed === '' && uploads.length === 0
  const ready = !nothing && left >= 0 && why === undefined && !edit.busy
  // A draft that comes back is as high as it was.
  useLayoutEffect(() => fit(field.current), [written.value])

  useLayoutEffect(() => {
    const { current } = field
    if (draft.caret !== undefined) {
      current?.focus()
      current?.setSelectionRange(...draft.caret)
      draft.caret = undefined
    }
    return () => {
      if (current !== null && document.activeElement === current)
        draft.caret = [current.selectionStart, current.selectionEnd]
    }
  }, [draft])

  const send = () => {
    if (!nothing && left >= 0 && !edit.busy) onSend(trimmed)
  }
  const onKeyDown = (event: KeyboardEvent) => {
    // Safari tells the Enter that ends a composition after it, with this code.
    if (event.isComposing || event.keyCode === 229 || onKey?.(event)) return
    if (event.key === 'Escape' && editing) {
      event.stopPropagation()
      onLeaveEdit()
    }
    if (event.key !== 'Enter' || event.shiftKey) return
    event.preventDefault()
    send()
  }
  return (
    <form
      class="composer"
      data-editing={editing}
      onSubmit={(event) => {
        event.preventDefault()
        send()
      }}
    >
      <About draft={draft} self={self} nameOf={nameOf} onLeaveEdit={onLeaveEdit} />
      <UploadList
        uploads={uploads}
        onRemove={(upload) => {
          upload.cancel()
          draft.uploads.value = draft.uploads.value.filter((other) => other !== upload)
          field.current?.focus()
        }}
      />
      <div class="composer__row">
        <label class="ds-sr-only" for={id}>
          {t(editing ? 'changeMessage' : 'writeTo', { name: to })}
        </label>
        <textarea
          id={id}
          ref={field}
          class="ds-input composer__text"
          rows={1}
          dir="auto"
          placeholder={t('changeMessage')}
          aria-describedby={`${id}-hint`}
          aria-invalid={left < 0}
          value={written.value}
          onInput={(event) => {
            written.value = event.currentTarget.value
            onType()
          }}
          onPaste={(event) => {
            const files = [...(event.clipboardData?.files ?? [])]
            if (files.length === 0 || editing) return
            event.preventDefault()
            onFiles(files)
          }}
          onKeyDown={onKeyDown}
        />
        {editing ? null : (
          <div class="composer__tools">
            <AttachButton id={id} onFiles={onFiles} />
            {tools}
          </div>
        )}
        <button type="submit" class="ds-button composer__send" data-color="accent" disabled={!ready}>
          {editing ? <DoneIcon /> : <SendIcon />}
          <span>{t(editing ? 'saveChange' : 'send')}</span>
        </button>
      </div>
      <p id={`${id}-hint`} class="composer__hint" data-over={left < 0 || (editing && why !== undefined)} role="status">
        {hintOf(left, nothing ? undefined : why, editing)}
      </p>
    </form>
  )
}

function hintOf(left: number, why: string | undefined, editing: boolean): string {
  if (left < 0) return t('tooLong', { count: -left })
  if (why !== undefined) return why
  if (left <= nearLimit) return t('charactersLeft', { count: left })
  return t(editing ? 'editHint' : 'sendHint')
}

/** As high as its text, for browsers without `field-sizing`. */
function fit(field: HTMLTextAreaElement | null): void {
  if (field === null || CSS.supports('field-sizing', 'content')) return
  field.style.setProperty('height', 'auto')
  field.style.setProperty('height', `${field.scrollHeight + 2}px`)
}

const AttachButton = ({ id, onFiles }: { id: string; onFiles: (files: readonly File[]) => void }) => (
  <>
    <input
      id={`${id}-files`}
      class="ds-sr-only"
      type="file"
      multiple
      tabIndex={-1}
      aria-hidden="true"
      onChange={(event) => {
        onFiles([...(event.currentTarget.files ?? [])])
        // The same file chosen again is a choice as well.
        event.currentTarget.value = ''
      }}
    />
    <button
      type="button"
      class="ds-button tool"
      data-variant="tertiary"
      data-color="neutral"
      data-icon
      title={t('attach')}
      onClick={() => document.getElementById(`${id}-files`)?.click()}
    >
      <ClipIcon />
      <span class="ds-sr-only">{t('attach')}</span>
    </button>
  </>
)
