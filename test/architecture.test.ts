/** Who may import whom (docs/architecture.md). A test, so that the picture stays true. */
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = ['config', 'src', 'client', 'web', 'bench']

interface Source {
  readonly file: string
  readonly text: string
  /** Files of ours, relative to the root. */
  readonly ours: readonly string[]
  /** Those of `ours` that survive type stripping. */
  readonly values: readonly string[]
  readonly packages: readonly string[]
  /** Those of `packages` that survive type stripping. */
  readonly loaded: readonly string[]
}

const importPattern =
  /(?:import|export)\s+(type\s+)?(?:[^'"();]*?\sfrom\s+)?['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]\s*\)/g

async function readSource(file: string): Promise<Source> {
  const text = await readFile(join(root, file), 'utf8')
  const found = [...text.matchAll(importPattern)].map(([, type, named, dynamic]) => ({
    typeOnly: type !== undefined,
    name: named ?? dynamic ?? '',
  }))
  const path = (name: string) => relative(root, resolve(root, dirname(file), name))
  const own = found.filter(({ name }) => name.startsWith('.'))
  const others = found.filter(({ name }) => !name.startsWith('.'))
  return {
    file,
    text,
    ours: own.map(({ name }) => path(name)),
    values: own.filter(({ typeOnly }) => !typeOnly).map(({ name }) => path(name)),
    packages: others.map(({ name }) => name),
    loaded: others.filter(({ typeOnly }) => !typeOnly).map(({ name }) => name),
  }
}

async function sources(): Promise<Source[]> {
  const files = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(join(root, folder), { recursive: true }).catch(() => [])).map((name) => `${folder}/${name}`),
    ),
  )
  return Promise.all(
    files
      .flat()
      .filter((file) => /\.tsx?$/.test(file))
      .sort()
      .map(readSource),
  )
}

const all = await sources()
const inFolder = (folder: string) => all.filter(({ file }) => file.startsWith(`${folder}/`))

/** Each layer may import itself, the layers named, and nothing else of ours. */
const layers: Readonly<Record<string, readonly string[]>> = {
  'src/protocol': [],
  'src/signed': [],
  'src/store': ['src/protocol'],
  'src/chat': ['src/store', 'src/protocol'],
  'src/answers': ['src/store', 'src/protocol'],
  'src/attachments': ['src/signed', 'src/store', 'src/protocol'],
  'src/notes': ['src/store', 'src/protocol'],
  'src/lobby': ['src/signed', 'src/store', 'src/protocol'],
  'src/checks': ['src/store', 'src/protocol'],
  'src/calendar': [],
  'src/queue': ['src/calendar', 'src/store', 'src/protocol'],
  'src/appointments': ['src/calendar', 'src/store', 'src/protocol'],
  'src/workshops': ['src/store', 'src/protocol'],
  'src/enrolment': ['src/store', 'src/protocol'],
  'src/presence': ['src/store', 'src/protocol'],
  'src/nodes': ['src/signed', 'src/store', 'src/protocol'],
  'src/audit': ['src/store', 'src/protocol'],
  'src/attendance': ['src/store', 'src/protocol'],
  'src/capacity': ['src/store', 'src/protocol'],
  'src/probe': ['src/protocol'],
  'src/search': ['src/store', 'src/protocol'],
  'src/reminders': ['src/store', 'src/protocol'],
  'src/replies': ['src/store', 'src/protocol'],
  'src/notices': ['src/signed', 'src/store', 'src/protocol'],
  'src/report': ['src/store', 'src/protocol'],
  'src/rights': ['src/protocol'],
  'src/retention': ['src/store', 'src/protocol'],
  'src/media': ['src/protocol'],
  'src/auth': ['src/store', 'src/protocol'],
  'src/ops': ['src/store', 'src/protocol'],
  'src/signaling': [
    'src/appointments',
    'src/workshops',
    'src/answers',
    'src/attachments',
    'src/attendance',
    'src/audit',
    'src/auth',
    'src/chat',
    'src/notes',
    'src/queue',
    'src/calendar',
    'src/presence',
    'src/search',
    'src/enrolment',
    'src/replies',
    'src/notices',
    'src/lobby',
    'src/checks',
    'src/media',
    'src/nodes',
    'src/ops',
    'src/store',
    'src/protocol',
  ],
  'src/http': [
    'src/appointments',
    'src/attachments',
    'src/attendance',
    'src/audit',
    'src/auth',
    'src/capacity',
    'src/chat',
    'src/queue',
    'src/presence',
    'src/enrolment',
    'src/notices',
    'src/report',
    'src/rights',
    'src/media',
    'src/ops',
    'src/signed',
    'src/store',
    'src/protocol',
  ],
  client: ['src/protocol'],
  web: ['client', 'src/protocol'],
  config: [],
}

t.test('there is something to check', async (t) => {
  for (const folder of Object.keys(layers)) t.ok(inFolder(folder).length > 0, `${folder} has files`)
})

for (const [folder, allowed] of Object.entries(layers)) {
  t.test(`${folder} imports only ${allowed.join(', ') || 'itself'}`, async (t) => {
    const strangers = inFolder(folder).flatMap(({ file, ours }) =>
      ours
        .filter((name) => ![folder, ...allowed].some((layer) => name.startsWith(`${layer}/`)))
        .map((name) => `${file} → ${name}`),
    )
    t.same(strangers, [])
  })
}

t.test('every folder of src is a layer', async (t) => {
  const known = Object.keys(layers)
  const unknown = inFolder('src').filter(
    ({ file }) => file.split('/').length > 2 && !known.some((layer) => file.startsWith(`${layer}/`)),
  )
  t.same(
    unknown.map(({ file }) => file),
    [],
  )
})

/** A package that only one folder may know, so that the rest does not depend on its ways. */
const owners: Readonly<Record<string, readonly string[]>> = {
  ioredis: ['src/store/', 'bench/'],
  mediasoup: ['src/media/', 'bench/'],
  'mediasoup-client': ['client/', 'src/protocol/'],
  'file-type': ['src/attachments/'],
  'prom-client': ['src/ops/'],
  nodemailer: ['src/notices/'],
  'ical-generator': ['src/notices/'],
  'date-holidays': ['src/calendar/'],
  yazl: ['src/rights/'],
  pdfkit: ['src/attendance/'],
  canonicalize: ['src/protocol/', 'client/'],
  preact: ['web/'],
}

for (const [name, folder] of Object.entries(owners)) {
  t.test(`${name} is imported only in ${folder.join(' and ')}`, async (t) => {
    const users = all.filter(({ packages }) => packages.some((used) => used === name || used.startsWith(`${name}/`)))
    t.ok(users.length > 0, 'it is used')
    t.same(
      users.map(({ file }) => file).filter((file) => !folder.some((owner) => file.startsWith(owner))),
      [],
    )
  })
}

t.test('only the types of TypeBox are used: src/protocol/type.ts says why', async (t) => {
  const users = all.filter(({ packages }) => packages.includes('typebox'))
  t.ok(users.length > 0, 'they are')
  t.same(
    users.filter(({ loaded }) => loaded.includes('typebox')).map(({ file }) => file),
    [],
  )
})

const withoutSchemas = ['errors', 'variables', 'check-rule', 'problem-words', 'record-reading'].map(
  (name) => `src/protocol/${name}.ts`,
)

t.test(
  'the pages bundle no schema code: client and web take only types from the protocol, and files of it that import no more',
  async (t) => {
    const taken = [...inFolder('client'), ...inFolder('web')].flatMap(({ values }) =>
      values.filter((name) => name.startsWith('src/')),
    )
    t.same(
      [...new Set(taken)].filter((name) => !withoutSchemas.includes(name)),
      [],
    )
    t.same(
      all.filter(({ file, values, packages }) => withoutSchemas.includes(file) && values.length + packages.length > 0),
      [],
    )
  },
)

t.test('only config/load.ts reads the environment', async (t) => {
  const readers = [...inFolder('config'), ...inFolder('src')].filter(({ text }) => /process\.env/.test(text))
  t.same(
    readers.map(({ file }) => file),
    ['config/load.ts'],
  )
})

t.test('no cycle between files', async (t) => {
  const graph = new Map(all.map(({ file, ours }) => [file, ours]))
  const done = new Set<string>()
  const cycles: string[] = []
  const visit = (file: string, path: readonly string[]) => {
    if (path.includes(file)) {
      cycles.push([...path.slice(path.indexOf(file)), file].join(' → '))
      return
    }
    if (done.has(file)) return
    for (const next of graph.get(file) ?? []) visit(next, [...path, file])
    done.add(file)
  }
  for (const file of graph.keys()) visit(file, [])
  t.same(cycles, [])
})

t.test('no module-level mutable state in src', async (t) => {
  const mutable = inFolder('src').filter(({ text }) => /^(?:export )?(?:let|var) /m.test(text))
  t.same(
    mutable.map(({ file }) => file),
    [],
  )
})
