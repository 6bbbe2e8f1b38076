/** One channel: its messages and where to write. */
import type { ComponentChildren } from 'preact'
import { useEffect, useRef, useState } from 'preact/hooks'
import type { ChannelSummary, Visavis } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import { Avatar } from '../page/avatar.tsx'
import { ChatIcon, DownIcon } from '../page/icons.tsx'
import { Notice } from '../page/notice.tsx'
import { PresenceSign } from '../page/presence-sign.tsx'
import { useChanges } from '../page/use-changes.ts'
import { Composer } from './composer.tsx'
import { MessageList } from './message-list.tsx'
import { useReading } from './use-reading.ts'

export interface ConversationProps {
  readonly visavis: Visavis
  readonly summary: ChannelSummary
  readonly self: string
  /** Beside the name: what else can be done with this person. */
  readonly actions?: ComponentChildren
  /** Before the name. */
  readonly lead?: ComponentChildren
}

export const Conversation = ({ visavis, summary, self, actions, lead }: ConversationProps) => {
  const channel = visavis.chat.channel(summary.channel)
  const isAdvisor = summary.advisor.id === self
  const other = isAdvisor ? summary.jobseeker : summary.advisor
  const scroller = useRef<HTMLElement>(null)
  const [readBefore] = useState(
    summary.unread > 0 ? (summary.unreadFrom ?? summary.readOffset + 1) - 1 : summary.newest,
  )
  useChanges((change) => channel.onChange(change), channel)
  const { atEnd, onScroll, toEnd } = useReading(scroller, channel)
  useEffect(
    () =>
      visavis.on('chat.messagePublished', ({ channel: id, message }) => {
        if (id !== summary.channel || message.from === self) return
        announce(t('saidAloud', { name: other.name, text: message.text }))
      }),
    [visavis, summary.channel, self, other.name],
  )

  /** It is saved, never shown: the browser stays where it is. */
  const open = ({ id }: { readonly id: string }) => {
    visavis.attachments.link(channel.id, id).then(
      ({ url }) => location.assign(url),
      (error: unknown) => announce(t(sentenceOf(error))),
    )
  }
  const empty = channel.loaded && channel.messages.length === 0 && channel.unsent.length === 0
  return (
    <section class="ds-card panel conversation" data-color="neutral" aria-label={t('conversation', other)}>
      <header class="panel__header">
        {lead}
        <Avatar name={other.name} tone={isAdvisor ? 'warm' : 'accent'} />
        <div class="panel__title">
          <h2 class="ds-heading" data-size="2xs">
            {other.name}
          </h2>
          <p class="quiet">
            {t(isAdvisor ? 'jobseeker' : 'yourAdvisor')}
            <PresenceSign visavis={visavis} person={other.id} />
          </p>
        </div>
        {actions}
      </header>
      <div class="conversation__body">
        <section
          class="conversation__scroller"
          ref={scroller}
          onScroll={onScroll}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
          tabIndex={0}
          aria-label={t('messages')}
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
              <p class="quiet">{t(isAdvisor ? 'emptyChatAdvisor' : 'emptyChatJobseeker', other)}</p>
            </div>
          ) : (
            <MessageList
              channel={channel}
              messages={channel.messages}
              unsent={channel.unsent}
              seen={channel.readBy(other.id)}
              received={channel.receivedBy(other.id)}
              onOpen={open}
              self={self}
              other={other}
              readBefore={readBefore}
              now={visavis.now()}
            />
          )}
        </section>
        {channel.typing.includes(other.id) ? (
          <p class="conversation__typing quiet" aria-live="polite">
            {t('typing', other)}
          </p>
        ) : null}
        {atEnd ? null : (
          <button type="button" class="ds-button conversation__end" data-color="accent" data-icon onClick={toEnd}>
            <DownIcon />
            <span class="ds-sr-only">{t('toNewest')}</span>
          </button>
        )}
      </div>
      <Composer
        key={summary.channel}
        to={other.name}
        onType={() => channel.type()}
        onSend={(text) => {
          toEnd()
          // What fails is shown beside the message itself.
          void channel.send(text).catch(() => {})
        }}
      />
    </section>
  )
}
