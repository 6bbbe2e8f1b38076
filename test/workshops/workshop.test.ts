/** What becomes of a workshop and its places, as a table. */
import t from 'tap'
import {
  type Act,
  after,
  graceMs,
  requireDoorsOpen,
  shownTo,
  type WorkshopRecord,
} from '../../src/workshops/workshop.ts'

const now = 1_767_000_000_000
const hour = 3_600_000
const planned: WorkshopRecord = {
  id: `workshop-${'0'.repeat(32)}`,
  title: 'Lire une offre d’emploi',
  language: 'fr',
  advisor: 'anne',
  advisorName: 'Anne Kerbrat',
  from: now + hour,
  until: now + 2 * hour,
  capacity: 2,
  open: true,
  state: 'planned',
  sequence: 0,
  changedAt: now,
  seats: 0,
  places: [],
}
const jeanne = { person: 'jeanne', name: 'Jeanne Le Goff' }
const paul = { person: 'paul', name: 'Paul Martin' }
const ines = { person: 'ines', name: 'Inès Cadiou' }
const play = (acts: readonly Act[], from = planned, at = now) =>
  acts.reduce((sofar, act) => after(sofar, act, at), from)
const signUp = (who: typeof jeanne): Act => ({ type: 'signUp', who })
const seatsOf = ({ places }: WorkshopRecord) => places.map(({ seat, person, removed }) => [seat, person, removed])

t.test('places are given up to the capacity, once to each, and all or none of an invitation', async (t) => {
  const both = play([{ type: 'invite', people: [jeanne] }, signUp(paul), signUp(paul)])
  t.same(seatsOf(both), [
    ['seat-1', 'jeanne', false],
    ['seat-2', 'paul', false],
  ])
  t.throws(() => after(both, signUp(ines), now), { code: 'CONFLICT', details: { reason: 'full', free: 0 } })
  t.throws(() => after(planned, { type: 'invite', people: [jeanne, paul, ines] }, now), { code: 'CONFLICT' })
  t.equal(after(both, { type: 'invite', people: [jeanne, paul] }, now), both, 'who has a place keeps it')
  const freed = play([{ type: 'decline', person: 'jeanne' }, signUp(ines)], both)
  t.same(
    seatsOf(freed),
    [
      ['seat-2', 'paul', false],
      ['seat-3', 'ines', false],
    ],
    'no seat is given twice',
  )
  t.throws(() => after({ ...planned, open: false }, signUp(paul), now), {
    code: 'CONFLICT',
    details: { reason: 'closed' },
  })
})

t.test('whoever was sent out stays out until the advisor invites them again', async (t) => {
  const out = play([signUp(jeanne), { type: 'remove', seat: 'seat-1' }])
  t.throws(() => after(out, signUp(jeanne), now), { code: 'FORBIDDEN' })
  t.equal(after(out, { type: 'decline', person: 'jeanne' }, now), out)
  t.equal(shownTo(out, 'jeanne').place, undefined)
  t.equal(shownTo(out, 'jeanne').taken, 0)
  const again = after(out, { type: 'invite', people: [jeanne] }, now)
  t.same(seatsOf(again), [['seat-1', 'jeanne', false]])
  t.throws(() => after(out, { type: 'remove', seat: 'seat-9' }, now), { code: 'NOT_FOUND' })
})

t.test('nothing that somebody is told names anybody else who takes part', async (t) => {
  const both = play([signUp(jeanne), signUp(paul), { type: 'present', person: 'paul', shownAs: 'P.' }])
  const text = JSON.stringify(shownTo(both, 'jeanne'))
  t.match(shownTo(both, 'jeanne'), { taken: 2, place: 'signedUp', shownAs: 'Jeanne' })
  t.notMatch(text, /paul|Martin|P\./i)
  t.match(shownTo(both, 'paul'), { shownAs: 'P.' })
  t.notMatch(JSON.stringify(after(both, { type: 'forget', person: 'jeanne' }, now)), /jeanne|Goff/i)
})

t.test(
  'a change of the whole raises its sequence; when it is over only giving up a place and ending are left',
  async (t) => {
    const moved = play([signUp(jeanne), { type: 'move', from: now + 2 * hour, reason: 'a strike' }])
    t.match(moved, { from: now + 2 * hour, until: now + 3 * hour, sequence: 1, reason: 'a strike' })
    t.throws(() => after(moved, { type: 'move', from: now, reason: '' }, now), { code: 'BAD_REQUEST' })
    t.throws(() => after(moved, { type: 'move', from: now + 9 * hour, reason: '' }, moved.from), { code: 'CONFLICT' })
    const acts: Act[] = [
      { type: 'invite', people: [paul] },
      signUp(paul),
      { type: 'present', person: 'jeanne', shownAs: 'J.' },
      { type: 'remove', seat: 'seat-1' },
      { type: 'move', from: now + 9 * hour, reason: '' },
      { type: 'cancel', reason: '' },
    ]
    for (const how of [{ type: 'cancel', reason: 'ill' }, { type: 'end' }] as const) {
      const over = after(moved, how, now)
      t.equal(over.sequence, 2)
      for (const act of acts)
        t.throws(() => after(over, act, now), { code: 'CONFLICT' }, `${act.type} after ${how.type}`)
      t.equal(after(over, { type: 'decline', person: 'jeanne' }, now).places.length, 0)
    }
    const ended = after(moved, { type: 'end' }, now)
    t.equal(after(ended, { type: 'end' }, now), ended)
    const late = moved.until + graceMs
    for (const act of acts) t.throws(() => after(moved, act, late), { code: 'CONFLICT' }, `${act.type} when it is over`)
  },
)

t.test('doors open a while before it begins, and close a while after its end', async (t) => {
  const lead = 900_000
  t.throws(() => requireDoorsOpen(planned, lead, planned.from - lead - 1), {
    code: 'CONFLICT',
    details: { reason: 'early', opensAt: planned.from - lead },
  })
  requireDoorsOpen(planned, lead, planned.from - lead)
  requireDoorsOpen(planned, lead, planned.until + graceMs - 1)
  t.throws(() => requireDoorsOpen(planned, lead, planned.until + graceMs), {
    code: 'CONFLICT',
    details: { reason: 'over' },
  })
  t.throws(() => requireDoorsOpen(after(planned, { type: 'cancel', reason: '' }, now), lead, planned.from), {
    code: 'CONFLICT',
    details: { reason: 'over' },
  })
})
