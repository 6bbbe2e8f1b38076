/** A search as it is typed: asked for when the person pauses, the newest question only, more pages on request. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { SearchHit, Visavis } from '../../client/index.ts'
import { Search } from '../../client/search.ts'

/** Longer than between two letters of somebody who types slowly. */
const pauseMs = 300

export interface Found {
  readonly query: string
  readonly hits: readonly SearchHit[]
  /** False while the server is still reading: something may be missing. */
  readonly complete: boolean
  readonly next: string | undefined
}

export interface SearchState {
  /** Of the newest query that was answered. */
  readonly found: Found | undefined
  readonly busy: boolean
  readonly error: unknown
  readonly again: () => void
  readonly more: () => void
}

/** @param channel absent: in all conversations. */
export function useSearch(visavis: Visavis, query: string, channel: string | undefined): SearchState {
  const [found, setFound] = useState<Found>()
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>()
  const asked = useRef(0)
  const wanted = query.trim()

  const ask = async (before?: Found) => {
    asked.current += 1
    const question = asked.current
    setBusy(true)
    setError(undefined)
    try {
      const options = {
        ...(channel === undefined ? {} : { channel }),
        ...(before?.next === undefined ? {} : { before: before.next }),
      }
      const { hits, complete, next } = await new Search(visavis).find(wanted, options)
      if (question === asked.current)
        setFound({ query: wanted, hits: [...(before?.hits ?? []), ...hits], complete, next })
    } catch (failure) {
      if (question === asked.current) setError(failure)
    } finally {
      if (question === asked.current) setBusy(false)
    }
  }
  useEffect(() => {
    asked.current += 1
    if (wanted === '') {
      setFound(undefined)
      setBusy(false)
      return
    }
    const timer = setTimeout(() => void ask(), pauseMs)
    return () => clearTimeout(timer)
  }, [wanted, channel])
  return { found, busy, error, again: () => void ask(), more: () => void ask(found) }
}
