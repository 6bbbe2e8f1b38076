/** Brings a person to one message, also one that is not loaded yet. */
import { useEffect, useState } from 'preact/hooks'
import type { Channel } from '../../client/index.ts'
import { t } from '../language/language.ts'
import { announce } from '../page/announcer.tsx'
import type { Reading } from './use-reading.ts'

/** So long the message is marked. */
const foundForMs = 2_500
/** The most that the server gives at once: a message may be long ago. */
const pageSize = 200

export interface Jump {
  /** The message somebody was just brought to. */
  readonly found: number | undefined
  /** Messages in between are being loaded. */
  readonly searching: boolean
  readonly to: (offset: number) => void
}

export function useJump(channel: Channel, reading: Pick<Reading, 'stay' | 'onScroll'>): Jump {
  const [found, setFound] = useState<number>()
  const [searching, setSearching] = useState(false)
  useEffect(() => {
    if (found === undefined) return
    const element = document.getElementById(`message-${found}`)
    element?.scrollIntoView({ block: 'center' })
    element?.focus({ preventScroll: true })
    // Where all is in sight nothing has scrolled.
    reading.onScroll()
    const timer = setTimeout(() => setFound(undefined), foundForMs)
    return () => clearTimeout(timer)
  }, [found])

  const load = async (offset: number) => {
    for (;;) {
      const first = channel.messages[0]?.offset ?? 0
      if (first <= offset || !channel.more) return
      await channel.loadOlder(pageSize)
      // Read anew meanwhile: a page that brought nothing would be asked for without end.
      if (channel.messages[0]?.offset === first) return
    }
  }
  const to = async (offset: number) => {
    reading.stay()
    setSearching(true)
    try {
      await load(offset)
      setFound(undefined)
      // What was loaded is drawn first.
      requestAnimationFrame(() => setFound(offset))
    } catch {
      announce(t('errorUnavailable'))
    } finally {
      setSearching(false)
    }
  }
  return { found, searching, to: (offset) => void to(offset) }
}
