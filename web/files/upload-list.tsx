/** The files that will go with the message being written: how far each is, why one was refused, and the way to drop it. */
import { useEffect } from 'preact/hooks'
import { fileRefusalOf } from '../language/file-refusals.ts'
import { t } from '../language/language.ts'
import { fileSize } from '../language/times.ts'
import { announce } from '../page/announcer.tsx'
import { CloseIcon, DoneIcon, FileIcon } from '../page/icons.tsx'
import type { Upload } from './upload.ts'

export interface UploadListProps {
  readonly uploads: readonly Upload[]
  readonly onRemove: (upload: Upload) => void
}

const refusalText = (error: unknown): string => {
  const { of, maxBytes } = fileRefusalOf(error)
  return maxBytes === undefined ? t(of) : t(of, { size: fileSize(maxBytes) })
}

const Item = ({ upload, onRemove }: { upload: Upload; onRemove: (upload: Upload) => void }) => {
  const { file, progress, retry } = upload
  const now = progress.value
  useEffect(() => {
    if (now.state === 'sent') announce(t('fileReady', { name: file.name }))
  }, [now.state])
  return (
    <li class="upload" data-state={now.state}>
      {now.state === 'sent' ? <DoneIcon /> : <FileIcon />}
      <span class="upload__text">
        <bdi class="upload__name">{file.name}</bdi>
        {now.state === 'failed' ? (
          <span class="problem" role="alert">
            {refusalText(now.error)}{' '}
            {fileRefusalOf(now.error).retryable ? (
              <button type="button" class="text-button" onClick={retry}>
                {t('retry')}
              </button>
            ) : null}
          </span>
        ) : (
          <span class="quiet">{fileSize(file.size)}</span>
        )}
        {now.state === 'sending' ? (
          <progress class="upload__bar" max={1} value={now.share} aria-label={t('fileSending', { name: file.name })} />
        ) : null}
      </span>
      <button
        type="button"
        class="ds-button tool"
        data-variant="tertiary"
        data-color="neutral"
        data-icon
        onClick={() => onRemove(upload)}
      >
        <CloseIcon />
        <span class="ds-sr-only">{t(now.state === 'sending' ? 'fileCancel' : 'fileRemove', { name: file.name })}</span>
      </button>
    </li>
  )
}

export const UploadList = ({ uploads, onRemove }: UploadListProps) =>
  uploads.length === 0 ? null : (
    <ul class="uploads" aria-label={t('filesOfMessage')}>
      {uploads.map((upload) => (
        <Item key={upload.key} upload={upload} onRemove={onRemove} />
      ))}
    </ul>
  )
