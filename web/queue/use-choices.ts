/** What an advisor may pick. It changes without an event, so it is asked for while somebody looks. */
import { useEffect, useState } from 'preact/hooks'
import type { Callback, Visavis } from '../../client/index.ts'

const askEveryMs = 10_000
/** Several changes at once are one reason to ask. */
const atMostEveryMs = 1_000

export interface Choices {
  readonly choices: readonly Callback[]
  readonly renew: () => void
}

/** @param picks whether the team of this advisor picks at all. */
export function useChoices({ callbacks }: Visavis, picks: boolean): Choices {
  const [choices, setChoices] = useState<readonly Callback[]>([])
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    if (!picks) return
    let gone = false
    let soon: ReturnType<typeof setTimeout> | undefined
    const ask = () => {
      if (document.hidden) return
      callbacks.choices().then(
        (found) => {
          if (!gone) setChoices(found)
        },
        // What is known stands until the next answer.
        () => {},
      )
    }
    const askSoon = () => {
      soon ??= setTimeout(() => {
        soon = undefined
        ask()
      }, atMostEveryMs)
    }
    ask()
    const timer = setInterval(ask, askEveryMs)
    const forget = callbacks.onChange(askSoon)
    document.addEventListener('visibilitychange', ask)
    return () => {
      gone = true
      clearInterval(timer)
      clearTimeout(soon)
      forget()
      document.removeEventListener('visibilitychange', ask)
    }
  }, [callbacks, picks, asked])
  return { choices: picks ? choices : [], renew: () => setAsked((count) => count + 1) }
}
