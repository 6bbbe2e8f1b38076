/** Bundles the pages into dist/web: hashed assets, the media library in a chunk of its own, put in place in one step. */
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build, type Metafile } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const target = join(root, 'dist', 'web')
interface Page {
  readonly file: string
  readonly name: string
  readonly script: string
  /** What it has besides the style of all pages. */
  readonly style?: string
}
const pages: readonly Page[] = [
  { file: 'index.html', name: 'sign-in', script: 'web/sign-in/page.tsx' },
  { file: 'jobseeker.html', name: 'jobseeker', script: 'web/jobseeker/page.tsx' },
  { file: 'scheme.html', name: 'scheme', script: 'web/scheme/page.tsx', style: 'web/scheme/scheme.css' },
  { file: 'advisor.html', name: 'advisor', script: 'web/advisor/page.tsx' },
  { file: 'workshop.html', name: 'workshop', script: 'web/workshop/page.tsx', style: 'web/workshop/workshop.css' },
  { file: 'guest.html', name: 'guest', script: 'web/guest/page.tsx', style: 'web/check/check.css' },
  { file: 'check.html', name: 'check', script: 'web/check/page.tsx', style: 'web/check/check.css' },
  {
    file: 'supervisor.html',
    name: 'supervisor',
    script: 'web/supervisor/page.tsx',
    style: 'web/supervisor/supervisor.css',
  },
  { file: 'operator.html', name: 'operator', script: 'web/operator/page.tsx', style: 'web/operator/operator.css' },
]
const style = 'web/styles.css'
const icon = 'web/icon.svg'
/** The server lets browsers keep whatever carries a hash like this for a year. */
const names = 'assets/[name].[hash]'

const startedAt = performance.now()
const { outputFiles, metafile } = await build({
  absWorkingDir: root,
  entryPoints: [
    ...pages.map(({ name, script }) => ({ in: script, out: name })),
    ...[style, icon, ...pages.flatMap((page) => page.style ?? [])].map(plain),
  ],
  outdir: target,
  entryNames: names,
  chunkNames: names,
  assetNames: names,
  bundle: true,
  splitting: true,
  format: 'esm',
  target: ['chrome111', 'firefox120', 'safari16.4'],
  minify: true,
  jsx: 'automatic',
  jsxImportSource: 'preact',
  loader: { '.svg': 'copy' },
  legalComments: 'linked',
  metafile: true,
  write: false,
  logLevel: 'warning',
})

const template = await readFile(join(root, 'web', 'page.html'), 'utf8')
const html = pages.map((page) => ({ file: page.file, text: fill(template, metafile, page) }))
const scratch = `${target}.${process.pid}`
try {
  for (const { path, contents } of outputFiles) await put(path.replace(target, scratch), contents)
  for (const { file, text } of html) await put(join(scratch, file), text)
  await swap(scratch, target)
} finally {
  await rm(scratch, { recursive: true, force: true })
}
report()

function plain(source: string): { in: string; out: string } {
  return { in: source, out: source.replace(/^web\/|\.\w+$/g, '') }
}

function fill(text: string, metafile: Metafile, { script, style: own }: Page): string {
  const { imports = [] } = metafile.outputs[outputOf(metafile, script)] ?? {}
  const shared = imports.filter(({ kind }) => kind === 'import-statement')
  const styles = [style, ...(own === undefined ? [] : [own])].map((source) => url(outputOf(metafile, source)))
  const values: Readonly<Record<string, string>> = {
    script: url(outputOf(metafile, script)),
    styles: styles.map((path) => `<link rel="stylesheet" href="${path}">`).join('\n    '),
    icon: url(outputOf(metafile, icon)),
    preload: shared.map(({ path }) => `<link rel="modulepreload" href="${url(path)}">`).join('\n    '),
  }
  return text.replace(/\{\{(\w+)\}\}/g, (place, name: string) => values[name] ?? place)
}

/** The output made of a source file, relative to the root. */
function outputOf({ outputs }: Metafile, source: string): string {
  const found = Object.entries(outputs).find(
    ([, { entryPoint, inputs }]) => entryPoint === source || (source === icon && Object.hasOwn(inputs, source)),
  )
  if (found === undefined) throw new Error(`${source} was not built`)
  return found[0]
}

/** Relative to the pages, which all lie beside each other, so that they work below any path. */
function url(output: string): string {
  return output.replace(/^dist\/web\//, './')
}

async function put(path: string, contents: string | Uint8Array): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, contents)
}

/** Whoever serves the folder sees the old pages or the new ones, never half of them. */
async function swap(made: string, place: string): Promise<void> {
  const old = `${place}.old.${process.pid}`
  await rename(place, old).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error
  })
  await rename(made, place)
  await rm(old, { recursive: true, force: true })
}

function report(): void {
  const kilobytes = (bytes: number) => `${(bytes / 1_000).toFixed(1)} kB`.padStart(9)
  for (const { path, contents } of outputFiles) {
    if (!/\.(js|css)$/.test(path)) continue
    const gzipped = gzipSync(contents).byteLength
    console.log(`${kilobytes(contents.byteLength)} ${kilobytes(gzipped)} gzip  ${path.replace(`${target}/`, '')}`)
  }
  console.log(`pages built in ${Math.round(performance.now() - startedAt)} ms`)
}
