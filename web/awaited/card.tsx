/** Beside the portfolio: who has yet to join. Asked for once, and again after each act; nothing is shown where nobody is awaited. */
import { useEffect, useMemo, useState } from 'preact/hooks'
import { Awaited, type AwaitedPeople, type AwaitedPerson } from '../../client/awaited.ts'
import type { Visavis } from '../../client/index.ts'
import { moment } from '../language/times.ts'
import { Dialog } from '../page/dialog.tsx'
import { pages } from '../page/place.ts'
import { currentToken } from '../page/signed-in.ts'
import { LastCheck } from './last-check.tsx'
import { WaiveForm } from './waive-form.tsx'
import { w } from './words.ts'

export interface AwaitedCardProps {
  readonly visavis: Visavis
  readonly region: string
  readonly advisor: string
}

/** Whoever has asked and lacks the check first, then by name. */
const inOrder = (people: readonly AwaitedPerson[]): AwaitedPerson[] =>
  people.toSorted(
    (a, b) => Number(isHeldUp(b)) - Number(isHeldUp(a)) || a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1),
  )
const isHeldUp = ({ asked, check }: AwaitedPerson): boolean => asked !== undefined && check === undefined

const Person = ({ person, checkRequired, now, onWaive }: PersonProps) => {
  const { name, asked, lastCheck, check, waived } = person
  return (
    <li class="awaited__person" data-held-up={isHeldUp(person)}>
      <p class="strong">
        <bdi>{name}</bdi>
      </p>
      {checkRequired && isHeldUp(person) ? <p>{w('asked', { time: moment(asked?.at ?? now, now) })}</p> : null}
      {asked === undefined ? <p class="quiet">{w('notAsked')}</p> : null}
      <LastCheck report={lastCheck} now={now} />
      {checkRequired && check === 'passed' ? <p class="quiet">{w('ready')}</p> : null}
      {waived === undefined ? null : (
        <p>
          {w('waived', { time: moment(waived.at, now) })} {w('waivedWhy')} <q dir="auto">{waived.why}</q>
        </p>
      )}
      {checkRequired && check === undefined ? (
        <button
          type="button"
          class="ds-button"
          data-size="sm"
          data-variant="secondary"
          data-color="accent"
          onClick={onWaive}
        >
          {w('waive')}
          <span class="ds-sr-only"> {name}</span>
        </button>
      ) : null}
    </li>
  )
}

interface PersonProps {
  readonly person: AwaitedPerson
  readonly checkRequired: boolean
  readonly now: number
  readonly onWaive: () => void
}

export const AwaitedCard = ({ visavis, region, advisor }: AwaitedCardProps) => {
  const awaited = useMemo(() => new Awaited({ url: pages, token: currentToken }, region), [region])
  const [found, setFound] = useState<AwaitedPeople>()
  const [open, setOpen] = useState(false)
  const [waiving, waive] = useState<AwaitedPerson>()
  const [asked, setAsked] = useState(0)
  useEffect(() => {
    // Without it the portfolio is whole all the same; opening the list asks again.
    awaited.of(advisor).then(setFound, () => {})
  }, [awaited, advisor, asked])
  const again = () => setAsked((count) => count + 1)
  // Whoever joins comes into the portfolio.
  useEffect(() => visavis.on('enrolment.changed', again), [visavis])
  const close = () => {
    setOpen(false)
    waive(undefined)
  }
  const people = found?.people ?? []
  if (people.length === 0 && !open) return null
  return (
    <>
      <button
        type="button"
        class="ds-button awaiting"
        data-variant="secondary"
        data-color={people.some(isHeldUp) ? 'accent' : 'neutral'}
        onClick={() => {
          again()
          setOpen(true)
        }}
      >
        {people.length === 1 ? w('one') : w('many', { count: people.length })}
      </button>
      {open && waiving !== undefined ? (
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
      {open && waiving === undefined ? (
        <Dialog key="list" title={w('heading')} onClose={close}>
          <p>{w('intro')}</p>
          <p class="quiet">{w(found?.checkRequired === true ? 'required' : 'notRequired')}</p>
          {people.length === 0 ? <p class="quiet">{w('none')}</p> : null}
          <ul class="awaited">
            {inOrder(people).map((person) => (
              <Person
                key={person.id}
                person={person}
                checkRequired={found?.checkRequired === true}
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
