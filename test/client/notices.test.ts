/** What people choose about mail, on a whole node. */
import t from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'

const node = await testNode(t)
const signIn = async (person: string): Promise<Visavis> => {
  const visavis = connect({ url: node.url, token: () => node.token(person) })
  t.teardown(() => visavis.close())
  await visavis.opened
  return visavis
}

t.test('what somebody chooses is theirs at once, and on their other device when it reads again', async (t) => {
  const [desk, phone] = [await signIn('jobseeker-1'), await signIn('jobseeker-1')]
  t.equal(desk.notices.preferences, undefined)
  for (const { notices } of [desk, phone]) notices.refresh()
  await until(() => desk.notices.preferences !== undefined && phone.notices.preferences !== undefined)
  t.same(desk.notices.preferences, { language: 'fr', digest: 'each' })
  let told = 0
  desk.notices.onChange(() => void told++)
  const choice = { language: 'en', digest: 'daily', quiet: { from: '20:00', until: '08:00' } } as const
  t.same(await desk.notices.choose(choice), choice)
  t.same(desk.notices.preferences, choice)
  t.ok(told > 0)
  phone.notices.refresh()
  await until(() => phone.notices.preferences?.digest === 'daily')
  t.same(await phone.notices.choose({ language: 'en', digest: 'off' }), { language: 'en', digest: 'off' })
})

t.test('a choice that makes no sense is refused, and changes nothing', async (t) => {
  const anne = await signIn('advisor-anne')
  const quiet = { from: '08:00', until: '08:00' }
  await t.rejects(anne.notices.choose({ language: 'fr', digest: 'each', quiet }), { code: 'BAD_REQUEST' })
  t.equal(anne.notices.preferences, undefined)
})
