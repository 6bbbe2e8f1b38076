/** The free times to choose from, page after page, by day of this device. */
import { useEffect, useState } from 'preact/hooks'
import type { Slots, SlotsQuestion, Visavis } from '../../client/index.ts'

const pageMs = 28 * 24 * 60 * 60 * 1_000

export interface FoundSlots {
  /** Undefined while they are asked for. */
  readonly slots: Slots['slots'] | undefined
  readonly about: Slots | undefined
  readonly error: unknown
  readonly later: () => void
  /** Asks again: somebody else was faster. */
  readonly again: () => void
}

export function useSlots(visavis: Visavis, question: Omit<SlotsQuestion, 'from' | 'until'>): FoundSlots {
  const [from, setFrom] = useState(() => visavis.now())
  const [about, setAbout] = useState<Slots>()
  const [error, setError] = useState<unknown>()
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    let current = true
    setError(undefined)
    setAbout(undefined)
    visavis.appointments.slots({ ...question, from, until: from + pageMs }).then(
      (found) => current && setAbout(found),
      (failure: unknown) => current && setError(failure),
    )
    return () => {
      current = false
    }
  }, [from, asked, question.lengthMs, question.jobseeker, question.instead])
  return {
    slots: about?.slots,
    about,
    error,
    later: () => setFrom(about?.more ?? from + pageMs),
    again: () => setAsked((count) => count + 1),
  }
}
