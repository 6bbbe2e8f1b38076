/** One note: what it says, who wrote it and when, and how it can be changed. */
import { useRef, useState } from 'preact/hooks'
import type { Note, NoteBook } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { dayAndClock } from '../language/times.ts'
import { announce } from '../page/announcer.tsx'
import { Confirm } from '../page/dialog.tsx'
import { EditIcon, HistoryIcon, MoreIcon, RemoveIcon } from '../page/icons.tsx'
import { Menu } from '../page/menu.tsx'
import { useAct } from '../page/use-act.ts'
import { NoteForm } from './form.tsx'
import { NoteVersions } from './versions.tsx'

export interface NoteItemProps {
  readonly book: NoteBook
  readonly note: Note
  readonly nameOf: (person: string) => string
  /** It was looked for. */
  readonly found: boolean
}

export const noteElementId = (id: string): string => `note-${id}`

export const NoteItem = ({ book, note, nameOf, found }: NoteItemProps) => {
  /** As it was when the person began to change it. */
  const [editing, setEditing] = useState<Note>()
  const [showing, setShowing] = useState<'versions' | 'removal'>()
  const item = useRef<HTMLLIElement>(null)
  const act = useAct()
  const back = () => {
    setEditing(undefined)
    act.forget()
    item.current?.querySelector<HTMLElement>('.tool')?.focus()
  }
  const save = async (read: Note, text: string) => {
    if (await act.run(() => book.edit(read, text))) back()
  }
  const remove = async () => {
    const next = item.current?.nextElementSibling ?? item.current?.previousElementSibling
    if (!(await act.run(() => book.remove(note.id)))) return
    announce(t('noteRemoved'))
    next?.querySelector<HTMLElement>('.tool')?.focus()
  }
  const changedBy = note.editedBy === undefined || note.editedBy === note.by ? '' : nameOf(note.editedBy)
  return (
    <li class="note" ref={item} id={noteElementId(note.id)} data-found={found} tabIndex={-1}>
      <div class="note__head">
        <p class="quiet">
          <bdi class="strong">{nameOf(note.by)}</bdi>{' '}
          <time dateTime={new Date(note.at).toISOString()}>{dayAndClock(note.at)}</time>
          {note.editedAt === undefined ? null : (
            <span>
              {' · '}
              {changedBy === '' ? t('edited') : t('editedBy', { name: changedBy })}
            </span>
          )}
        </p>
        {editing === undefined ? (
          <Menu
            class="tool"
            label={t('noteActions', { time: dayAndClock(note.at) })}
            icon={<MoreIcon />}
            items={() => [
              { label: t('edit'), icon: <EditIcon />, onChoose: () => setEditing(note) },
              ...(note.editedAt === undefined
                ? []
                : [{ label: t('versions'), icon: <HistoryIcon />, onChoose: () => setShowing('versions') }]),
              { label: t('remove'), icon: <RemoveIcon />, danger: true, onChoose: () => setShowing('removal') },
            ]}
          />
        ) : null}
      </div>
      {editing === undefined ? (
        <p class="note__text" dir="auto">
          {note.text}
        </p>
      ) : (
        <NoteForm
          label={t('noteEdit')}
          action={t('saveChange')}
          text={editing.text}
          busy={act.busy}
          problem={act.problem}
          takesFocus
          onSave={(text) => void save(editing, text)}
          onCancel={back}
        />
      )}
      {showing === 'versions' ? <NoteVersions book={book} note={note} onClose={() => setShowing(undefined)} /> : null}
      {showing === 'removal' ? (
        <Confirm
          title={t('noteRemoveHeading')}
          text={t('noteRemoveText')}
          action={t('remove')}
          busy={act.busy}
          problem={act.problem}
          onConfirm={() => void remove()}
          onClose={() => setShowing(undefined)}
        />
      ) : null}
    </li>
  )
}
