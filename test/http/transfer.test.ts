import t from 'tap'
import { red, testKeepers, wholeRegion } from './keepers.ts'

t.test('the agency and supervisors hand jobseekers over', async (t) => {
  const { call } = await testKeepers(t)
  let keys = 0
  const transfer = (
    id: string,
    to: string,
    { token, key = `transfer-${keys++}` }: { token?: string; key?: string } = {},
  ) => call('POST', `north/people/${id}/transfer`, { body: { to, key }, ...(token === undefined ? {} : { token }) })

  t.test('a repeat gives the first result, and what others did meanwhile is not undone', async (t) => {
    const first = await transfer('x', 'bruno', { key: 'transfer-key' })
    t.match(first, { status: 200, body: { jobseeker: 'x', from: 'anne', to: 'bruno', at: Number } })
    t.same(await transfer('x', 'bruno', { key: 'transfer-key' }), first)
    t.match(await transfer('x', 'bruno'), { status: 409 }, 'already')
    t.match(await transfer('x', 'anne', { key: 'transfer-key' }), { status: 409 }, 'a key of another act')
    t.match(await transfer('x', 'anne'), { status: 200, body: { from: 'bruno', to: 'anne' } })
    t.same(await transfer('x', 'bruno', { key: 'transfer-key' }), first)
    t.match((await call('GET', 'north/people/x')).body, { advisor: 'anne' })
  })

  t.test('a supervisor hands over within their own team', async (t) => {
    t.match(await transfer('x', 'bruno', { token: red }), { status: 200, body: { from: 'anne' } })
    t.equal((await transfer('x', 'chloe', { token: red })).status, 404, 'not to another team')
    t.equal((await transfer('z', 'bruno', { token: red })).status, 404, 'nor from one')
    t.equal((await transfer('x', 'chloe', { token: wholeRegion })).status, 200)
    t.equal((await transfer('x', 'bruno', { token: red })).status, 404, 'they are of the other team now')
  })

  t.test('nobody else does, and nobody is handed over who is no jobseeker', async (t) => {
    for (const token of ['supervisor:sup-gone', 'advisor:chloe', 'jobseeker:x', 'operator:o', 'supervisor:s:south'])
      t.equal((await transfer('x', 'bruno', { token })).status, 403, token)
    t.equal((await transfer('x', 'bruno', { token: '' })).status, 401)
    for (const to of ['nobody', 'z', 'sup-red']) t.equal((await transfer('x', to)).status, 404, to)
    t.equal((await transfer('nobody', 'bruno')).status, 404)
    t.equal((await transfer('anne', 'bruno')).status, 409)
    t.equal((await transfer('anne', 'bruno', { token: red })).status, 404)
    t.equal((await transfer('x', 'bruno', { key: 'short' })).status, 400)
  })
})
