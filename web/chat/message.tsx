/** One message as it is stored: who wrote it, what it answers, what it says, what can be done with it. */
import type { Attachment, Channel, Message } from '../../client/index.ts'
import { Attached } from '../files/attached.tsx'
import { t } from '../language/language.ts'
import { clock, dayAndClock } from '../language/times.ts'
import { PinIcon } from '../page/icons.tsx'
import { type MessageActs, MessageMenu } from './message-menu.tsx'
import { MessageText } from './message-text.tsx'
import { Quote } from './quote.tsx'

export interface Author {
  readonly name: string
  /** What they are to this channel, in a word. */
  readonly role: string
  /** Whether the name is shown, because it is not clear otherwise. */
  readonly shown: boolean
}

export interface StoredProps {
  readonly channel: Channel
  readonly message: Message
  readonly own: boolean
  /** Beside the own ones: of the same side. */
  readonly ours: boolean
  readonly author: Author
  /** How far it has come; empty for all but the newest own one. */
  readonly fate: string
  /** What it answers, where that is loaded. */
  readonly answered: Message | undefined
  readonly acts: MessageActs
  readonly nameOf: (message: Message) => string
  readonly onOpen: (attachment: Attachment) => void
  readonly onJump: (offset: number) => void
  readonly now: () => number
  /** Whether its menu is where Tab stops. */
  readonly stop: boolean
  /** Somebody was just brought here. */
  readonly found: boolean
}

export const Stored = (props: StoredProps) => {
  const { channel, message, own, ours, author, fate, answered, acts, nameOf, onOpen, onJump, now, stop, found } = props
  const gone = message.deletedAt !== undefined
  return (
    <li
      id={`message-${message.offset}`}
      class="message"
      tabIndex={-1}
      data-own={own}
      data-ours={ours}
      data-found={found}
      data-state={gone ? 'deleted' : undefined}
    >
      <p class={author.shown ? 'message__author' : 'ds-sr-only'}>
        <bdi>{author.name}</bdi>
        {author.role === '' ? null : <span class="message__role">{author.role}</span>}
      </p>
      <div class="message__line">
        <div class="message__bubble">
          {message.replyTo === undefined || gone ? null : (
            <Quote channel={channel} offset={message.replyTo} loaded={answered} nameOf={nameOf} onJump={onJump} />
          )}
          {gone ? <p class="message__gone">{t('deleted')}</p> : null}
          {message.text === '' ? null : <MessageText text={message.text} />}
          {message.attachments === undefined ? null : <Attached attachments={message.attachments} onOpen={onOpen} />}
        </div>
        {gone ? null : (
          <MessageMenu
            message={message}
            own={own}
            acts={acts}
            now={now}
            tabIndex={stop ? 0 : -1}
            label={t(own ? 'actionsOwn' : 'actionsOf', { name: author.name, time: clock(message.at) })}
          />
        )}
      </div>
      <p class="message__meta">
        <time dateTime={new Date(message.at).toISOString()} title={dayAndClock(message.at)}>
          {clock(message.at)}
        </time>
        {message.editedAt === undefined ? null : <span>{t('edited')}</span>}
        {message.pinned === true ? (
          <span class="message__pinned">
            <PinIcon />
            {t('pinned')}
          </span>
        ) : null}
        {fate === '' ? null : <span class="message__fate">{fate}</span>}
      </p>
    </li>
  )
}
