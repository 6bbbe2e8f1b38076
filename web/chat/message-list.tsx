/** The messages of a channel, by day; those of one's own side to the right, with what became of the newest. */
import { Fragment } from 'preact'
import { useState } from 'preact/hooks'
import type { Attachment, Channel, Message, Unsent } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { day, isoDay, isSameDay } from '../language/times.ts'
import { Words } from '../language/words.tsx'
import { type Author, Stored } from './message.tsx'
import type { MessageActs } from './message-menu.tsx'
import { saidIn } from './said.ts'
import { UnsentMessage } from './unsent-message.tsx'

export interface MessageListProps {
  /** For trying again; what is shown is given apart, because the channel stays the same object as it changes. */
  readonly channel: Channel
  readonly messages: readonly Message[]
  readonly unsent: readonly Unsent[]
  /** How far the other side has read, and how far it has come to a device of theirs. */
  readonly seen: number
  readonly received: number
  readonly self: string
  readonly jobseeker: string
  readonly authorOf: (message: Message, before: Message | undefined) => Author
  /** Messages are new from this one on. */
  readonly unreadAt: number | undefined
  /** Offered where they stay new until the person says otherwise. */
  readonly onMarkRead: (() => void) | undefined
  readonly found: number | undefined
  readonly acts: MessageActs
  readonly onOpen: (attachment: Attachment) => void
  readonly onJump: (offset: number) => void
  readonly now: () => number
}

const Unread = ({ onMarkRead }: { onMarkRead: (() => void) | undefined }) => (
  <li class="messages__new" id="unread">
    <span>{t('newMessages')}</span>
    {onMarkRead === undefined ? null : (
      <button type="button" class="text-button" onClick={onMarkRead}>
        {t('markRead')}
      </button>
    )}
  </li>
)

const Said = ({ message }: { message: Message }) => {
  const { system } = message
  return system === undefined ? null : (
    <li class="messages__said" id={`message-${message.offset}`} tabIndex={-1}>
      <Words {...saidIn(system)} />
    </li>
  )
}

export const MessageList = (props: MessageListProps) => {
  const { channel, messages, unsent, seen, received, self, jobseeker, authorOf, unreadAt, now } = props
  const [stopped, stopAt] = useState<number>()
  const live = messages.filter(({ deletedAt, system }) => deletedAt === undefined && system === undefined)
  const newestOwn = live.findLast(({ from }) => from === self)?.offset
  const stop = live.some(({ offset }) => offset === stopped) ? stopped : live.at(-1)?.offset
  const byOffset = new Map(messages.map((message) => [message.offset, message]))
  const firstUnread =
    unreadAt === undefined
      ? undefined
      : messages.find(({ offset, from }) => offset === unreadAt || (offset > unreadAt && from !== self))?.offset
  const fateOf = ({ offset }: Message) =>
    offset === newestOwn ? t(seen >= offset ? 'seen' : received >= offset ? 'received' : 'sent') : ''
  return (
    <ol
      class="messages"
      onKeyDown={moveAmongMenus}
      onFocusCapture={(event) => stopAt(offsetOf(event.target))}
      // Whoever comes back from the field finds the menu of the newest one: links of later messages are not in between.
      onFocusOut={({ currentTarget, relatedTarget }) => {
        if (relatedTarget instanceof Node && !currentTarget.contains(relatedTarget)) stopAt(undefined)
      }}
    >
      {messages.map((message, index) => {
        const before = messages[index - 1]
        return (
          <Fragment key={message.offset}>
            {before !== undefined && isSameDay(before.at, message.at) ? null : (
              <li class="messages__day">
                <time dateTime={isoDay(message.at)}>{day(message.at, now())}</time>
              </li>
            )}
            {message.offset === firstUnread ? <Unread onMarkRead={props.onMarkRead} /> : null}
            {message.system === undefined ? (
              <Stored
                channel={channel}
                message={message}
                own={message.from === self}
                ours={(message.from === jobseeker) === (self === jobseeker)}
                author={authorOf(message, before)}
                fate={fateOf(message)}
                answered={byOffset.get(message.replyTo ?? 0)}
                acts={props.acts}
                nameOf={(other) => authorOf(other, undefined).name}
                onOpen={props.onOpen}
                onJump={props.onJump}
                now={now}
                stop={message.offset === stop}
                found={message.offset === props.found}
              />
            ) : (
              <Said message={message} />
            )}
          </Fragment>
        )
      })}
      {unsent.map((message) => (
        <UnsentMessage key={message.key} channel={channel} unsent={message} />
      ))}
    </ol>
  )
}

const offsetOf = (target: EventTarget | null): number | undefined => {
  const message = target instanceof Element ? target.closest('.message[id]') : null
  return message === null ? undefined : Number(message.id.replace('message-', ''))
}

/** Tab stops once in the list; from there the arrows go from message to message. */
function moveAmongMenus(event: KeyboardEvent & { readonly currentTarget: HTMLElement }): void {
  if (!(event.target instanceof HTMLElement) || !event.target.matches('.message__more')) return
  const menus = [...event.currentTarget.querySelectorAll<HTMLElement>('.message__more')]
  const at = menus.indexOf(event.target)
  const targets: Readonly<Record<string, number>> = {
    ArrowUp: at - 1,
    ArrowDown: at + 1,
    Home: 0,
    End: menus.length - 1,
  }
  const target = event.altKey ? undefined : menus[targets[event.key] ?? -1]
  if (target === undefined) return
  event.preventDefault()
  target.focus({ preventScroll: true })
  target.closest('.message')?.scrollIntoView({ block: 'nearest' })
}
