import t from 'tap'
import { testNode } from '../support/node.ts'

const agencyToken = 'agency'.repeat(8)
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
const api = `${node.url}/api/regions/bretagne/people`

const call = async (method: string, url: string, options: { token?: string; body?: unknown } = {}) => {
  const { token = agencyToken, body } = options
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return { status: response.status, body: (await response.json()) as unknown }
}
const jobseeker = { role: 'jobseeker', name: 'Yann Cadiou', advisor: 'advisor-anne' }

t.test('a person is created once, and repeating changes nothing', async (t) => {
  const first = await call('PUT', `${api}/yann`, { body: jobseeker })
  t.match(first, {
    status: 200,
    body: { changed: true, person: { id: 'yann', region: 'bretagne', advisor: 'advisor-anne', disabled: false } },
  })
  t.match(await call('PUT', `${api}/yann`, { body: jobseeker }), { status: 200, body: { changed: false } })
  t.match(await call('GET', `${api}/yann`), { status: 200, body: { name: 'Yann Cadiou' } })
})

t.test('the portfolio follows a change of advisor', async (t) => {
  await call('PUT', `${api}/zoe`, { body: { ...jobseeker, name: 'Zoé' } })
  const follows = async (advisor: string) => {
    const { body } = await call('GET', `${api}/${advisor}/portfolio`)
    return (body as { people: { id: string }[] }).people.some(({ id }) => id === 'zoe')
  }
  t.same([await follows('advisor-anne'), await follows('advisor-bruno')], [true, false])
  await call('PUT', `${api}/zoe`, { body: { ...jobseeker, name: 'Zoé', advisor: 'advisor-bruno' } })
  t.same([await follows('advisor-anne'), await follows('advisor-bruno')], [false, true])
})

t.test('people are listed a page at a time, each once', async (t) => {
  const seen: string[] = []
  let after: string | undefined
  do {
    const { status, body } = await call('GET', `${api}?limit=3${after === undefined ? '' : `&after=${after}`}`)
    t.equal(status, 200)
    const page = body as { people: { id: string }[]; next?: string }
    t.ok(page.people.length <= 3)
    seen.push(...page.people.map(({ id }) => id))
    after = page.next
  } while (after !== undefined)
  t.equal(new Set(seen).size, seen.length)
  t.ok(seen.includes('jobseeker-6') && seen.includes('advisor-anne'))
  const { body } = await call('GET', `${api}?role=advisor`)
  t.same((body as { people: { id: string }[] }).people.map(({ id }) => id).sort(), ['advisor-anne', 'advisor-bruno'])
})

t.test('an advisor who is not one of the region cannot be named', async (t) => {
  for (const advisor of ['nobody', 'jobseeker-1']) {
    t.match(await call('PUT', `${api}/lost`, { body: { ...jobseeker, advisor } }), {
      status: 404,
      body: { error: { code: 'NOT_FOUND' } },
    })
  }
})

t.test('only the agency and the supervisors of the region keep people', async (t) => {
  const status = async (token: string, region = 'bretagne') =>
    (await call('GET', `${node.url}/api/regions/${region}/people/jobseeker-1`, { token })).status
  t.equal(await status(''), 401)
  t.equal(await status('nonsense'), 401)
  t.equal(await status(await node.token('supervisor-claire')), 200)
  t.equal(await status(await node.token('supervisor-claire'), 'occitanie'), 403)
  for (const person of ['jobseeker-1', 'advisor-anne', 'operator-denis'])
    t.equal(await status(await node.token(person)), 403, person)
  t.equal(await status(agencyToken, 'atlantis'), 404)
})

t.test('bad bodies are answered 400 with the place of the mistake', async (t) => {
  const bad: unknown[] = [
    {},
    { ...jobseeker, role: 'king' },
    { ...jobseeker, name: '' },
    { ...jobseeker, crown: true },
    [],
  ]
  for (const body of bad) {
    t.match(await call('PUT', `${api}/bad`, { body }), {
      status: 400,
      body: { error: { code: 'BAD_REQUEST', message: /body/ } },
    })
  }
  t.equal((await call('PUT', `${api}/${encodeURIComponent('a}b')}`, { body: jobseeker })).status, 400)
})
