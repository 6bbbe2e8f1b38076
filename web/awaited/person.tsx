/** One who has yet to join, or has left: what they asked, what is in their way, and what can be done about it. */
import type { AwaitedPerson } from '../../client/awaited.ts'
import { moment } from '../language/times.ts'
import { LastCheck } from './last-check.tsx'
import { wantsIn } from './order.ts'
import { type AwaitedKey, w } from './words.ts'

export interface PersonProps {
  readonly person: AwaitedPerson
  readonly checkRequired: boolean
  readonly now: number
  readonly onWaive: () => void
}

const ways: Readonly<Record<string, AwaitedKey>> = {
  check: 'wayCheck',
  closed: 'wayClosed',
  pilot: 'wayPilot',
  capacity: 'wayCapacity',
  certificate: 'wayCapacity',
  ceiling: 'wayCeiling',
  reinforced: 'wayReinforced',
}

const Standing = ({ person: { leftAt, asked, obstacle }, now }: Pick<PersonProps, 'person' | 'now'>) => {
  // What is in the way of somebody who has left concerns nobody until they want to come back.
  const way = leftAt === undefined || asked !== undefined ? ways[obstacle ?? ''] : undefined
  return (
    <>
      {leftAt === undefined ? null : <p>{w('left', { time: moment(leftAt, now) })}</p>}
      {asked === undefined ? null : (
        <p>{w(leftAt === undefined ? 'asked' : 'askedBack', { time: moment(asked.at, now) })}</p>
      )}
      {asked === undefined && leftAt === undefined ? <p class="quiet">{w('notAsked')}</p> : null}
      {way === undefined ? null : <p class={asked === undefined ? 'quiet' : ''}>{w(way)}</p>}
      {way === undefined && asked !== undefined ? <p class="quiet">{w('wayNone')}</p> : null}
    </>
  )
}

export const Person = ({ person, checkRequired, now, onWaive }: PersonProps) => {
  const { name, leftAt, lastCheck, check, waived } = person
  const isOpen = leftAt === undefined || wantsIn(person)
  return (
    <li class="awaited__person" data-asks={wantsIn(person)}>
      <p class="strong">
        <bdi>{name}</bdi>
      </p>
      <Standing person={person} now={now} />
      {isOpen ? <LastCheck report={lastCheck} now={now} /> : null}
      {waived === undefined ? null : (
        <p>
          {w('waived', { time: moment(waived.at, now) })} {w('waivedWhy')} <q dir="auto">{waived.why}</q>
        </p>
      )}
      {isOpen && checkRequired && check === undefined ? (
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
