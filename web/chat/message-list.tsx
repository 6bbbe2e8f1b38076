/** The messages of a channel, by day; own ones to the right, with what became of the newest. */
import { Fragment } from 'preact'
import type { Channel, Message, Unsent } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { clock, day, isSameDay } from '../language/times.ts'
import { MessageText } from './message-text.tsx'

export interface MessageListProps {
  /** For trying again; what is shown is given apart, because the channel stays the same object as it changes. */
  readonly channel: Channel
  readonly messages: readonly Message[]
  readonly unsent: readonly Unsent[]
  /** How far the other has read. */
  readonly seen: number
  readonly self: string
  readonly other: { readonly id: string; readonly name: string }
  /** What lay beyond this offset when the channel was opened was new. */
  readonly readBefore: number
  /** ms since the epoch, by the server's clock. */
  readonly now: number
}

const Stored = ({ message, own, name, fate }: { message: Message; own: boolean; name: string; fate: string }) => (
  <li class="message" data-own={own}>
    <span class="ds-sr-only">{own ? t('you') : name}</span>
    <div class="message__bubble">
      <MessageText text={message.text} />
    </div>
    <p class="message__meta">
      <time dateTime={new Date(message.at).toISOString()}>{clock(message.at)}</time>
      {fate === '' ? null : <span class="message__fate">{fate}</span>}
    </p>
  </li>
)

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
  const { channel, messages, unsent, seen, self, other, readBefore, now } = props
  const newestOwn = messages.findLast(({ from }) => from === self)?.offset
  const firstNew = messages.find(({ offset, from }) => offset > readBefore && from !== self)?.offset
  return (
    <ol class="messages">
      {messages.map((message, index) => {
        const own = message.from === self
        const before = messages[index - 1]
        const fate = message.offset !== newestOwn ? '' : seen >= message.offset ? t('seen') : t('sent')
        return (
          <Fragment key={message.offset}>
            {before !== undefined && isSameDay(before.at, message.at) ? null : (
              <li class="messages__day">{day(message.at, now)}</li>
            )}
            {message.offset === firstNew && readBefore > 0 ? <li class="messages__new">{t('newMessages')}</li> : null}
            <Stored message={message} own={own} name={other.name} fate={fate} />
          </Fragment>
        )
      })}
      {unsent.map((message) => (
        <OnItsWay key={message.key} channel={channel} unsent={message} />
      ))}
    </ol>
  )
}
