/** What happens when a person writes: a message sent or changed, with its files, in the draft of this channel. */
import type { RefObject } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { type Channel, type Message, placesOf, type Visavis } from '../../client/index.ts'
import { startUpload } from '../files/upload.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { type Act, useAct } from '../page/use-act.ts'
import { beginEdit, type Draft, draftOf } from './draft.ts'

/** Of one message. */
const mostFiles = 10

export interface WritingOptions {
  readonly visavis: Visavis
  readonly channel: Channel
  /** Texts of theirs may have places to be filled in by hand. */
  readonly advisor: boolean
  readonly onSent: () => void
  /** Something was written, if only a letter. */
  readonly onType: () => void
}

export interface Writing {
  readonly draft: Draft
  readonly field: RefObject<HTMLTextAreaElement | null>
  readonly edit: Act
  /** What could not be done with files, in words. */
  readonly trouble: string | undefined
  readonly hindrance: (text: string) => string | undefined
  readonly send: (text: string) => void
  readonly type: () => void
  readonly addFiles: (files: readonly File[]) => void
  readonly reply: (message: Message) => void
  readonly beginEdit: (message: Message) => void
  readonly leaveEdit: () => void
  /** Puts a text where the cursor is, and selects a part of it. */
  readonly insert: (text: string, select?: { readonly start: number; readonly end: number }) => void
}

export function useWriting({ visavis, channel, advisor, onSent, onType }: WritingOptions): Writing {
  const draft = draftOf(channel.id)
  const field = useRef<HTMLTextAreaElement>(null)
  const edit = useAct()
  const [trouble, setTrouble] = useState<string>()

  const selectNow = (start: number, end: number) => {
    field.current?.focus()
    field.current?.setSelectionRange(start, end)
  }
  /** After the text was drawn. */
  const select = (start: number, end: number = start) => requestAnimationFrame(() => selectNow(start, end))
  const leaveEdit = () => {
    draft.editing.value = undefined
    edit.forget()
    select(draft.text.value.length)
  }
  const hindrance = (text: string) => {
    const states = draft.uploads.value.map(({ progress }) => progress.value.state)
    if (states.includes('failed')) return t('fileRemoveFirst')
    if (states.includes('sending')) return t('fileWait')
    return advisor && placesOf(text).length > 0 ? t('replyPlaces') : undefined
  }
  const saveEdit = async (message: Message, text: string) => {
    if (text !== message.text && !(await edit.run(() => channel.edit(message.offset, text)))) return
    // Another one may be edited by now.
    if (draft.editing.peek() !== message) return
    leaveEdit()
    announce(t('changed'))
  }
  const send = (text: string) => {
    const message = draft.editing.value
    if (message !== undefined) return text === '' ? undefined : void saveEdit(message, text)
    const why = hindrance(text)
    if (why !== undefined) {
      announce(why)
      const [place] = placesOf(draft.text.value)
      // It is drawn, and whoever goes on writing at once must not find another part selected then.
      if (place !== undefined) selectNow(place.start, place.end)
      return
    }
    const attachments = draft.uploads.value.flatMap(({ progress }) =>
      progress.value.state === 'sent' ? [progress.value.attachment] : [],
    )
    const replyTo = draft.replyTo.value?.offset
    draft.text.value = ''
    draft.replyTo.value = undefined
    draft.uploads.value = []
    setTrouble(undefined)
    onSent()
    // What fails is shown beside the message itself.
    channel
      .send(text, {
        ...(replyTo === undefined ? {} : { replyTo }),
        ...(attachments.length === 0 ? {} : { attachments }),
      })
      .catch(() => {})
  }
  return {
    draft,
    field,
    edit,
    trouble,
    hindrance,
    send,
    type: () => {
      channel.type()
      onType()
    },
    addFiles: (files) => {
      if (draft.editing.peek() !== undefined) return
      const room = mostFiles - draft.uploads.value.length
      setTrouble(files.length > room ? t('fileMost', { count: mostFiles }) : undefined)
      const started = files.slice(0, room).map((file) => startUpload(visavis, channel.id, file))
      draft.uploads.value = [...draft.uploads.value, ...started]
      field.current?.focus()
    },
    reply: (message) => {
      draft.editing.value = undefined
      draft.replyTo.value = message
      select(draft.text.value.length)
    },
    beginEdit: (message) => {
      edit.forget()
      beginEdit(draft, message)
      select(message.text.length)
    },
    leaveEdit,
    insert: (text, part) => {
      const { selectionStart = 0, selectionEnd = 0 } = field.current ?? {}
      const before = draft.text.value.slice(0, selectionStart)
      draft.text.value = before + text + draft.text.value.slice(selectionEnd)
      if (part === undefined) select(before.length + text.length)
      else select(before.length + part.start, before.length + part.end)
      onType()
    },
  }
}
