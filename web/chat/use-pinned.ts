/** The pinned messages of a channel, read again whenever a message changes. */
import { useEffect, useState } from 'preact/hooks'
import type { Message, Visavis } from '../../client/index.ts'

export interface Pinned {
  /** The newest pin first; undefined while it is not known. */
  readonly messages: readonly Message[] | undefined
  readonly error: unknown
}

export function usePinned(visavis: Visavis, channel: string): Pinned {
  const [pinned, setPinned] = useState<Pinned>({ messages: undefined, error: undefined })
  useEffect(() => {
    let newest = 0
    const ask = () => {
      newest += 1
      const asked = newest
      visavis.chat
        .channel(channel)
        .pinned()
        .then(
          // An answer that a later question has overtaken says nothing.
          (messages) => asked === newest && setPinned({ messages, error: undefined }),
          (error: unknown) => asked === newest && setPinned((before) => ({ ...before, error })),
        )
    }
    ask()
    const stops = [
      visavis.on('chat.messageChanged', ({ channel: id }) => {
        if (id === channel) ask()
      }),
      visavis.onState((state) => {
        if (state === 'open') ask()
      }),
    ]
    return () => {
      newest = Number.POSITIVE_INFINITY
      for (const stop of stops) stop()
    }
  }, [visavis, channel])
  return pinned
}
