/** The pinned messages, each with the way to it. */
import type { Message } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { dayAndClock } from '../language/times.ts'
import { CloseIcon, PinIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { glimpse } from './glimpse.ts'
import type { Pinned } from './use-pinned.ts'

export interface PinnedListProps {
  readonly pinned: Pinned
  readonly nameOf: (message: Message) => string
  readonly onJump: (offset: number) => void
  /** Of the advisor's side. */
  readonly onUnpin: ((message: Message) => void) | undefined
}

export const PinnedList = ({ pinned, nameOf, onJump, onUnpin }: PinnedListProps) => {
  const { messages, error } = pinned
  if (messages === undefined) {
    return error === undefined ? (
      <p class="quiet">{t('loading')}</p>
    ) : (
      <Notice color="danger">{t(sentenceOf(error))}</Notice>
    )
  }
  if (messages.length === 0) {
    return (
      <div class="empty">
        <PinIcon />
        <p class="empty__title">{t('pinnedNone')}</p>
        <p class="quiet">{t(onUnpin === undefined ? 'pinnedNoneJobseeker' : 'pinnedNoneAdvisor')}</p>
      </div>
    )
  }
  return (
    <ul class="cards">
      {messages.map((message) => (
        <li key={message.offset} class="card-row">
          <button type="button" class="card-row__main" onClick={() => onJump(message.offset)}>
            <span class="card-row__head">
              <bdi class="strong">{nameOf(message)}</bdi>
              <time dateTime={new Date(message.at).toISOString()}>{dayAndClock(message.at)}</time>
            </span>
            <span class="card-row__text" dir="auto">
              {glimpse(message)}
            </span>
          </button>
          {onUnpin === undefined ? null : (
            <button
              type="button"
              class="ds-button tool"
              data-variant="tertiary"
              data-color="neutral"
              data-icon
              title={t('unpin')}
              onClick={() => onUnpin(message)}
            >
              <CloseIcon />
              <span class="ds-sr-only">{t('unpin')}</span>
            </button>
          )}
        </li>
      ))}
    </ul>
  )
}
