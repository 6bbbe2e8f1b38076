/**
 * Makes the client an installable package: ESM, types without a schema library, its README. Into dist/client, or the
 * folder named; with --pack also a tarball beside it.
 */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs, promisify } from 'node:util'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'
import { compiler } from './client/compiler.ts'
import { protocolTypes } from './client/types.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)
const { values, positionals } = parseArgs({ options: { pack: { type: 'boolean' } }, allowPositionals: true })
const target = resolve(positionals[0] ?? join(root, 'dist', 'client'))

/** Of the core as a page loads it: minified and compressed, without the parts for webcam rooms and checks. */
const mostCoreBytes = 28_000

await rm(target, { recursive: true, force: true })
await writeCode()
await writeTypes()
await writeFile(join(target, 'package.json'), `${JSON.stringify(await manifest(), null, 2)}\n`)
await copyFile(join(root, 'client', 'README.md'), join(target, 'README.md'))
await copyFile(join(root, 'LICENSE'), join(target, 'LICENSE'))
if (values.pack === true) {
  const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', dirname(target)], { cwd: target })
  console.log(`${join(relative(process.cwd(), dirname(target)), stdout.trim())}`)
}

async function writeCode(): Promise<void> {
  const bundled = (minify: boolean) =>
    build({
      absWorkingDir: root,
      entryPoints: ['client/index.ts'],
      outdir: target,
      bundle: true,
      splitting: true,
      packages: 'external',
      chunkNames: '[name]-[hash]',
      format: 'esm',
      platform: 'neutral',
      target: 'es2022',
      minify,
      write: false,
      metafile: true,
      logLevel: 'warning',
    })
  const { outputFiles } = await bundled(false)
  for (const { path, contents } of outputFiles) await put(path, contents)
  const { outputFiles: small, metafile } = await bundled(true)
  const core = loadedWith(join(relative(root, target), 'index.js'), metafile.outputs)
  const bytes = small
    .filter(({ path }) => core.has(relative(root, path)))
    .reduce((sum, { contents }) => sum + gzipSync(contents).byteLength, 0)
  console.log(`core: ${(bytes / 1_000).toFixed(1)} kB minified and compressed, of at most ${mostCoreBytes / 1_000} kB`)
  if (bytes > mostCoreBytes) throw new Error('the core of the client is larger than its budget')
}

/** A file and those it imports, without what is loaded on demand. */
function loadedWith(entry: string, outputs: Metafile['outputs'], found = new Set<string>()): Set<string> {
  if (found.has(entry)) return found
  found.add(entry)
  for (const { path, kind } of outputs[entry]?.imports ?? [])
    if (kind === 'import-statement' && outputs[path] !== undefined) loadedWith(path, outputs, found)
  return found
}

async function writeTypes(): Promise<void> {
  const scratch = await mkdtemp(join(tmpdir(), 'visavis-types-'))
  try {
    const { include: _, ...base } = JSON.parse(await readFile(join(root, 'tsconfig.json'), 'utf8')) as {
      include: unknown
      compilerOptions: object
    }
    const emitted = { noEmit: false, declaration: true, emitDeclarationOnly: true, rootDir: root, outDir: scratch }
    const options = { ...base.compilerOptions, ...emitted, types: [join(root, 'node_modules/@types/node')] }
    const project = { compilerOptions: options, files: [join(root, 'client', 'index.ts')] }
    await writeFile(join(scratch, 'tsconfig.json'), JSON.stringify(project))
    await run(compiler, ['-p', scratch])
    await writeFile(join(scratch, 'src/protocol/index.d.ts'), protocolTypes())
    await copyTypes(scratch, 'client/index.d.ts', new Set())
  } finally {
    await rm(scratch, { recursive: true, force: true })
  }
}

/** A declaration file and those it imports. */
async function copyTypes(scratch: string, name: string, done: Set<string>): Promise<void> {
  if (done.has(name)) return
  done.add(name)
  const text = await readFile(join(scratch, name), 'utf8')
  const imported = [...text.matchAll(/(?:from|import\()\s*['"](\.[^'"]+)\.(?:ts|js)['"]/g)].map(([, path = '']) => path)
  await put(join(target, 'types', name), text.replace(/(['"]\.[^'"]+)\.ts(['"])/g, '$1.js$2'))
  for (const path of imported) await copyTypes(scratch, `${join(dirname(name), path)}.d.ts`, done)
}

async function manifest(): Promise<object> {
  const whole = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as {
    version: string
    license: string
    dependencies: Record<string, string>
  }
  return {
    name: '@visavis/client',
    version: whole.version,
    description:
      'Visavis for browsers and Node: chat, callbacks and webcam rooms over one connection that heals by itself',
    license: whole.license,
    type: 'module',
    engines: { node: '>=22' },
    sideEffects: false,
    exports: { '.': { types: './types/client/index.d.ts', default: './index.js' } },
    types: './types/client/index.d.ts',
    files: ['*.js', 'types', 'README.md', 'LICENSE'],
    dependencies: {
      canonicalize: whole.dependencies.canonicalize,
      'mediasoup-client': whole.dependencies['mediasoup-client'],
    },
  }
}

async function put(path: string, contents: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, contents)
}
