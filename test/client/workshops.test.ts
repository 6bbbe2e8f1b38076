/** The SDK's workshops: a list that is kept up to date by events, and acts that may be repeated. */
import t from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'

const node = await testNode(t)

function open(person: string): Visavis {
  const client = connect({ url: node.url, token: () => node.token(person) })
  t.teardown(() => client.close())
  return client
}
const listed = ({ workshops }: Visavis) => workshops.list.map(({ title, place }) => [title, place])

t.test('what an advisor plans reaches whoever is invited, and goes when they give it up', async (t) => {
  const [anne, jeanne, paul] = [open('advisor-anne'), open('jobseeker-1'), open('jobseeker-2')]
  await Promise.all([anne, jeanne, paul].map((client) => client.opened))
  for (const { workshops } of [anne, jeanne, paul]) workshops.refresh()
  await until(() => [anne, jeanne, paul].every(({ workshops }) => workshops.loaded), { what: 'three lists' })
  t.equal(jeanne.workshops.mostSeats, 50)
  const about = { language: 'fr', from: Date.now() + 3_600_000, lengthMs: 3_600_000, capacity: 2 }
  const key = 'key-of-this-one'
  const closed = await anne.workshops.create({ ...about, title: 'On invitation', open: false, key })
  t.equal((await anne.workshops.create({ ...about, title: 'On invitation', open: false, key })).id, closed.id)
  await anne.workshops.invite(closed.id, ['jobseeker-1'])
  await until(() => listed(jeanne).length === 1, { what: 'an invitation' })
  t.same(listed(jeanne), [['On invitation', 'invited']])
  t.match(await anne.workshops.places(closed.id), [{ seat: 'seat-1', person: 'jobseeker-1', by: 'invited' }])
  t.equal((await jeanne.workshops.present(closed.id, 'J.')).shownAs, 'J.')
  await anne.workshops.move(closed.id, { from: about.from + 60_000, reason: 'a minute later' })
  await until(() => jeanne.workshops.list[0]?.from === about.from + 60_000, { what: 'another time' })
  await jeanne.workshops.decline(closed.id)
  t.same(listed(jeanne), [])

  const { id } = await anne.workshops.create({ ...about, title: 'For all', open: true })
  paul.workshops.refresh()
  await until(() => listed(paul).length === 1, { what: 'one that is open' })
  await paul.workshops.signUp(id)
  t.same(listed(paul), [['For all', 'signedUp']])
  await until(() => anne.workshops.list.find((one) => one.id === id)?.taken === 1, { what: 'somebody who signed up' })
  await t.rejects(jeanne.workshops.cancel(id, 'not mine'), { code: 'FORBIDDEN' })
  await anne.workshops.cancel(id, 'ill')
  await until(() => paul.workshops.list[0]?.state === 'cancelled', { what: 'that it is off' })
  t.match(paul.workshops.list, [{ reason: 'ill' }])
})
