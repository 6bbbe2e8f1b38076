import { chmodSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { hashOf, isStamped, stamp } from '../../scripts/setup/stamp.mjs'

t.test('a hash changes with content, names, executable bits and absence, and with nothing else', async (t) => {
  const root = t.testdir({ web: { 'a.ts': 'a', deep: { 'b.ts': 'b' } }, 'package-lock.json': '{}' })
  const inputs = ['web', 'package-lock.json', 'not-there']
  const first = hashOf(root, inputs)
  t.equal(hashOf(root, inputs), first, 'the same twice')

  const seen = new Set([first])
  const changes: Record<string, () => void> = {
    content: () => writeFileSync(join(root, 'web/deep/b.ts'), 'c'),
    'a new file': () => writeFileSync(join(root, 'web/c.ts'), ''),
    'an executable bit': () => chmodSync(join(root, 'web/c.ts'), 0o755),
    'an input that appears': () => mkdirSync(join(root, 'not-there')),
  }
  for (const [what, change] of Object.entries(changes)) {
    change()
    const hash = hashOf(root, inputs)
    t.notOk(seen.has(hash), what)
    seen.add(hash)
  }
})

t.test('a file cannot pass for another by moving text across their border', async (t) => {
  const one = t.testdir({ a: { x: '1', y: '2' } })
  const hash = hashOf(one, ['a'])
  writeFileSync(join(one, 'a/x'), '12')
  writeFileSync(join(one, 'a/y'), '')
  t.not(hashOf(one, ['a']), hash)
})

t.test('a stamp holds for its own value only and leaves no temporary file', async (t) => {
  const folder = join(t.testdir(), 'new/folder')
  const file = join(folder, 'stamp')
  t.notOk(isStamped(file, 'v1'), 'none yet')
  stamp(file, 'v1')
  t.ok(isStamped(file, 'v1'))
  t.notOk(isStamped(file, 'v2'))
  t.same(readdirSync(folder), ['stamp'])
})
