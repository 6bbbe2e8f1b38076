/** The client as somebody else installs it: packed, unpacked elsewhere, type-checked, bundled, and talking to a node. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { build } from 'esbuild'
import t from 'tap'
import { compiler } from '../../scripts/client/compiler.ts'
import { installed } from '../../scripts/docs/readme.ts'
import { events } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const run = promisify(execFile)
const dir = await mkdtemp(join(tmpdir(), 'visavis-package-'))
t.teardown(() => rm(dir, { recursive: true, force: true }))
const home = join(dir, 'app', 'node_modules', '@visavis', 'client')

const { stdout } = await run(process.execPath, [join(root, 'scripts/pack-client.ts'), '--pack', join(dir, 'client')])
await mkdir(home, { recursive: true })
const tarball = (await readdir(dir)).find((name) => name.endsWith('.tgz')) ?? ''
await run('tar', ['-xzf', join(dir, tarball), '-C', home, '--strip-components=1'])
// What it depends on, as npm would install it beside.
const dependencies = ['canonicalize', 'mediasoup-client']
for (const name of dependencies) await symlink(join(root, 'node_modules', name), join(dir, 'app/node_modules', name))
await writeFile(join(dir, 'app/package.json'), '{ "type": "module", "private": true }')

const files = (await readdir(home, { recursive: true, withFileTypes: true }))
  .filter((entry) => entry.isFile())
  .map((entry) => join(entry.parentPath, entry.name).slice(home.length + 1))
const textOf = (file: string) => readFile(join(home, file), 'utf8')

t.test('the tarball holds code, types, README and licence, and nothing else', async (t) => {
  for (const file of ['package.json', 'README.md', 'LICENSE', 'index.js', 'types/client/index.d.ts'])
    t.ok(files.includes(file), file)
  for (const part of ['room-media', 'test-call'])
    t.equal(files.filter((file) => file.startsWith(`${part}-`)).length, 1, `${part} is loaded on demand`)
  t.same(
    files.filter((file) => !/^(package\.json|README\.md|LICENSE|[\w-]+\.js|types\/.+\.d\.ts)$/.test(file)),
    [],
  )
})

t.test('no schema library is in the code or needed for the types', async (t) => {
  for (const file of files.filter((name) => /\.(js|d\.ts)$/.test(name))) {
    t.notMatch(await textOf(file), /typebox|ajv/, file)
  }
  const manifest = JSON.parse(await textOf('package.json')) as { dependencies: object }
  t.same(Object.keys(manifest.dependencies), dependencies)
})

t.test('the core is at most 28 kB minified and compressed, and media code is in a chunk of its own', async (t) => {
  const size = Number(/core: ([\d.]+) kB/.exec(stdout)?.[1])
  t.ok(size > 5 && size <= 28, `${size} kB`)
  t.notMatch(await textOf('index.js'), /from "mediasoup-client"/)
})

t.test('a bundler for browsers takes it as it is', async (t) => {
  const entry = join(dir, 'app/page.js')
  await writeFile(
    entry,
    "import { connect } from '@visavis/client'\nconnect({ url: location.origin, token: () => '' })",
  )
  const { warnings } = await build({ entryPoints: [entry], bundle: true, write: false, platform: 'browser' })
  t.same(warnings, [])
})

const examples = ['example.ts', ...(await readdir(join(root, 'client/examples'))).map((name) => `examples/${name}`)]
const readme = await textOf('README.md')
for (const example of examples) {
  const text = installed(await readFile(join(root, 'client', example), 'utf8'))
  await writeFile(join(dir, 'app', example.replace('examples/', '')), text)
  t.test(`the README shows ${example} as it is`, async (t) => t.ok(readme.includes(text.trim())))
}

t.test('the README names every event that is told exactly once, and no other', async (t) => {
  const told = /exactly once and in order\*\*:([^.]|\.\w)*\./.exec(readme)?.[0] ?? ''
  const durable = Object.entries(events).flatMap(([name, { delivery }]) => (delivery === 'durable' ? [name] : []))
  t.same([...told.matchAll(/`(\w+\.\w+)`/g)].map(([, name]) => name).sort(), durable.sort())
})

for (const [module, moduleResolution] of [
  ['nodenext', 'nodenext'],
  ['esnext', 'bundler'],
]) {
  t.test(`the examples fit the types, every declaration checked (${moduleResolution})`, async () => {
    const compilerOptions = {
      ...{ strict: true, exactOptionalPropertyTypes: true, noEmit: true, target: 'esnext' },
      ...{ module, moduleResolution, lib: ['esnext', 'dom'] },
      // Of the package itself, not of what it depends on.
      skipLibCheck: false,
      types: [join(root, 'node_modules/@types/node')],
    }
    const project = join(dir, 'app', `tsconfig.${moduleResolution}.json`)
    await writeFile(project, JSON.stringify({ compilerOptions, include: ['*.ts'] }))
    await run(compiler, ['-p', project]).catch((error: { stdout: string }) => {
      const own = error.stdout.split('\n').filter((line) => line.includes('error') && !/mediasoup|@types/.test(line))
      if (own.length > 0) throw new Error(own.join('\n'))
    })
  })
}

t.test('a project for browsers alone can use the types, with what ECMAScript had in 2023', async () => {
  const folder = join(dir, 'app', 'browser')
  await mkdir(folder)
  const page = "import { connect } from '@visavis/client'\nconnect({ url: location.origin, token: () => '' }).close()\n"
  await writeFile(join(folder, 'page.ts'), page)
  const compilerOptions = {
    ...{ strict: true, noEmit: true, target: 'es2022', module: 'esnext', moduleResolution: 'bundler' },
    ...{ lib: ['es2023', 'dom', 'dom.iterable'], types: [], skipLibCheck: false },
  }
  await writeFile(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts'] }))
  await run(compiler, ['-p', folder]).catch((error: { stdout: string }) => {
    const own = error.stdout.split('\n').filter((line) => line.includes('error') && !line.includes('mediasoup'))
    if (own.length > 0) throw new Error(own.join('\n'))
  })
})

t.test('the examples talk to a real node', async (t) => {
  const node = await testNode(t)
  const say = async (file: string) => {
    const path = join(dir, 'app', file)
    return (await run(process.execPath, [path, node.url], { timeout: 30_000 })).stdout
  }
  t.match(await say('example.ts'), /Jeanne Martin wrote message 1: Bonjour/)
  t.match(await say('callback.ts'), /calling Jeanne Martin on 06 12 34 56 78\nthe callback is done/)
  t.match(await say('presence.ts'), /connecting → open\n.+ is offline\n.*open → closed/s)
})
