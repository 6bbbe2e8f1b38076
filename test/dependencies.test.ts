/**
 * Versions with known holes must not come back, by whatever way: every copy in package-lock.json is held against the
 * advisories below. An audit service may not be reachable where this is built, and then says nothing.
 */
import { readFile } from 'node:fs/promises'
import t from 'tap'

interface Minimum {
  readonly name: string
  /** The first version without the hole; one per major version that is still kept. */
  readonly versions: readonly string[]
  readonly because: string
  /** Must be there: a renamed package must not make its line idle. */
  readonly used: boolean
}

const minimums: readonly Minimum[] = [
  {
    name: 'ws',
    versions: ['8.21.1'],
    because:
      'CVE-2021-32640, CVE-2024-37890 (headers), CVE-2026-45736 (memory told on close), CVE-2026-48779 and CVE-2026-62389 (tiny fragments)',
    used: true,
  },
  {
    name: 'fastify',
    versions: ['5.12.1'],
    because:
      'CVE-2025-32442, CVE-2026-25223 and CVE-2026-33806 (content type), CVE-2026-25224, CVE-2026-3419, CVE-2026-3635 (forged host), the release of 5.12.1',
    used: true,
  },
  { name: '@fastify/proxy-addr', versions: ['5.1.1'], because: 'CVE-2026-92395 (forged address)', used: true },
  {
    name: 'jose',
    versions: ['6.0.0'],
    because: 'CVE-2022-36083 and CVE-2024-28176 concern what came before',
    used: true,
  },
  {
    name: 'undici',
    versions: ['6.29.1', '7.29.0', '8.9.0'],
    because: 'CVE-2026-12151 and CVE-2026-13697; of version 6 the one of the day this was written',
    used: false,
  },
  {
    name: 'fast-jwt',
    versions: ['6.3.6'],
    because: 'CVE-2023-48223, CVE-2026-34950 (confused algorithms), CVE-2026-35039, CVE-2026-44351, CVE-2026-107722',
    used: false,
  },
  {
    name: '@fastify/http-proxy',
    versions: ['11.6.6'],
    because: 'CVE-2026-15631, CVE-2026-16117, CVE-2026-120213 (paths)',
    used: false,
  },
  { name: '@fastify/reply-from', versions: ['12.7.0'], because: 'CVE-2026-107318 (TLS off)', used: false },
]

interface Copy {
  readonly path: string
  readonly name: string
  readonly version: string
}

const lock = JSON.parse(await readFile(new URL('../package-lock.json', import.meta.url), 'utf8')) as {
  packages: Record<string, { name?: string; version?: string }>
}
/** An alias (`"x": "npm:ws@8"`) has the true name in `name`. */
const copies: readonly Copy[] = Object.entries(lock.packages)
  .filter(([path]) => path !== '')
  .map(([path, { name, version = '' }]) => ({ path, name: name ?? path.split('node_modules/').at(-1) ?? '', version }))

/** `version` is at least that of `minimum` with the same major version, or of a later major version than all. */
function satisfies(version: string, minimum: readonly string[]): boolean {
  // A prerelease comes before its release, and is nothing to rely on.
  if (!/^\d+\.\d+\.\d+$/.test(version)) return false
  const major = (text: string) => Number(text.split('.')[0])
  if (minimum.every((each) => major(each) < major(version))) return true
  const same = minimum.find((each) => major(each) === major(version))
  return same !== undefined && compare(version, same) >= 0
}

function compare(a: string, b: string): number {
  const [left, right] = [a.split('.').map(Number), b.split('.').map(Number)]
  const differing = left.findIndex((part, index) => part !== right[index])
  return differing === -1 ? 0 : (left[differing] ?? 0) - (right[differing] ?? 0)
}

for (const { name, versions, because, used } of minimums) {
  t.test(`every ${name} is at least ${versions.join(' or ')}: ${because}`, async (t) => {
    const found = copies.filter((copy) => copy.name === name)
    if (used) t.ok(found.length > 0, 'it is used')
    for (const { path, version } of found) t.ok(satisfies(version, versions), `${path} ${version}`)
    t.pass()
  })
}

t.test('the fetch built into Node, which fetches the identity provider’s keys, is one of those as well', async (t) => {
  const undici = minimums.find(({ name }) => name === 'undici')
  t.ok(satisfies(process.versions.undici ?? '', undici?.versions ?? []), `it is ${process.versions.undici}`)
})

t.test('the comparison knows numbers from text, and one line of versions from another', async (t) => {
  t.ok(satisfies('8.21.10', ['8.21.1']))
  t.ok(satisfies('8.100.0', ['8.21.1']))
  t.ok(satisfies('9.0.0', ['8.21.1']))
  t.notOk(satisfies('8.21.0', ['8.21.1']))
  t.notOk(satisfies('8.3.9', ['8.21.1']))
  t.notOk(satisfies('7.99.0', ['8.21.1']))
  t.notOk(satisfies('7.28.0', ['6.29.1', '7.29.0', '8.9.0']))
  t.ok(satisfies('6.30.0', ['6.29.1', '7.29.0', '8.9.0']))
  t.notOk(satisfies('8.22.0-beta.1', ['8.21.1']))
  t.notOk(satisfies('', ['8.21.1']))
})
