import t from 'tap'
import { type ClaimNames, type ClaimRules, readClaims } from '../../src/auth/claims.ts'

const now = 1_800_000_000_000
const seconds = now / 1_000
const plain: ClaimNames = { person: 'sub', role: 'role', name: 'name', region: 'region' }
const rules = (claims: Partial<ClaimNames> = {}): ClaimRules => ({
  claims: { ...plain, ...claims },
  clockSkewMs: 30_000,
  maxLifetimeMs: 3_600_000,
})
const claims = { sub: 'anne', role: 'advisor', name: 'Anne', region: 'bretagne', iat: seconds, exp: seconds + 600 }
const anne = { person: 'anne', role: 'advisor', name: 'Anne', region: 'bretagne' }

t.test('the plain claims make an identity', async (t) => {
  t.same(readClaims(claims, rules(), now), { identity: anne, expiresAt: now + 600_000 })
})

t.test(
  'claims may have other names, nested ones are reached by dots, and a name with a colon is taken whole',
  async (t) => {
    const theirs = {
      iat: seconds,
      exp: seconds + 600,
      employee: { number: 'anne' },
      realm_access: { roles: ['offline_access', 'advisor', 'uma_authorization'] },
      'https://example.org/full.name': 'Anne',
      address: { region: { code: 'bretagne' } },
    }
    const names = {
      person: 'employee.number',
      role: 'realm_access.roles',
      name: 'https://example.org/full.name',
      region: 'address.region.code',
    }
    t.same(readClaims(theirs, rules(names), now).identity, anne)
  },
)

t.test('of a list of roles exactly one must be ours', async (t) => {
  for (const role of [
    [],
    ['root'],
    ['advisor', 'supervisor'],
    ['advisor', 'advisor'],
    [['advisor']],
    { 0: 'advisor' },
  ]) {
    t.throws(() => readClaims({ ...claims, role }, rules(), now), JSON.stringify(role))
  }
})

t.test('a path never leads to what the claims only inherit', async (t) => {
  for (const path of [
    'constructor.name',
    '__proto__.name',
    'toString.name',
    'name.constructor.name',
    'name.length',
    'sub.0',
  ]) {
    t.throws(() => readClaims(claims, rules({ name: path }), now), path)
  }
})

t.test('a token may be issued by a clock that is ahead, within the tolerance', async (t) => {
  t.ok(readClaims({ ...claims, iat: seconds + 30 }, rules(), now))
  t.throws(() => readClaims({ ...claims, iat: seconds + 31 }, rules(), now))
})

t.test('a token lives no longer than the settings allow, whether or not it says when it was issued', async (t) => {
  const { iat: _, ...undated } = claims
  t.ok(readClaims({ ...claims, exp: seconds + 3_600 }, rules(), now))
  t.throws(() => readClaims({ ...claims, exp: seconds + 3_700 }, rules(), now))
  t.throws(() => readClaims({ ...claims, iat: seconds - 3_600, exp: seconds + 100 }, rules(), now))
  t.ok(readClaims(undated, rules(), now))
  t.throws(() => readClaims({ ...undated, exp: seconds + 3_700 }, rules(), now))
})

t.test('a fraction of a second is a time, and expiry is told in whole milliseconds', async (t) => {
  t.equal(readClaims({ ...claims, exp: seconds + 1.0005 }, rules(), now).expiresAt, now + 1_000)
})
