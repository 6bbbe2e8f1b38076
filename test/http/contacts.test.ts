import t from 'tap'
import { red, testKeepers, wholeRegion } from './keepers.ts'

const { call, contacts } = await testKeepers(t)
const path = (person: string) => `north/people/${person}/contact`
const contact = { email: 'x@example.org', language: 'en', digest: 'daily', quiet: { from: '20:00', until: '08:00' } }

t.test('a contact is stored as it was put, and repeating it changes nothing', async (t) => {
  t.match(await call('GET', path('x')), { status: 404 })
  t.same(await call('PUT', path('x'), { body: contact }), { status: 200, body: { contact, changed: true } })
  t.same(await call('PUT', path('x'), { body: contact }), { status: 200, body: { contact, changed: false } })
  t.same(await call('GET', path('x')), { status: 200, body: contact })
  t.same(await call('PUT', path('x'), { body: { email: 'x@example.org' } }), {
    status: 200,
    body: { contact: { email: 'x@example.org', language: 'fr', digest: 'each' }, changed: true },
  })
})

t.test('what the person has chosen is answered, and stays', async (t) => {
  await contacts.choose('north', 'x', { language: 'fr', digest: 'off' })
  t.same(await call('PUT', path('x'), { body: contact }), {
    status: 200,
    body: { contact: { email: 'x@example.org', language: 'fr', digest: 'off' }, changed: true },
  })
})

t.test('only who keeps a person says where they get mail; others cannot even tell that they exist', async (t) => {
  const status = async (token: string, person: string, method = 'PUT') =>
    (await call(method, path(person), { token, ...(method === 'PUT' ? { body: contact } : {}) })).status
  for (const method of ['PUT', 'GET']) {
    t.equal(await status('', 'x', method), 401)
    t.equal(await status('advisor:anne', 'x', method), 403)
    t.equal(await status('jobseeker:x', 'x', method), 403)
    t.equal(await status('supervisor:sup-gone', 'x', method), 403)
    t.equal(await status(red, 'z', method), 404, 'of another team')
    t.equal(await status(red, 'nobody', method), 404)
    t.equal(await status('supervisor:sup-red:south', 'x', method), 403)
  }
  t.equal(await status(red, 'x'), 200)
  t.equal(await status(red, 'anne'), 200)
  t.equal(await status(wholeRegion, 'z'), 200)
  t.equal(await status(wholeRegion, 'sup-red'), 403, 'supervisors are the agency’s')
  t.equal((await call('PUT', path('sup-red'), { body: contact })).status, 200)
  t.equal((await call('PUT', path('nobody'), { body: contact })).status, 404)
})

t.test('what is no address is refused, without being repeated', async (t) => {
  const wrong = [
    ...[
      '',
      'x',
      '@',
      'x@',
      '@example.org',
      'x@@example.org',
      'x y@example.org',
      'x@example.org\r\nBcc: all@example.org',
    ],
    ...[
      'x@exa mple.org',
      'x@-example.org',
      'x@example..org',
      '"x"@example.org',
      '<x@example.org>',
      'x@example.org,y@example.org',
    ],
    ...[
      'x@example.org\n',
      `${'x'.repeat(65)}@example.org`,
      `x@${'e'.repeat(250)}.org`,
      'é@example.org',
      'x@example.org\u0000',
      7,
      null,
      ['x@example.org', 'y@example.org'],
    ],
  ]
  for (const email of wrong) {
    const answer = await call('PUT', path('x'), { body: { ...contact, email } })
    t.match(answer, { status: 400, body: { error: { code: 'BAD_REQUEST' } } }, JSON.stringify(email))
    if (typeof email === 'string' && email.length > 2) t.notMatch(answer.body.error?.message, email)
  }
  for (const email of [
    'x@example.org',
    "o'neil+notices@mail.example.co.uk",
    'X.Y_z-1@localhost',
    'x@xn--mploi-9ra.example',
  ])
    t.equal((await call('PUT', path('x'), { body: { ...contact, email } })).status, 200, email)
  for (const more of [
    { language: 'de' },
    { digest: 'weekly' },
    { quiet: { from: '8:00', until: '09:00' } },
    { quiet: { from: '08:00' } },
    { quiet: { from: '08:00', until: '08:00' } },
    { phone: '1' },
  ])
    t.equal((await call('PUT', path('x'), { body: { ...contact, ...more } })).status, 400, JSON.stringify(more))
})
