/** What a note said before. */
import { useEffect, useState } from 'preact/hooks'
import type { Note, NoteBook, NoteVersion } from '../../client/index.ts'
import { VersionList } from '../chat/versions-dialog.tsx'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Dialog } from '../page/dialog.tsx'
import { Notice } from '../page/notice.tsx'

export interface NoteVersionsProps {
  readonly book: NoteBook
  readonly note: Note
  readonly onClose: () => void
}

export const NoteVersions = ({ book, note, onClose }: NoteVersionsProps) => {
  const [versions, setVersions] = useState<readonly NoteVersion[]>()
  const [more, setMore] = useState(false)
  const [error, setError] = useState<unknown>()
  const read = () => {
    book.versions(note.id, versions?.at(-1)?.n).then((page) => {
      setVersions((before = []) => [...before, ...page.versions])
      setMore(page.more)
    }, setError)
  }
  useEffect(read, [])
  return (
    <Dialog title={t('versions')} onClose={onClose}>
      {error === undefined ? null : <Notice color="danger">{t(sentenceOf(error))}</Notice>}
      {versions === undefined ? null : (
        <VersionList versions={[...versions.toReversed(), { at: note.editedAt ?? note.at, text: note.text }]} />
      )}
      {more ? (
        <button type="button" class="ds-button" data-variant="tertiary" data-size="sm" onClick={read}>
          {t('notesOlder')}
        </button>
      ) : null}
    </Dialog>
  )
}
