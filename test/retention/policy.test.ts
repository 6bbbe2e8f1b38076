import { readFile } from 'node:fs/promises'
import t from 'tap'
import { defaultPolicy, edgeOf, readPolicy } from '../../src/retention/policy.ts'

t.test('a region that says nothing has the defaults, one that says something that', async (t) => {
  t.same(readPolicy('north', {}), defaultPolicy)
  const said = { retention: { messagesDays: 400, notesDays: 'forever' } }
  t.same(readPolicy('north', said), { ...defaultPolicy, messagesDays: 400, notesDays: 'forever' })
})

t.test('every mistake is told, with where it is and what was expected', async (t) => {
  t.same(
    readPolicy('north', { retention: { messagesDays: 29, notesDays: '400', callbackDays: 40, callbacksDays: 1.5 } }),
    {
      mistakes: [
        'north.retention.messagesDays: 29, expected a whole number of days from 30 to 36500, or "forever"',
        'north.retention.notesDays: "400", expected a whole number of days from 30 to 36500, or "forever"',
        'north.retention.callbackDays: there is no such rule, expected one of messagesDays, notesDays, callbacksDays, appointmentsDays',
        'north.retention.callbacksDays: 1.5, expected a whole number of days from 30 to 36500, or "forever"',
      ],
    },
  )
  for (const retention of [null, [], 400, 'forever'])
    t.match(readPolicy('north', { retention }), { mistakes: [/^north\.retention: .*, expected an object$/] })
})

t.test('what goes is older than so many days', async (t) => {
  const now = Date.UTC(2027, 2, 31, 12)
  t.equal(edgeOf(30, now), Date.UTC(2027, 2, 1, 12))
  t.equal(edgeOf('forever', now), undefined)
})

t.test('the regions that ship can be read', async (t) => {
  const file = await readFile(new URL('../../config/regions.json', import.meta.url), 'utf8')
  for (const region of JSON.parse(file) as { id: string; retention?: unknown }[])
    t.notOk('mistakes' in readPolicy(region.id, region), region.id)
})
