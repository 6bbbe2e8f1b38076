import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { buffer, text } from 'node:stream/consumers'
import t from 'tap'
import { folderFiles } from '../../src/attachments/folder.ts'

const root = await mkdtemp(join(tmpdir(), 'visavis-files-'))
t.teardown(() => rm(root, { recursive: true, force: true }))
const files = folderFiles(join(root, 'attachments'))
const id = (digit: string) => digit.repeat(32)
const everyFile = async () =>
  (await readdir(root, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))

t.test('a file is seen when it is kept, whole, and by nobody else of the machine', async (t) => {
  {
    await using draft = await files.draft(id('a'))
    await draft.write(Buffer.from('one '))
    await draft.write(Buffer.from('two'))
    await t.rejects(files.open(id('a')), { code: 'NOT_FOUND' })
    t.equal(String(await draft.read(2, 4)), 'e tw')
    t.equal(String(await draft.read(5, 100)), 'wo', 'as far as it goes')
    t.equal((await draft.read(100, 4)).length, 0)
    const parts: Uint8Array[] = []
    for await (const part of draft.stream()) parts.push(part)
    t.equal(String(Buffer.concat(parts)), 'one two')
    await draft.write(Buffer.from(' three'))
    await draft.keep()
  }
  t.equal(await text(await files.open(id('a'))), 'one two three')
  t.same(await everyFile(), [`attachments/aa/${id('a')}`])
  const path = join(root, 'attachments/aa')
  t.equal((await stat(join(path, id('a')))).mode & 0o777, 0o600)
  t.equal((await stat(path)).mode & 0o777, 0o700)
  await files.remove(id('a'))
  await files.remove(id('a'))
  t.same(await everyFile(), [])
})

t.test('what was not kept is gone, and what a dead node has left goes with its id', async (t) => {
  {
    await using draft = await files.draft(id('b'))
    await draft.write(Buffer.alloc(100_000))
    t.same(await everyFile(), [`attachments/bb/${id('b')}.draft`])
  }
  t.same(await everyFile(), [])
  await writeFile(join(root, 'attachments/bb', `${id('b')}.draft`), 'left')
  await files.remove(id('b'))
  t.same(await everyFile(), [])
})

t.test('nobody writes over a file on its way', async (t) => {
  await using draft = await files.draft(id('c'))
  await draft.write(Buffer.from('x'))
  await t.rejects(files.draft(id('c')), { code: 'EEXIST' })
})

t.test('no id leads out of the folder', async (t) => {
  await writeFile(join(root, 'secret'), 'secret')
  for (const path of [
    '../secret',
    '..',
    '',
    '/etc/passwd',
    'a/../../secret',
    `${id('a')}/../../../secret`,
    'A'.repeat(32),
    `${id('a')}\0`,
    '%2e%2e',
  ]) {
    await t.rejects(files.open(path), { code: 'NOT_FOUND' }, path)
    await t.rejects(files.remove(path), { code: 'NOT_FOUND' }, path)
    await t.rejects(files.draft(path), { code: 'NOT_FOUND' }, path)
  }
  t.same(await everyFile(), ['secret'])
})

t.test('a large file goes through in parts', async (t) => {
  await using draft = await files.draft(id('d'))
  for (let n = 0; n < 50; n++) await draft.write(Buffer.alloc(100_000, n))
  await draft.keep()
  const bytes = await buffer(await files.open(id('d')))
  t.equal(bytes.length, 5_000_000)
  t.equal(bytes[4_999_999], 49)
})
