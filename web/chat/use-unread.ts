/** From which message on a conversation is new to the person, and whether they want it to stay so. */
import { useEffect, useRef, useState } from 'preact/hooks'
import { type ChannelSummary, seenUpTo, type Visavis } from '../../client/index.ts'

export interface Unread {
  /** The first one; undefined when nothing is new. It stays while the person reads. */
  readonly at: number | undefined
  /** It was marked by the person themselves: looking at it does not end that, using it does. */
  readonly held: boolean
  readonly mark: (offset: number) => void
  /** The person has done something here. */
  readonly release: () => void
  /** The person has read, and says so by a click or an answer. */
  readonly clear: () => void
}

export interface UnreadOptions {
  readonly visavis: Visavis
  readonly summary: ChannelSummary
  readonly self: string
  /** The page has opened this conversation, not the person. */
  readonly opensItself: boolean
  /** Whether a new message is seen as it comes. */
  readonly watching: () => boolean
}

export function useUnread({ visavis, summary, self, opensItself, watching }: UnreadOptions): Unread {
  const { channel, unread, unreadFrom, readOffset } = summary
  const [at, setAt] = useState(unread > 0 ? seenUpTo(summary, self) + 1 : undefined)
  const [held, setHeld] = useState(opensItself && unreadFrom !== undefined)
  const now = useRef({ readOffset, watching })
  now.current = { readOffset, watching }
  useEffect(
    () =>
      visavis.on('chat.messagePublished', ({ channel: id, message }) => {
        if (id !== channel || message.from === self || message.system !== undefined) return
        if (now.current.watching()) return
        setAt((before) => (before === undefined || before <= now.current.readOffset ? message.offset : before))
      }),
    [visavis, channel, self],
  )
  return {
    at,
    held,
    mark: (offset) => {
      setAt(offset)
      setHeld(true)
    },
    release: () => setHeld(false),
    clear: () => {
      setAt(undefined)
      setHeld(false)
    },
  }
}
