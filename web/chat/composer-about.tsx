/** Above what is being written: which message it answers, or which one it changes. */
import type { Message } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { Words } from '../language/words.tsx'
import { CloseIcon, EditIcon, ReplyIcon } from '../page/icons.tsx'
import type { Draft } from './draft.ts'
import { glimpse } from './glimpse.ts'

export interface AboutProps {
  readonly draft: Draft
  readonly self: string
  readonly nameOf: (message: Message) => string
  readonly onLeaveEdit: () => void
}

export const About = ({ draft, self, nameOf, onLeaveEdit }: AboutProps) => {
  const editing = draft.editing.value
  const about = editing ?? draft.replyTo.value
  if (about === undefined) return null
  const leave = () => {
    draft.replyTo.value = undefined
  }
  return (
    <div class="about">
      {editing === undefined ? <ReplyIcon /> : <EditIcon />}
      <p class="about__text">
        <span class="about__what">
          {editing !== undefined ? (
            t('changing')
          ) : about.from === self ? (
            t('answeringOwn')
          ) : (
            <Words of="answering" values={{ name: nameOf(about) }} />
          )}
        </span>
        <span class="about__quote" dir="auto">
          {glimpse(about)}
        </span>
      </p>
      <button
        type="button"
        class="ds-button tool"
        data-variant="tertiary"
        data-color="neutral"
        data-icon
        onClick={editing === undefined ? leave : onLeaveEdit}
      >
        <CloseIcon />
        <span class="ds-sr-only">{t(editing === undefined ? 'answerNot' : 'changeNot')}</span>
      </button>
    </div>
  )
}
