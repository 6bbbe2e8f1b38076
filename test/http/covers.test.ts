import t from 'tap'
import { red, testKeepers, wholeRegion } from './keepers.ts'

const hour = 3_600_000
const from = Date.now() + hour
const until = from + hour
const body = { advisor: 'anne', cover: 'bruno', from, until }

t.test('covers, and the people of a team', async (t) => {
  const { call } = await testKeepers(t)

  t.test('a cover is put, listed, and taken back; each repeated without harm', async (t) => {
    const cover = { id: 'c1', region: 'north', ...body }
    t.same(await call('PUT', 'north/covers/c1', { body }), { status: 200, body: { cover, changed: true } })
    t.same(await call('PUT', 'north/covers/c1', { body }), { status: 200, body: { cover, changed: false } })
    t.same(await call('GET', 'north/covers'), { status: 200, body: { covers: [cover] } })
    t.same((await call('GET', 'north/covers?advisor=chloe')).body, { covers: [] })
    const ended = await call('DELETE', 'north/covers/c1')
    t.match(ended, { status: 200, body: { cover: { ...cover, endedAt: Number } } })
    t.same(await call('DELETE', 'north/covers/c1'), ended)
    t.match(await call('PUT', 'north/covers/c1', { body: { ...body, until: until + 1 } }), { status: 409 })
    t.match(await call('DELETE', 'north/covers/none'), { status: 404 })
  })

  t.test('a supervisor keeps the covers of their own team alone', async (t) => {
    const other = { advisor: 'chloe', cover: 'bruno', from, until }
    const status = async (method: string, id: string, token: string, given?: object) =>
      (await call(method, `north/covers/${id}`, { token, ...(given === undefined ? {} : { body: given }) })).status
    t.equal(await status('PUT', 'c2', red, body), 200)
    t.equal(await status('PUT', 'c3', red, other), 404)
    t.equal(await status('PUT', 'c3', wholeRegion, other), 200)
    t.equal(await status('DELETE', 'c3', red), 404)
    const ids = async (token: string) =>
      ((await call('GET', 'north/covers', { token })).body.covers as { id: string }[]).map(({ id }) => id)
    t.same(await ids(red), ['c1', 'c2'])
    t.same(await ids(wholeRegion), ['c1', 'c2', 'c3'])
    for (const token of ['supervisor:sup-gone', 'advisor:anne', 'jobseeker:x', 'operator:o', 'supervisor:s:south']) {
      t.equal(await status('PUT', 'c4', token, body), 403, token)
    }
    t.equal(await status('PUT', 'c4', '', body), 401)
  })

  t.test('a bad period, id or advisor is refused', async (t) => {
    const status = async (id: string, change: object) =>
      (await call('PUT', `north/covers/${id}`, { body: { ...body, ...change } })).status
    t.equal(await status('c5', { until: from }), 400)
    t.equal(await status('c5', { until: from + 367 * 24 * hour }), 400)
    t.equal(await status('c5', { from: 1, until: 2 }), 400)
    t.equal(await status('c5', { cover: 'anne' }), 400)
    t.equal(await status('c5', { cover: 'x' }), 404)
    t.equal(await status('c5', { advisor: 'x' }), 404)
    t.equal(await status('c5', { surplus: 1 }), 400)
    t.equal(await status('c}5', {}), 400)
    t.equal((await call('PUT', 'atlantis/covers/c5', { body })).status, 404)
  })

  t.test('a supervisor with a team sees and keeps the people of that team alone', async (t) => {
    const status = async (method: string, path: string, given?: object) =>
      (await call(method, `north/people${path}`, { token: red, ...(given === undefined ? {} : { body: given }) }))
        .status
    t.equal(await status('GET', '/x'), 200, 'a jobseeker without a team belongs to their advisor’s')
    t.equal(await status('GET', '/z'), 404)
    const listed = (await call('GET', 'north/people', { token: red })).body.people as { id: string }[]
    t.same(
      listed.map(({ id }) => id),
      ['anne', 'bruno', 'sup-red', 'x'],
    )
    const x = { role: 'jobseeker', name: 'X', advisor: 'bruno' }
    t.equal(await status('PUT', '/x', x), 200)
    t.equal(await status('PUT', '/x', { ...x, advisor: 'chloe' }), 403, 'not given away to another team')
    t.equal(await status('PUT', '/z', x), 403, 'nor taken from one')
    t.equal(await status('PUT', '/sup-red', { role: 'supervisor', name: 'S' }), 403, 'no larger team for oneself')
    t.equal(await status('PUT', '/x', { role: 'supervisor', name: 'X', team: 'red' }), 403)
    t.equal(await status('POST', '/z/leave', { key: 'leave-key-1' }), 404)
    t.equal(await status('POST', '/x/leave', { key: 'leave-key-1' }), 200)
  })

  t.test('who has left comes back only when that is asked for', async (t) => {
    const x = { role: 'jobseeker', name: 'X', advisor: 'bruno' }
    t.match((await call('GET', 'north/people/x')).body, { leftAt: Number })
    t.equal((await call('PUT', 'north/people/x', { body: x })).status, 409)
    t.match(await call('PUT', 'north/people/x', { body: { ...x, rejoin: true } }), { status: 200 })
    t.equal((await call('GET', 'north/people/x')).body.leftAt, undefined)
  })
})
