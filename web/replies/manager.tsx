/** Where an advisor keeps canned replies: their own, and those of their team. */
import { useEffect, useState } from 'preact/hooks'
import type { Reply, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { Dialog } from '../page/dialog.tsx'
import { EditIcon, RemoveIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { useChanges } from '../page/use-changes.ts'
import { ReplyForm } from './form.tsx'

export interface ManagerProps {
  readonly visavis: Visavis
  readonly onClose: () => void
}

export const Manager = ({ visavis, onClose }: ManagerProps) => {
  const { replies } = visavis
  const [editing, edit] = useState<Reply | 'new'>()
  const [removing, remove] = useState<Reply>()
  const act = useAct()
  useChanges((change) => replies.onChange(change), replies)
  useEffect(() => replies.refresh(), [])
  const self = visavis.session?.identity.person
  const onRemove = async (reply: Reply) => {
    if (!(await act.run(() => replies.remove(reply)))) return
    remove(undefined)
    announce(t('replyRemoved'))
  }
  if (editing !== undefined) {
    return (
      <Dialog key="form" title={t(editing === 'new' ? 'replyNew' : 'replyEdit')} onClose={() => edit(undefined)}>
        <ReplyForm replies={replies} reply={editing === 'new' ? undefined : editing} onDone={() => edit(undefined)} />
      </Dialog>
    )
  }
  return (
    <Dialog key="list" title={t('replies')} onClose={onClose}>
      <p class="quiet">{t('repliesText')}</p>
      {replies.error === undefined || replies.loaded ? null : (
        <Notice color="danger">{t(sentenceOf(replies.error))}</Notice>
      )}
      {replies.loaded && replies.list.length === 0 ? <p>{t('repliesNone')}</p> : null}
      <ul class="cards">
        {replies.list.map((reply) => (
          <li key={`${reply.scope}/${reply.id}`} class="reply">
            <div class="reply__text">
              <p class="strong">
                <bdi>{reply.title}</bdi>{' '}
                <span class="badge">{t(reply.scope === 'own' ? 'replyOwn' : 'replyTeam')}</span>
              </p>
              <p class="quiet" dir="auto">
                {reply.text}
              </p>
            </div>
            {reply.author !== self ? null : removing === reply ? (
              <div class="reply__removal">
                <span>{t('replyRemoveSure')}</span>
                <button
                  type="button"
                  class="ds-button"
                  data-color="danger"
                  data-size="sm"
                  disabled={act.busy}
                  onClick={() => void onRemove(reply)}
                >
                  {t('remove')}
                </button>
                <button
                  type="button"
                  class="ds-button"
                  data-variant="tertiary"
                  data-size="sm"
                  onClick={() => remove(undefined)}
                >
                  {t('cancel')}
                </button>
              </div>
            ) : (
              <div class="reply__tools">
                <button
                  type="button"
                  class="ds-button tool"
                  data-variant="tertiary"
                  data-icon
                  onClick={() => edit(reply)}
                >
                  <EditIcon />
                  <span class="ds-sr-only">{t('replyEditThis', { title: reply.title })}</span>
                </button>
                <button
                  type="button"
                  class="ds-button tool"
                  data-variant="tertiary"
                  data-icon
                  onClick={() => {
                    act.forget()
                    remove(reply)
                  }}
                >
                  <RemoveIcon />
                  <span class="ds-sr-only">{t('replyRemoveThis', { title: reply.title })}</span>
                </button>
              </div>
            )}
          </li>
        ))}
      </ul>
      {act.problem === undefined ? null : (
        <p class="problem" role="alert">
          {act.problem}
        </p>
      )}
      <div class="dialog__actions">
        <button type="button" class="ds-button" data-color="accent" onClick={() => edit('new')}>
          {t('replyNew')}
        </button>
      </div>
    </Dialog>
  )
}
