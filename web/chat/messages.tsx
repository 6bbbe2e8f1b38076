/** The messages of a channel as they scroll, and what is said about them: who is writing, what has come meanwhile. */
import type { RefObject } from 'preact'
import type { Attachment, Channel, ChannelSummary, Message, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { Words } from '../language/words.tsx'
import { ChatIcon, DownIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import type { Author } from './message.tsx'
import { MessageList } from './message-list.tsx'
import type { MessageActs } from './message-menu.tsx'
import { otherOf } from './other-of.ts'
import type { Jump } from './use-jump.ts'
import type { Members } from './use-members.ts'
import type { Reading } from './use-reading.ts'
import type { Unread } from './use-unread.ts'

export interface MessagesProps {
  readonly visavis: Visavis
  readonly channel: Channel
  readonly summary: ChannelSummary
  readonly members: Members
  readonly self: string
  readonly scroller: RefObject<HTMLElement | null>
  readonly reading: Reading
  readonly jump: Jump
  readonly unread: Unread
  readonly acts: MessageActs
  readonly authorOf: (message: Message, before: Message | undefined) => Author
  readonly onOpen: (attachment: Attachment) => void
  readonly onJump: (offset: number) => void
}

const ToEnd = ({ missed, onClick }: { missed: number; onClick: () => void }) => (
  <button type="button" class="ds-button conversation__end" data-color="accent" onClick={onClick}>
    <DownIcon />
    {missed === 0 ? (
      <span class="ds-sr-only">{t('toNewest')}</span>
    ) : (
      <span>{missed === 1 ? t('newMessage') : t('newMessagesCount', { count: missed })}</span>
    )}
  </button>
)

export const Messages = (props: MessagesProps) => {
  const { visavis, channel, summary, members, self, scroller, reading, jump, unread } = props
  const { jobseeker } = summary
  const other = otherOf(summary, self)
  const theirs = self === jobseeker.id ? [other.id, ...members.all.map(({ id }) => id)] : [jobseeker.id]
  const farthest = (of: (person: string) => number) => Math.max(...theirs.filter((id) => id !== self).map(of))
  const empty = channel.loaded && channel.messages.length === 0 && channel.unsent.length === 0
  const missed = channel.messages.filter(
    ({ offset, from, deletedAt, system }) =>
      offset > reading.seen && from !== self && deletedAt === undefined && system === undefined,
  ).length
  const writers = channel.typing.map(members.nameOf).join(', ')
  return (
    <div class="conversation__body">
      <section
        class="conversation__scroller"
        ref={scroller}
        onScroll={reading.onScroll}
        // New messages are said by the announcer, with their author: the region itself would read older ones as well.
        role="log"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
        tabIndex={0}
        aria-label={t('messages')}
        aria-busy={jump.searching}
      >
        {channel.error === undefined || channel.loaded ? null : (
          <Notice color="danger">{t(sentenceOf(channel.error))}</Notice>
        )}
        {channel.more ? (
          <button
            type="button"
            class="ds-button conversation__older"
            data-variant="tertiary"
            data-color="accent"
            data-size="sm"
            onClick={() => void channel.loadOlder().catch(() => {})}
          >
            {t('loadOlder')}
          </button>
        ) : null}
        {empty ? (
          <div class="empty">
            <ChatIcon />
            <p class="empty__title">{t('emptyChat')}</p>
            <p class="quiet">
              {other.id === '' ? (
                t('emptyChatNobody')
              ) : (
                <Words of={self === jobseeker.id ? 'emptyChatJobseeker' : 'emptyChatAdvisor'} values={other} />
              )}
            </p>
          </div>
        ) : (
          <MessageList
            channel={channel}
            messages={channel.messages}
            unsent={channel.unsent}
            seen={farthest((person) => channel.readBy(person))}
            received={farthest((person) => channel.receivedBy(person))}
            self={self}
            jobseeker={jobseeker.id}
            authorOf={props.authorOf}
            unreadAt={unread.at}
            onMarkRead={unread.held ? unread.clear : undefined}
            found={jump.found}
            acts={props.acts}
            onOpen={props.onOpen}
            onJump={props.onJump}
            now={() => visavis.now()}
          />
        )}
      </section>
      {jump.searching ? <p class="conversation__typing quiet">{t('lookingBack')}</p> : null}
      <p class="conversation__typing quiet" aria-live="polite" hidden={writers === ''}>
        {writers === '' ? null : <Words of="typing" values={{ name: writers }} />}
      </p>
      {reading.atEnd ? null : <ToEnd missed={missed} onClick={reading.toEnd} />}
    </div>
  )
}
