/**
 * Where a person is in a conversation: follows its end, keeps their place while older messages are put above, and marks
 * what was seen as read.
 */
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Channel } from '../../client/index.ts'

/** Within so many CSS pixels of its end the conversation is followed. */
const nearPx = 80
/** Within so many of its beginning the page before is fetched. */
const olderWithinPx = 240

export interface Reading {
  readonly atEnd: boolean
  /** The last message that was in sight; what lies beyond has come meanwhile. */
  readonly seen: number
  readonly onScroll: () => void
  readonly toEnd: () => void
  /** Follows no longer: the person looks at something further up. */
  readonly stay: () => void
  /** Whether new messages would be seen at once. */
  readonly watching: () => boolean
}

export interface ReadingOptions {
  readonly scroller: RefObject<HTMLElement | null>
  readonly channel: Channel
  /** The last message known when the conversation was opened, or the last before what was new then. */
  readonly seenBefore: number
  /** Nothing is marked as read: the person has marked it as unread. */
  readonly held: boolean
}

export function useReading({ scroller, channel, seenBefore, held }: ReadingOptions): Reading {
  const [atEnd, setAtEnd] = useState(true)
  const follows = useRef(true)
  const begun = useRef(false)
  const seen = useRef(seenBefore)
  const loadingOlder = useRef(false)
  const anchor = useRef<Anchor | undefined>(undefined)
  const holds = useRef(held)
  holds.current = held

  const markRead = () => {
    seen.current = channel.messages.at(-1)?.offset ?? 0
    // A page in the background reads nothing. A failure is of no matter: the next message or look repeats it.
    if (holds.current || document.visibilityState !== 'visible' || !channel.loaded) return
    void channel.markRead().catch(() => {})
  }
  const follow = (following: boolean) => {
    follows.current = following
    setAtEnd(following)
  }
  const loadOlder = () => {
    if (loadingOlder.current || !channel.more) return
    loadingOlder.current = true
    channel
      .loadOlder()
      .catch(() => {})
      .finally(() => {
        loadingOlder.current = false
      })
  }

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null || !channel.loaded) return
    // Something was put in above, or taken away: what is being read stays where it is.
    if (!follows.current) keepInPlace(element, anchor.current)
    anchor.current = firstInSight(element)
    if (!begun.current) {
      begun.current = true
      if (beginsAtUnread(element)) {
        seen.current = Math.max(seen.current, lastInSight(element))
        anchor.current = firstInSight(element)
        return follow(false)
      }
    }
    if (!follows.current) return
    element.scrollTop = element.scrollHeight
    markRead()
  })

  useEffect(() => {
    const onVisible = () => {
      if (follows.current) markRead()
    }
    document.addEventListener('visibilitychange', onVisible)
    addEventListener('focus', onVisible)
    return () => {
      document.removeEventListener('visibilitychange', onVisible)
      removeEventListener('focus', onVisible)
    }
  }, [channel])

  // The composer grows, files are added, a panel opens: the end stays in sight.
  useEffect(() => {
    const element = scroller.current
    if (element === null) return
    const observer = new ResizeObserver(() => {
      if (follows.current) element.scrollTop = element.scrollHeight
    })
    observer.observe(element)
    return () => observer.disconnect()
  }, [])

  return {
    atEnd,
    seen: seen.current,
    onScroll: () => {
      const element = scroller.current
      if (element === null) return
      follow(element.scrollHeight - element.scrollTop - element.clientHeight < nearPx)
      if (follows.current) return markRead()
      anchor.current = firstInSight(element)
      seen.current = Math.max(seen.current, lastInSight(element))
      if (element.scrollTop < olderWithinPx) loadOlder()
    },
    toEnd: () => {
      follow(true)
      scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
      markRead()
    },
    stay: () => follow(false),
    watching: () => follows.current && document.visibilityState === 'visible',
  }
}

/** More is new than fits: reading begins at the first of it. */
function beginsAtUnread(scroller: HTMLElement): boolean {
  const divider = scroller.querySelector('#unread')
  if (divider === null) return false
  const above = divider.getBoundingClientRect().top - scroller.getBoundingClientRect().top + scroller.scrollTop
  if (scroller.scrollHeight - above < scroller.clientHeight) return false
  scroller.scrollTop = above - nearPx
  return true
}

/** A message and its place in what is scrolled, which scrolling does not change. */
interface Anchor {
  readonly message: Element
  readonly top: number
}

const topOf = (message: Element, scroller: HTMLElement): number =>
  message.getBoundingClientRect().top + scroller.scrollTop

function firstInSight(scroller: HTMLElement): Anchor | undefined {
  const edge = scroller.getBoundingClientRect().top
  const messages = [...scroller.querySelectorAll('[id^="message-"]')]
  const message = messages.find((each) => each.getBoundingClientRect().bottom > edge)
  return message === undefined ? undefined : { message, top: topOf(message, scroller) }
}

function keepInPlace(scroller: HTMLElement, anchor: Anchor | undefined): void {
  if (anchor?.message.isConnected) scroller.scrollTop += topOf(anchor.message, scroller) - anchor.top
}

/** The offset of the last message that begins above the lower edge; 0 if none does. */
function lastInSight(scroller: HTMLElement): number {
  const edge = scroller.getBoundingClientRect().bottom
  const messages = [...scroller.querySelectorAll('[id^="message-"]')]
  const last = messages.findLast((message) => message.getBoundingClientRect().top < edge)
  return Number(last?.id.replace('message-', '') ?? 0)
}
