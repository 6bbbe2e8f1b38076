/** A token is replaced before it runs out, against a real node with tokens that live for seconds. */
import { SignJWT } from 'jose'
import t, { type Test } from 'tap'
import { connect, developmentToken, VisavisError } from '../../client/index.ts'
import { closeCodes } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { eventOf, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const secret = 'secret'.repeat(8)
const node = await testNode(t, { VISAVIS_JWT_SECRET: secret, VISAVIS_DEV_SIGN_IN: 'true' })
// The sample people are enrolled when one of them signs in.
await developmentToken(node.url, 'jobseeker-1')

const tokenFor = (seconds: number, person = 'jobseeker-1') =>
  new SignJWT({ sub: person, role: 'jobseeker', name: 'Jeanne Martin', region: 'bretagne' })
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setIssuer('visavis')
    .setAudience('visavis')
    .setIssuedAt()
    .setExpirationTime(Math.floor(Date.now() / 1_000) + seconds)
    .sign(new TextEncoder().encode(secret))

const closed = { code: closeCodes.UNAUTHORIZED.code, reason: 'UNAUTHORIZED' }

const open = (t: Test, token: () => string | Promise<string>) => {
  const states: string[] = []
  const visavis = connect({ url: node.url, token })
  visavis.onState((state) => states.push(state))
  t.teardown(() => visavis.close())
  return { visavis, states }
}

t.test('a new token is asked for before the old one runs out, and the connection never notices', async (t) => {
  let asked = 0
  const { visavis, states } = open(t, () => {
    asked += 1
    return tokenFor(6)
  })
  const { expiresAt } = await visavis.opened
  await until(() => visavis.now() > expiresAt + 1_000, { what: 'the end of the first token' })
  await visavis.call('session.heartbeat', {})
  t.same(states, ['open'])
  t.ok(asked >= 2 && asked <= 4, `${asked} tokens were asked for`)
})

t.test('a token source that fails for a moment is asked again in time', async (t) => {
  let asked = 0
  const { visavis, states } = open(t, () => {
    asked += 1
    if (asked === 2) throw new VisavisError('UNAVAILABLE', 'the identity provider is away')
    return tokenFor(4)
  })
  const { expiresAt } = await visavis.opened
  await until(() => visavis.now() > expiresAt + 500)
  t.same(states, ['open'])
  t.ok(asked >= 3)
})

t.test('a token that the session does not take leads to a new connection with a fresh one', async (t) => {
  let asked = 0
  const { visavis, states } = open(t, () => {
    asked += 1
    return asked === 2 ? 'not a token' : tokenFor(3)
  })
  await visavis.opened
  await until(() => states.length >= 3, { what: 'the new connection' })
  t.same(states.slice(0, 3), ['open', 'recovering', 'open'])
})

t.test('the same token again is not asked for without end; when it has run out the connection is closed', async (t) => {
  const token = await tokenFor(3)
  let asked = 0
  const { visavis } = open(t, () => {
    asked += 1
    return token
  })
  await visavis.opened
  await until(() => visavis.state !== 'open', { what: 'the end of the token' })
  t.ok(asked <= 3, `it was asked for ${asked} times`)
})

t.test('who is signed out meanwhile is told so', async (t) => {
  let asked = 0
  const { visavis } = open(t, () => {
    asked += 1
    if (asked > 1) throw new VisavisError('UNAUTHENTICATED', 'nobody is signed in')
    return tokenFor(2)
  })
  await visavis.opened
  await until(() => visavis.state === 'closed')
  t.equal(visavis.failure?.code, 'UNAUTHENTICATED')
})

t.test('a token that nobody replaces is warned of before it runs out, and then closes with UNAUTHORIZED', async (t) => {
  await using client = await rawClient(node.url)
  const params = { token: await tokenFor(3), versions: [1] }
  const { expiresAt } = (await client.result('session.open', params)) as { expiresAt: number }
  t.same(await eventOf(client, 'session.ending'), { reason: 'token-expiry', endsAt: expiresAt })
  t.match(await client.call('session.heartbeat', {}), { result: { now: Number } }, 'until then it is served')
  t.match(await client.closed, closed)
  t.ok(Date.now() >= expiresAt)
  t.equal(client.events.filter(({ event }) => event === 'session.ending').length, 1)
})

t.test('a new token within the session ends the warning', async (t) => {
  await using client = await rawClient(node.url, await tokenFor(3))
  await eventOf(client, 'session.ending')
  const { expiresAt } = (await client.result('session.refresh', { token: await tokenFor(6) })) as { expiresAt: number }
  t.match(
    await eventOf(client, 'session.ending', ({ endsAt }: { endsAt: number }) => endsAt === expiresAt),
    { reason: 'token-expiry' },
    'it is warned of in its turn',
  )
  t.match(await client.closed, closed)
  t.ok(Date.now() >= expiresAt, 'and not before')
})
