/** Follows the end of a conversation: scrolls with it, says whether it is out of sight, and marks what was seen as read. */
import type { RefObject } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import type { Channel } from '../../client/index.ts'

/** Within so many CSS pixels of its end the conversation is followed. */
const nearPx = 80

export interface Reading {
  readonly atEnd: boolean
  readonly onScroll: () => void
  readonly toEnd: () => void
}

export function useReading(scroller: RefObject<HTMLElement | null>, channel: Channel): Reading {
  const [atEnd, setAtEnd] = useState(true)
  const follows = useRef(true)
  const oldest = useRef<{ offset: number | undefined; height: number }>({ offset: undefined, height: 0 })

  const toEnd = () => {
    follows.current = true
    setAtEnd(true)
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight })
  }
  const onScroll = () => {
    const element = scroller.current
    if (element === null) return
    follows.current = element.scrollHeight - element.scrollTop - element.clientHeight < nearPx
    setAtEnd(follows.current)
    if (follows.current) markRead(channel)
  }

  useLayoutEffect(() => {
    const element = scroller.current
    if (element === null) return
    const offset = channel.messages[0]?.offset
    const before = oldest.current
    // Older messages were put above: what was being read stays where it is.
    if (!follows.current && before.offset !== undefined && offset !== before.offset) {
      element.scrollTop += element.scrollHeight - before.height
    }
    oldest.current = { offset, height: element.scrollHeight }
    if (!follows.current) return
    element.scrollTop = element.scrollHeight
    markRead(channel)
  })

  useEffect(() => {
    const onVisible = () => {
      if (follows.current) markRead(channel)
    }
    document.addEventListener('visibilitychange', onVisible)
    addEventListener('focus', onVisible)
    return () => {
      document.removeEventListener('visibilitychange', onVisible)
      removeEventListener('focus', onVisible)
    }
  }, [channel])

  return { atEnd, onScroll, toEnd }
}

/** A page in the background reads nothing. A failure is of no matter: the next message or look repeats it. */
function markRead(channel: Channel): void {
  if (document.visibilityState !== 'visible' || !channel.loaded) return
  void channel.markRead().catch(() => {})
}
