/** What an edited message said before, for the advisor's side. */
import { useEffect, useState } from 'preact/hooks'
import type { Channel, Message } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { dayAndClock } from '../language/times.ts'
import { Dialog } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'

interface Version {
  readonly at: number
  readonly text: string
}

export interface VersionsDialogProps {
  readonly channel: Channel
  readonly message: Message
  readonly onClose: () => void
}

export const VersionsDialog = ({ channel, message, onClose }: VersionsDialogProps) => {
  const [versions, setVersions] = useState<readonly Version[]>()
  const [error, setError] = useState<unknown>()
  useEffect(() => {
    channel.versions(message.offset).then(setVersions, setError)
  }, [channel, message.offset])
  return (
    <Dialog title={t('versions')} onClose={onClose}>
      {error === undefined ? null : <Notice color="danger">{t(sentenceOf(error))}</Notice>}
      {versions === undefined && error === undefined ? <p class="quiet">{t('loading')}</p> : null}
      {versions === undefined ? null : (
        <VersionList versions={[...versions, { at: message.editedAt ?? message.at, text: message.text }]} />
      )}
    </Dialog>
  )
}

/** The newest first. */
export const VersionList = ({ versions }: { versions: readonly Version[] }) => (
  <ol class="versions">
    {versions.toReversed().map(({ at, text }, index) => (
      <li key={at}>
        <p class="quiet">
          {index === 0 ? `${t('versionNow')} · ` : ''}
          <time dateTime={new Date(at).toISOString()}>{dayAndClock(at)}</time>
        </p>
        <p class="versions__text" dir="auto">
          {text}
        </p>
      </li>
    ))}
  </ol>
)
