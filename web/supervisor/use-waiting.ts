/** Who waits longest in a team, asked for again as the figures of the team change. */
import { useEffect, useState } from 'preact/hooks'
import type { Board, Callback, Visavis } from '../../client/index.ts'

export interface Waiting {
  /** Undefined until it is known. */
  readonly callbacks: readonly Callback[] | undefined
  readonly error: unknown
  readonly again: () => void
}

/** At most so often: each look is on record. */
const everyMs = 5_000

export function useWaiting({ callbackBoard }: Visavis, team: string): Waiting {
  const [found, setFound] = useState<{ readonly team: string; readonly callbacks: readonly Callback[] }>()
  const [error, setError] = useState<unknown>()
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    let over = false
    let seen = figuresOf(callbackBoard.board, team)
    let askedAt = performance.now()
    let timer: ReturnType<typeof setTimeout> | undefined
    const load = () => {
      timer = undefined
      askedAt = performance.now()
      seen = figuresOf(callbackBoard.board, team)
      callbackBoard.waiting(team).then(
        (callbacks) => {
          if (over) return
          setError(undefined)
          setFound({ team, callbacks })
        },
        (failure: unknown) => over || setError(failure),
      )
    }
    const forget = callbackBoard.onChange(() => {
      if (timer !== undefined || figuresOf(callbackBoard.board, team) === seen) return
      timer = setTimeout(load, Math.max(0, askedAt + everyMs - performance.now()))
    })
    load()
    return () => {
      over = true
      clearTimeout(timer)
      forget()
    }
  }, [callbackBoard, team, asked])
  return {
    callbacks: found?.team === team ? found.callbacks : undefined,
    error,
    again: () => setAsked((count) => count + 1),
  }
}

/** What of the board tells that the list may be another one. */
function figuresOf(board: Board | undefined, team: string): string {
  const figures = board?.teams.find((one) => one.team === team)
  return `${figures?.waiting}/${figures?.oldestAt}/${figures?.taken}/${figures?.declinedByAll}`
}
