/** Where a request stands. Nothing tells when others before it are done, so it is asked for while somebody looks. */
import { useEffect, useState } from 'preact/hooks'
import type { Callback, CallbackPlace, Visavis } from '../../client/index.ts'

const askEveryMs = 20_000

export function usePlace({ callbacks }: Visavis, { id, state, changedAt }: Callback): CallbackPlace | undefined {
  const [place, setPlace] = useState<CallbackPlace>()
  useEffect(() => {
    setPlace(undefined)
    if (state !== 'waiting' && state !== 'scheduled') return
    let gone = false
    const ask = () => {
      if (document.hidden) return
      callbacks.place(id).then(
        (found) => {
          if (!gone) setPlace(found)
        },
        // What is known stands until the next answer.
        () => {},
      )
    }
    ask()
    // Of what is not due yet only a pause can be told.
    const timer = state === 'waiting' ? setInterval(ask, askEveryMs) : undefined
    document.addEventListener('visibilitychange', ask)
    return () => {
      gone = true
      clearInterval(timer)
      document.removeEventListener('visibilitychange', ask)
    }
  }, [callbacks, id, state, changedAt])
  return place
}
