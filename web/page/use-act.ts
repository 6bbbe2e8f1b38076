/** Something a person has asked for: whether it is being done, and why it could not be. */
import { useState } from 'preact/hooks'
import { sentenceOf } from '../language/failures.ts'
import { type Key, t } from '../language/language.ts'

export interface Act {
  readonly busy: boolean
  /** In words; undefined while nothing is wrong. */
  readonly problem: string | undefined
  /** @returns whether it was done. */
  readonly run: (work: () => Promise<unknown>) => Promise<boolean>
  readonly forget: () => void
}

/** @param words what to say instead of the usual sentence. */
export function useAct(words: (error: unknown) => Key = sentenceOf): Act {
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<{ readonly cause: unknown }>()
  const run = async (work: () => Promise<unknown>) => {
    setBusy(true)
    setError(undefined)
    try {
      await work()
      return true
    } catch (cause) {
      setError({ cause })
      return false
    } finally {
      setBusy(false)
    }
  }
  return {
    busy,
    problem: error === undefined ? undefined : t(words(error.cause)),
    run,
    forget: () => setError(undefined),
  }
}
