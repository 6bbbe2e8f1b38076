/** What a jobseeker may ask for now. Until it is known, or when it cannot be, there is only "as soon as possible". */
import { useEffect, useState } from 'preact/hooks'
import type { CallbackOptions, Visavis } from '../../client/index.ts'

export interface Options {
  readonly options: CallbackOptions | undefined
  /** Asks again: what was offered may be taken meanwhile. */
  readonly renew: () => void
}

export function useOptions({ callbacks }: Visavis): Options {
  const [options, setOptions] = useState<CallbackOptions>()
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    let gone = false
    callbacks.options().then(
      (found) => {
        if (!gone) setOptions(found)
      },
      () => {},
    )
    return () => {
      gone = true
    }
  }, [callbacks, asked])
  return { options, renew: () => setAsked((count) => count + 1) }
}
