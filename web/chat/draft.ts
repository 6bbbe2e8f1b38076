/** What is being written in each channel. It waits while the person looks at another one; its text waits in the tab. */
import { effect, type Signal, signal } from '@preact/signals'
import type { Message } from '../../client/index.ts'
import type { Upload } from '../files/upload.ts'
import { keepText, keptText } from './kept-text.ts'

export interface Draft {
  readonly text: Signal<string>
  /** The message that is being answered. */
  readonly replyTo: Signal<Message | undefined>
  /** The own message that is being changed, and its text so far; `text` waits meanwhile. */
  readonly editing: Signal<Message | undefined>
  readonly edited: Signal<string>
  readonly uploads: Signal<readonly Upload[]>
  /** Where the person was writing when the field was drawn anew under their hands, as after a hand-over. */
  caret: readonly [number, number] | undefined
}

const drafts = new Map<string, Draft>()

export function draftOf(channel: string): Draft {
  const known = drafts.get(channel)
  if (known !== undefined) return known
  const draft: Draft = {
    text: signal(keptText(channel)),
    replyTo: signal(undefined),
    editing: signal(undefined),
    edited: signal(''),
    uploads: signal([]),
    caret: undefined,
  }
  drafts.set(channel, draft)
  effect(() => keepText(channel, draft.text.value))
  return draft
}

/** Whether a file of any of them is on its way. */
export const isUploading = (): boolean =>
  [...drafts.values()].some(({ uploads }) => uploads.peek().some(({ progress }) => progress.peek().state === 'sending'))

export function beginEdit(draft: Draft, message: Message): void {
  draft.editing.value = message
  draft.edited.value = message.text
}

/** The text that the person is writing at the moment. */
export const writtenIn = (draft: Draft): Signal<string> =>
  draft.editing.value === undefined ? draft.text : draft.edited
