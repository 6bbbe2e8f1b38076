/** Whether somebody could answer a jobseeker at the moment. */
import { useEffect, useState } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'

/** @param asks only a jobseeker may ask. */
export function useAnswered(visavis: Visavis, asks: boolean): boolean {
  const [answered, setAnswered] = useState(true)
  useEffect(() => {
    if (!asks) return
    let gone = false
    const read = async () => {
      const found = await visavis.enrolment.advisor()
      if (!gone) setAnswered(found.answered)
    }
    // What could not be read is asked for with the next occasion.
    const ask = () => void read().catch(() => {})
    ask()
    const stops = [
      visavis.on('enrolment.changed', ask),
      visavis.on('enrolment.coverChanged', ask),
      visavis.onState((state, before) => {
        if (state === 'open' && before === 'recovering') ask()
      }),
    ]
    return () => {
      gone = true
      for (const stop of stops) stop()
    }
  }, [visavis, asks])
  return answered
}
