/** The files of a message. One is saved by a click, never shown. */
import type { Attachment } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { fileSize } from '../language/times.ts'
import { FileIcon } from '../page/icons.tsx'

export interface AttachedProps {
  readonly attachments: readonly Attachment[]
  /** Absent while the message is on its way. */
  readonly onOpen?: (attachment: Attachment) => void
}

const endingOf = (name: string): string => /\.(\w{1,5})$/u.exec(name)?.[1]?.toUpperCase() ?? ''

export const Attached = ({ attachments, onOpen }: AttachedProps) => (
  <ul class="files">
    {attachments.map((attachment) => (
      <li key={attachment.id}>
        <button type="button" class="file" disabled={onOpen === undefined} onClick={() => onOpen?.(attachment)}>
          <FileIcon />
          <span class="file__text">
            <span class="ds-sr-only">{t('saveFile')} </span>
            <bdi class="file__name">{attachment.name}</bdi>
            <span class="file__kind">
              {endingOf(attachment.name)} · {fileSize(attachment.bytes)}
            </span>
          </span>
        </button>
      </li>
    ))}
  </ul>
)
