/** One file on its way to the server: how far it is, what became of it, and the way to give it up. */
import { type Signal, signal } from '@preact/signals'
import { type Attachment, makeKey, type Visavis } from '../../client/index.ts'

export type Progress =
  | { readonly state: 'sending'; readonly share: number }
  | { readonly state: 'sent'; readonly attachment: Attachment }
  | { readonly state: 'failed'; readonly error: unknown }

export interface Upload {
  readonly key: string
  readonly file: File
  readonly progress: Signal<Progress>
  readonly cancel: () => void
  /** After a failure. */
  readonly retry: () => void
}

export function startUpload(visavis: Visavis, channel: string, file: File): Upload {
  const progress = signal<Progress>({ state: 'sending', share: 0 })
  const abort = new AbortController()
  const onProgress = (share: number) => {
    progress.value = { state: 'sending', share }
  }
  const send = async () => {
    onProgress(0)
    try {
      const options = { name: file.name, onProgress, signal: abort.signal }
      progress.value = { state: 'sent', attachment: await visavis.attachments.upload(channel, file, options) }
    } catch (error) {
      progress.value = { state: 'failed', error }
    }
  }
  void send()
  return { key: makeKey(), file, progress, cancel: () => abort.abort(), retry: () => void send() }
}
