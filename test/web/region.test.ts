/** What a region's settings mean, in sentences: every rule that lua/places.lua has is told. */
import t from 'tap'
import type { SchemeSettings } from '../../client/region-scheme.ts'
import { changesOf, consequencesOf } from '../../web/region/consequences.ts'

const settings: SchemeSettings = {
  ...{ status: 'open', pilotTeams: [], target: 100, ceiling: 120, joinFirst: false, checkRequired: false },
}
const stand = { followed: 40, overTarget: [] }
const now = 1_000_000
const words = { listed: (names: readonly string[]) => names.join('+'), moment: (at: number) => `at ${at}` }
const keys = (changes: Partial<SchemeSettings> = {}, more: Partial<Parameters<typeof consequencesOf>[1]> = {}) =>
  consequencesOf({ ...settings, ...changes }, { ...stand, ...more }, now, words).map(({ key }) => key)
const certified = (capacity: number, expiresAt: number) => ({
  capacity: { capacity, certificate: 'c-1', expiresAt, setAt: 0, setBy: 'operator' },
})

t.test('who can join is said first', async (t) => {
  t.equal(keys()[0], 'whoAll')
  t.equal(keys({ status: 'closed' })[0], 'whoNobody')
  t.equal(keys({ status: 'pilot' })[0], 'whoPilotAll')
  t.equal(keys({ status: 'pilot', pilotTeams: ['rennes'] })[0], 'whoTeam')
  t.match(consequencesOf({ ...settings, status: 'pilot', pilotTeams: ['rennes', 'brest'] }, stand, now, words)[0], {
    key: 'whoTeams',
    values: { teams: 'rennes+brest' },
  })
  t.notOk(keys({ status: 'open', pilotTeams: ['rennes'] }).includes('whoTeam'), 'teams count in a pilot alone')
})

t.test('whoever is followed stays, whatever is set', async (t) => {
  for (const status of ['closed', 'pilot', 'open'] as const) t.ok(keys({ status }).includes('whoStays'))
})

t.test('the certified capacity shuts the region when it is full or over', async (t) => {
  t.ok(keys().includes('capacityNone'))
  const of = (capacity: number, expiresAt: number) =>
    consequencesOf(settings, { ...stand, ...certified(capacity, expiresAt) }, now, words)
  t.match(of(100, now + 1)[2], { key: 'capacityLeft', values: { left: 60, capacity: 100, time: `at ${now + 1}` } })
  t.match(of(40, now + 1)[2], { key: 'capacityFull', stops: true })
  t.match(of(100, now)[2], { key: 'capacityExpired', stops: true })
  t.notOk(keys({ status: 'closed' }, certified(100, now)).includes('capacityExpired'), 'closed as it is')
})

t.test('portfolios that have reached the ceiling are told of', async (t) => {
  const overTarget = [
    { advisor: 'a', name: 'A', size: 130 },
    { advisor: 'b', name: 'B', size: 110 },
  ]
  t.ok(keys({}, { overTarget }).includes('beyondOne'))
  t.ok(keys({ ceiling: 110 }, { overTarget }).includes('beyondMany'))
  t.notOk(keys({ ceiling: 200 }, { overTarget }).includes('beyondOne'))
})

t.test('only what differs is sent', async (t) => {
  t.same(changesOf(settings, { ...settings }), {})
  t.same(changesOf(settings, { ...settings, pilotTeams: ['rennes'], target: 90 }), {
    pilotTeams: ['rennes'],
    target: 90,
  })
})
