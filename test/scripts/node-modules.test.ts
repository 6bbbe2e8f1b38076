import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { isInstalled } from '../../scripts/setup/node-modules.mjs'

type Packages = Record<string, { version: string; optional?: boolean; devOptional?: boolean }>

const wanted: Packages = {
  '': { version: '0.1.0' },
  'node_modules/fastify': { version: '5.0.0' },
  'node_modules/other-platform': { version: '1.0.0', optional: true },
}
const { '': _root, 'node_modules/other-platform': _other, ...present } = wanted

const lockfile = (packages: Packages) => JSON.stringify({ packages })

t.test('node_modules counts as installed when npm has recorded every package of the lockfile', async (t) => {
  const cases: [name: string, present: Packages, installed: boolean][] = [
    ['complete', present, true],
    ['a package is missing', {}, false],
    ['a package has another version', { 'node_modules/fastify': { version: '4.0.0' } }, false],
    [
      'an optional package has another version',
      { ...present, 'node_modules/other-platform': { version: '0.9.0' } },
      false,
    ],
    ['something more is there', { ...present, 'node_modules/extra': { version: '1.0.0' } }, true],
  ]
  for (const [name, found, installed] of cases) {
    const root = t.testdir({
      'package-lock.json': lockfile(wanted),
      node_modules: { '.package-lock.json': lockfile(found) },
    })
    t.equal(isInstalled(root), installed, name)
  }
})

t.test('an install that was interrupted does not count', async (t) => {
  const root = t.testdir({
    'package-lock.json': lockfile(wanted),
    node_modules: { fastify: {}, '.package-lock.json': lockfile(present) },
  })
  const record = join(root, 'node_modules/.package-lock.json')
  writeFileSync(record, lockfile(present).slice(0, 20))
  t.notOk(isInstalled(root), 'the record is cut short')
  rmSync(record)
  t.notOk(isInstalled(root), 'npm had not come to writing it')
})
