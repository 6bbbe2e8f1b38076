/**
 * Beside the portfolio: who has yet to join, and who has left. Asked for again after each act, and whenever somebody comes back to
 * the page; nothing is shown where there is nobody.
 */
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Awaited, type AwaitedPeople, type AwaitedPerson } from '../../client/awaited.ts'
import type { Visavis } from '../../client/index.ts'
import { Dialog } from '../page/dialog.tsx'
import { pages } from '../page/place.ts'
import { currentToken } from '../page/signed-in.ts'
import { inOrder, wantsIn } from './order.ts'
import { Person } from './person.tsx'
import { WaiveForm } from './waive-form.tsx'
import { type AwaitedKey, w } from './words.ts'

export interface AwaitedCardProps {
  readonly visavis: Visavis
  readonly region: string
  readonly advisor: string
}

type List = 'people' | 'former'
const words = {
  people: { heading: 'heading', intro: 'intro', none: 'none' },
  former: { heading: 'formerHeading', intro: 'formerIntro', none: 'formerNone' },
} as const satisfies Record<List, Record<string, AwaitedKey>>

const lookMs = 5 * 60 * 1_000

/** Of who has left: how many want to come back, if anybody does. */
function labelOf(list: List, people: readonly AwaitedPerson[]): string {
  if (list === 'people') return people.length === 1 ? w('one') : w('many', { count: people.length })
  const asking = people.filter(wantsIn).length
  if (asking > 0) return asking === 1 ? w('backOne') : w('backMany', { count: asking })
  return people.length === 1 ? w('formerOne') : w('formerMany', { count: people.length })
}

export const AwaitedCard = ({ visavis, region, advisor }: AwaitedCardProps) => {
  const awaited = useMemo(() => new Awaited({ url: pages, token: currentToken }, region), [region])
  const [found, setFound] = useState<AwaitedPeople>()
  const [open, setOpen] = useState<List>()
  const [waiving, waive] = useState<AwaitedPerson>()
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    // Without it the portfolio is whole all the same; opening the list asks again.
    awaited.of(advisor).then(setFound, () => {})
  }, [awaited, advisor, asked])
  const again = () => setAsked((count) => count + 1)
  // Whoever joins comes into the portfolio, and whoever leaves goes out of it.
  useEffect(() => visavis.on('enrolment.changed', again), [visavis])
  // That somebody wants in changes nothing that is told: it is looked when the page comes back into view, and now and then.
  useEffect(() => {
    const look = () => {
      if (document.visibilityState === 'visible') again()
    }
    const timer = setInterval(look, lookMs)
    document.addEventListener('visibilitychange', look)
    return () => {
      clearInterval(timer)
      document.removeEventListener('visibilitychange', look)
    }
  }, [])
  const close = () => {
    setOpen(undefined)
    waive(undefined)
  }
  const checkRequired = found?.checkRequired === true
  return (
    <>
      {(['people', 'former'] as const).map((list) => {
        const people = found?.[list] ?? []
        if (people.length === 0) return null
        return (
          <button
            key={list}
            type="button"
            class="ds-button awaiting"
            data-variant="secondary"
            data-color={people.some(wantsIn) ? 'accent' : 'neutral'}
            onClick={() => {
              again()
              setOpen(list)
            }}
          >
            {labelOf(list, people)}
          </button>
        )
      })}
      {open !== undefined && waiving !== undefined ? (
        <Dialog key="waive" title={w('waiveOf', { name: waiving.name })} onClose={close}>
          <WaiveForm
            awaited={awaited}
            person={waiving}
            onClose={() => waive(undefined)}
            onDone={() => {
              waive(undefined)
              again()
            }}
          />
        </Dialog>
      ) : null}
      {open !== undefined && waiving === undefined ? (
        <Dialog key="list" title={w(words[open].heading)} onClose={close}>
          <p>{w(words[open].intro)}</p>
          <p class="quiet">{w(checkRequired ? 'required' : 'notRequired')}</p>
          {found?.[open].length === 0 ? <p class="quiet">{w(words[open].none)}</p> : null}
          <ul class="awaited">
            {inOrder(found?.[open] ?? []).map((person) => (
              <Person
                key={person.id}
                person={person}
                checkRequired={checkRequired}
                now={visavis.now()}
                onWaive={() => waive(person)}
              />
            ))}
          </ul>
        </Dialog>
      ) : null}
    </>
  )
}
