/** The messages of a channel, by day; own ones to the right, with what became of the newest. */
import { Fragment } from 'preact'
import type { Attachment, Channel, Message, Unsent } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { clock, day, isSameDay } from '../language/times.ts'
import { MessageText } from './message-text.tsx'

export interface MessageListProps {
  /** For trying again; what is shown is given apart, because the channel stays the same object as it changes. */
  readonly channel: Channel
  readonly messages: readonly Message[]
  readonly unsent: readonly Unsent[]
  /** Fetches a file. */
  readonly onOpen: (attachment: Attachment) => void
  /** How far the other has read, and how far it has come to a device of theirs. */
  readonly seen: number
  readonly received: number
  readonly self: string
  readonly other: { readonly id: string; readonly name: string }
  /** What lay beyond this offset when the channel was opened was new. */
  readonly readBefore: number
  /** ms since the epoch, by the server's clock. */
  readonly now: number
}

interface StoredProps {
  readonly onOpen: (attachment: Attachment) => void
  readonly message: Message
  readonly own: boolean
  readonly name: string
  readonly fate: string
  /** What it answers, where that is loaded. */
  readonly answered: Message | undefined
}

const Stored = ({ onOpen, message, own, name, fate, answered }: StoredProps) => (
  <li class="message" data-own={own} data-state={message.deletedAt === undefined ? undefined : 'deleted'}>
    <span class="ds-sr-only">{own ? t('you') : name}</span>
    <div class="message__bubble">
      {answered === undefined || answered.text === '' ? null : (
        <blockquote class="message__quote" dir="auto">
          {answered.text}
        </blockquote>
      )}
      {message.deletedAt === undefined ? <MessageText text={message.text} /> : <p class="quiet">{t('deleted')}</p>}
      {message.attachments?.map((attachment) => (
        <button key={attachment.id} type="button" class="text-button" onClick={() => onOpen(attachment)}>
          {t('attachment', { name: attachment.name })}
        </button>
      ))}
    </div>
    <p class="message__meta">
      <time dateTime={new Date(message.at).toISOString()}>{clock(message.at)}</time>
      {message.editedAt === undefined ? null : <span>{t('edited')}</span>}
      {message.pinned === true ? <span>{t('pinned')}</span> : null}
      {fate === '' ? null : <span class="message__fate">{fate}</span>}
    </p>
  </li>
)

const saidAs = {
  advisorChanged: 'advisorIsNow',
  coverStarted: 'coverStarted',
  coverEnded: 'coverEnded',
  callbackDone: 'calledBack',
} as const satisfies Record<NonNullable<Message['system']>['code'], string>

/** What the service itself says; a newer server may say more than this page knows. */
const Said = ({ message: { system } }: { message: Message }) => {
  const known = system !== undefined && Object.hasOwn(saidAs, system.code)
  const words = known ? t(saidAs[system.code], { name: system.person?.name ?? '' }) : t('somethingSaid')
  return <li class="messages__said">{words}</li>
}

const OnItsWay = ({ channel, unsent }: { channel: Channel; unsent: Unsent }) => (
  <li class="message" data-own="true" data-state={unsent.state}>
    <span class="ds-sr-only">{t('you')}</span>
    <div class="message__bubble">
      <MessageText text={unsent.text} />
    </div>
    {unsent.state === 'sending' ? (
      <p class="message__meta">{t('sending')}</p>
    ) : (
      <p class="message__meta message__meta--failed" role="alert">
        <span>
          {t('notSent')}. {t(sentenceOf(unsent.error))}
        </span>
        <button type="button" class="text-button" onClick={() => void channel.resend(unsent.key).catch(() => {})}>
          {t('retry')}
        </button>
        <button type="button" class="text-button" onClick={() => channel.discard(unsent.key)}>
          {t('discard')}
        </button>
      </p>
    )}
  </li>
)

export const MessageList = (props: MessageListProps) => {
  const { channel, messages, unsent, onOpen, seen, received, self, other, readBefore, now } = props
  const newestOwn = messages.findLast(({ from, deletedAt }) => from === self && deletedAt === undefined)?.offset
  const byOffset = new Map(messages.map((message) => [message.offset, message]))
  const firstNew = messages.find(({ offset, from }) => offset > readBefore && from !== self)?.offset
  return (
    <ol class="messages">
      {messages.map((message, index) => {
        const own = message.from === self
        const before = messages[index - 1]
        const reached = seen >= message.offset ? 'seen' : received >= message.offset ? 'received' : 'sent'
        const fate = message.offset === newestOwn ? t(reached) : ''
        return (
          <Fragment key={message.offset}>
            {before !== undefined && isSameDay(before.at, message.at) ? null : (
              <li class="messages__day">{day(message.at, now)}</li>
            )}
            {message.offset === firstNew && readBefore > 0 ? <li class="messages__new">{t('newMessages')}</li> : null}
            {message.system === undefined ? (
              <Stored
                onOpen={onOpen}
                message={message}
                own={own}
                name={other.name}
                fate={fate}
                answered={byOffset.get(message.replyTo ?? 0)}
              />
            ) : (
              <Said message={message} />
            )}
          </Fragment>
        )
      })}
      {unsent.map((message) => (
        <OnItsWay key={message.key} channel={channel} unsent={message} />
      ))}
    </ol>
  )
}
