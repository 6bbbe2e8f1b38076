/** What supervisors keep over REST, by the client: of their own team, or of the whole region. */
import t from 'tap'
import { makeKey } from '../../client/index.ts'
import { Supervision } from '../../client/supervision.ts'
import { testNode } from '../support/node.ts'

const agencyToken = 'agency'.repeat(8)
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
const of = (token: () => string | Promise<string>) => new Supervision({ url: node.url, token }, 'bretagne')
const claire = of(() => node.token('supervisor-claire'))
const agency = of(() => agencyToken)

t.test('advisors, page by page, without those who are gone', async (t) => {
  for (const [id, body] of [
    ['advisor-erwan', { role: 'advisor', name: 'Erwan', team: 'brest' }],
    ['advisor-gone', { role: 'advisor', name: 'Gone', team: 'rennes', disabled: true }],
  ] as const) {
    await fetch(`${node.url}/api/regions/bretagne/people/${id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
  }
  const ids = async (supervision: Supervision) => (await supervision.advisors()).map(({ id }) => id)
  t.same(await ids(claire), ['advisor-anne', 'advisor-bruno'])
  t.same(await ids(agency), ['advisor-anne', 'advisor-bruno', 'advisor-erwan'])
  t.match(await claire.person('jobseeker-1'), { advisor: 'advisor-anne' })
  await t.rejects(claire.person('nobody'), { code: 'NOT_FOUND' })
})

t.test('a cover is named, named again without harm, and ended', async (t) => {
  const cover = {
    id: makeKey(),
    advisor: 'advisor-anne',
    cover: 'advisor-bruno',
    from: Date.now(),
    until: Date.now() + 60_000,
  }
  await claire.putCover(cover)
  await claire.putCover(cover)
  t.match(await claire.covers(), [cover])
  t.same(await claire.covers('advisor-bruno'), [])
  await claire.endCover(cover.id)
  t.match(await claire.covers('advisor-anne'), [{ ...cover, endedAt: Number }])
  await t.rejects(claire.putCover({ ...cover, id: makeKey(), until: cover.from }), { code: 'BAD_REQUEST' })
})

t.test('settings: of the own team, and of the region by whoever has all of it', async (t) => {
  t.equal((await claire.setTeamSettings('rennes', { mode: 'pick' })).mode, 'pick')
  t.equal((await claire.teamSettings('rennes')).mode, 'pick')
  await t.rejects(claire.teamSettings('brest'), { code: 'FORBIDDEN' })
  const { ownWaitMs } = await claire.regionSettings()
  await t.rejects(claire.setRegionSettings({ ownWaitMs: ownWaitMs + 1 }), { code: 'FORBIDDEN' })
  t.equal((await agency.setRegionSettings({ ownWaitMs: ownWaitMs - 1 })).ownWaitMs, ownWaitMs - 1)
  await t.rejects(agency.setRegionSettings({ maxWaitMs: 60_000 }), { code: 'BAD_REQUEST', details: { least: Number } })
})

t.test('a server that cannot be reached, and a token that is none', async (t) => {
  const nowhere = new Supervision({ url: 'http://127.0.0.1:9', token: () => 'x' }, 'bretagne')
  await t.rejects(nowhere.advisors(), { code: 'UNAVAILABLE' })
  await t.rejects(of(() => 'x').advisors(), { code: 'UNAUTHENTICATED' })
})
