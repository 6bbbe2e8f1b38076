/** The notes about one jobseeker: made, read and changed by the advisor's side alone. */
import { useEffect, useState } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { useChanges } from '../page/use-changes.ts'
import { NoteForm } from './form.tsx'
import { NoteItem, noteElementId } from './item.tsx'

export interface NotesPanelProps {
  readonly visavis: Visavis
  readonly jobseeker: string
  readonly nameOf: (person: string) => string
  /** The one that was looked for: when it was made, which no two have in common. */
  readonly found?: { readonly at: number } | undefined
}

export const NotesPanel = ({ visavis, jobseeker, nameOf, found }: NotesPanelProps) => {
  const book = visavis.notes.of(jobseeker)
  const add = useAct()
  const older = useAct()
  // A new form after each note, so that its text is gone.
  const [made, setMade] = useState(0)
  useChanges((change) => book.onChange(change), book)
  const wanted = book.notes.find(({ at }) => at === found?.at)?.id
  useEffect(() => {
    if (found === undefined || !book.loaded) return
    if (wanted !== undefined) showNote(wanted)
    else if (book.more) void older.run(() => book.loadOlder())
  }, [found, wanted ?? book.notes.length, book.loaded])
  const onAdd = async (text: string) => {
    if (!(await add.run(() => book.add(text)))) return
    setMade((before) => before + 1)
    announce(t('noteAdded'))
  }
  return (
    <>
      <NoteForm
        key={made}
        label={t('noteNew')}
        action={t('noteAdd')}
        busy={add.busy}
        problem={add.problem}
        takesFocus={made > 0}
        onSave={(text) => void onAdd(text)}
      />
      {book.error === undefined ? null : <Notice color="danger">{t(sentenceOf(book.error))}</Notice>}
      {book.loaded && book.notes.length === 0 ? <p class="quiet">{t('notesNone')}</p> : null}
      <ol class="notes">
        {book.notes.map((note) => (
          <NoteItem key={note.id} book={book} note={note} nameOf={nameOf} found={note.id === wanted} />
        ))}
      </ol>
      {book.more ? (
        <button
          type="button"
          class="ds-button"
          data-variant="tertiary"
          data-color="accent"
          data-size="sm"
          disabled={older.busy}
          onClick={() => void older.run(() => book.loadOlder())}
        >
          {t('notesOlder')}
        </button>
      ) : null}
      {older.problem === undefined ? null : <p class="problem">{older.problem}</p>}
    </>
  )
}

/** When it is drawn, and after the panel has taken the focus for itself. */
const showNote = (id: string) =>
  requestAnimationFrame(() => {
    const item = document.getElementById(noteElementId(id))
    item?.scrollIntoView({ block: 'center' })
    item?.focus({ preventScroll: true })
  })
