/** The workshops of the person, asked for with every connection and drawn again as they change. */
import { useEffect } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'
import { useChanges } from '../page/use-changes.ts'

export function useWorkshops(visavis: Visavis): Visavis['workshops'] {
  const { workshops } = visavis
  useChanges((change) => workshops.onChange(change), workshops)
  useEffect(() => {
    workshops.refresh()
    // Those that are open to all are told of by no event.
    return visavis.onState((state) => {
      if (state === 'open') workshops.refresh()
    })
  }, [visavis])
  return workshops
}
