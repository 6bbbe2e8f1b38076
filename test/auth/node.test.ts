/** A node in production: its identity provider rotates keys and goes away while people work. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { rawClient } from '../support/socket.ts'
import { audience, identityProvider, issuer, signingKey, tokenOf } from './identity-provider.ts'

const supervisor = { sub: 'supervisor-sam', role: 'supervisor', name: 'Sam' }

t.test('keys rotate under open sessions: those stay, and tokens of the new key open new ones', async (t) => {
  const [march, april] = [signingKey('RS256', 'march'), signingKey('EdDSA', 'april')]
  const provider = await identityProvider(t, march)
  await using node = await testNode(t, {
    VISAVIS_DEV_SIGN_IN: 'false',
    VISAVIS_JWKS_URL: provider.url,
    VISAVIS_JWT_ISSUER: issuer,
    VISAVIS_JWT_AUDIENCE: audience,
  })
  await using before = await rawClient(node.url, await tokenOf(march, supervisor))
  provider.publish(april)
  await using after = await rawClient(node.url, await tokenOf(april, supervisor))
  t.equal(before.socket.readyState, before.socket.OPEN)

  const people = (token: string) =>
    fetch(`${node.url}/api/regions/bretagne/people`, { headers: { authorization: `Bearer ${token}` } })
  t.equal((await people(await tokenOf(april, supervisor))).status, 200)
  t.equal((await people(await tokenOf(march, supervisor))).status, 401, 'the withdrawn key')

  const whose = async (authorization: string) => {
    const response = await fetch(`${node.url}/api/signed-in`, { headers: { authorization } })
    return { status: response.status, ...((await response.json()) as object) }
  }
  const { sub: person, ...rest } = supervisor
  t.match(await whose(`Bearer ${await tokenOf(april, supervisor)}`), {
    status: 200,
    person,
    ...rest,
    region: 'bretagne',
  })
  for (const nobody of [`Bearer ${await tokenOf(march, supervisor)}`, 'Bearer nonsense', 'Basic YTpi', ''])
    t.match(await whose(nobody), { status: 401, error: { code: 'UNAUTHENTICATED' } })

  await provider.stop()
  t.equal((await people(await tokenOf(april, supervisor))).status, 200, 'a known key, while the provider is away')
  t.equal(after.socket.readyState, after.socket.OPEN)
})
