import t from 'tap'
import { majorVersion } from '../../scripts/setup/redis.mjs'
import { missingFrom, PACKAGES } from '../../scripts/setup/system-packages.mjs'

t.test('a package is missing unless dpkg says installed', async (t) => {
  const listing = 'meson installed\nchromium config-files\nredis-server half-configured\n'
  t.same(missingFrom(listing, ['meson', 'chromium', 'redis-server', 'ninja-build']), [
    'chromium',
    'redis-server',
    'ninja-build',
  ])
  t.same(missingFrom('', ['meson']), ['meson'], 'dpkg knows none of them')
})

t.test('every package has a reason that can be shown', async (t) => {
  for (const group of Object.values(PACKAGES)) {
    for (const [name, reason] of Object.entries(group)) {
      t.match(name, /^[a-z0-9][a-z0-9+.-]+$/, name)
      t.match(reason, /\w{3,}/, `${name}: ${reason}`)
    }
  }
})

t.test('the version of Redis and of Valkey is read from what they print', async (t) => {
  t.equal(majorVersion('Redis server v=7.0.15 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=2f1'), 7)
  t.equal(majorVersion('Valkey server v=8.1.1 sha=00000000:0 malloc=jemalloc-5.3.0 bits=64 build=1'), 8)
  t.equal(majorVersion('Redis server v=6.0.16 sha=00000000:0'), 6)
  t.equal(majorVersion(''), undefined, 'it could not be run')
})
