/** What is taken and what is not, by content, on a real folder. */
import { createHash } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { folderFiles } from '../../src/attachments/folder.ts'
import { documentType } from '../../src/attachments/office.ts'
import { receive } from '../../src/attachments/receive.ts'
import {
  compoundFile,
  contentTypes,
  elf,
  executable,
  gif,
  heic,
  inParts,
  jpeg,
  openDocument,
  openDocumentTypeOf,
  openXml,
  openXmlTypeOf,
  pdf,
  png,
  webp,
  zipOf,
} from './samples.ts'
import { byInfoZip, byPython } from './zip64-samples.ts'

const root = await mkdtemp(join(tmpdir(), 'visavis-files-'))
t.teardown(() => rm(root, { recursive: true, force: true }))
const files = folderFiles(root)
let made = 0

async function take(file: Uint8Array, { maxBytes = 1_000_000, size = 1_000 } = {}) {
  made += 1
  await using draft = await files.draft(made.toString(16).padStart(32, '0'))
  return await receive(inParts(file, size), draft, { maxBytes })
}
const refused = (reason: string, detected?: string) => ({
  code: 'UNSUPPORTED',
  details: { reason, ...(detected === undefined ? {} : { detected }) },
})

t.test('what people send is recognised by what it is', async (t) => {
  const kinds: readonly (readonly [string, Buffer])[] = [
    ['application/pdf', pdf],
    ['image/png', png],
    ['image/jpeg', jpeg],
    ['image/gif', gif],
    ['image/webp', webp],
    ['image/heic', heic],
    ['text/plain', Buffer.from('Bonjour, voilà mon numéro : 06 12 34 56 78 👍\r\n')],
    ['text/plain', Buffer.from('\ufeffavec une marque')],
    ...(await Promise.all(
      (['docx', 'xlsx', 'pptx'] as const).map(
        async (family) => [openXmlTypeOf(family), await openXml(family)] as const,
      ),
    )),
    ...(await Promise.all(
      (['text', 'spreadsheet', 'presentation'] as const).map(
        async (kind) => [openDocumentTypeOf(kind), await openDocument(kind)] as const,
      ),
    )),
  ]
  for (const [mediaType, file] of kinds) {
    const sha256 = createHash('sha256').update(file).digest('hex')
    for (const size of [1, 7, 100_000])
      t.same(await take(file, { size }), { bytes: file.length, sha256, mediaType }, `${mediaType} in parts of ${size}`)
  }
})

t.test('texts that begin like something else are texts', async (t) => {
  for (const text of [
    'FORMATION du 3 mars',
    'BMW, 2019',
    'MZ',
    'ID3',
    'PARENTS',
    'GIFLE',
    'solid',
    'MAC OS',
    '<3 merci',
    'x',
  ])
    t.match(await take(Buffer.from(text)), { mediaType: 'text/plain' }, text)
  t.match(await take(Buffer.from(`%PDF-1.4\n${'a'.repeat(5_000)}`)), { mediaType: 'application/pdf' })
})

t.test('programs, pages and everything else are refused, whatever they are called', async (t) => {
  for (const [file, reason, detected] of [
    [executable, 'type', 'application/x-msdownload'],
    [elf, 'type', 'application/x-elf'],
    [Buffer.from('#!/bin/sh\nrm -rf ~\n'), 'type', 'text/x-script'],
    [Buffer.from('{\\rtf1 hello}'), 'type', 'application/rtf'],
    [Buffer.from('%!PS-Adobe-3.0\n'), 'type', 'application/postscript'],
    [Buffer.from('<!DOCTYPE html><p>'), 'markup'],
    [Buffer.from('\ufeff \n<SCRIPT>alert(1)</SCRIPT>'), 'markup'],
    [Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'), 'markup'],
    [Buffer.from('<?xml version="1.0"?><x/>'), 'markup'],
    [Buffer.from('<!-- --><html>'), 'markup'],
    [compoundFile, 'legacy-office', 'application/x-cfb'],
    [Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), 'type'],
    [Buffer.from('été', 'latin1'), 'text'],
    [Buffer.from('\ufeffété', 'utf16le'), 'type'],
    [Buffer.from([0, 1, 2, 3]), 'type'],
  ] as const)
    await t.rejects(take(file), refused(reason, detected), `${reason} ${file.toString('latin1').slice(0, 10)}`)
})

t.test('a text is one to its last byte', async (t) => {
  const long = 'a'.repeat(5_000)
  await t.rejects(take(Buffer.from(`${long}\0`)), refused('text'))
  await t.rejects(take(Buffer.concat([Buffer.from(long), Buffer.from([0xff])])), refused('text'))
  await t.rejects(take(Buffer.from(`${long}é`).subarray(0, -1)), refused('text'), 'cut off within a character')
  t.match(await take(Buffer.from(`${long}é`), { size: 1 }), { mediaType: 'text/plain' }, 'parts within a character')
})

t.test('an archive that is no document is refused', async (t) => {
  await t.rejects(take(await zipOf({ 'a.txt': 'hello' })), refused('archive'))
  await t.rejects(
    take(await zipOf({ 'setup.exe': executable, mimetype: openDocumentTypeOf('text') })),
    refused('archive'),
  )
  await t.rejects(take(await zipOf({ mimetype: 'application/epub+zip' }, ['mimetype'])), refused('archive'))
  const template = contentTypes(`${openXmlTypeOf('docx').replace('document', 'template')}.main+xml`)
  await t.rejects(take(await openXml('docx', {}, template)), refused('archive'))
})

t.test('documents with macros are refused, wherever these are', async (t) => {
  const main = `${openXmlTypeOf('docx')}.main+xml`
  const macro = 'application/vnd.ms-word.document.macroEnabled.main+xml'
  for (const [what, file] of [
    ['docm', openXml('docx', {}, contentTypes(macro))],
    [
      'docm that says it is docx as well',
      openXml('docx', {}, contentTypes(main, `<Override ContentType="${macro}"/>`)),
    ],
    ['a project', openXml('docx', { 'word/vbaProject.bin': 'x' })],
    ['a project in capitals', openXml('xlsx', { 'XL/VBAPROJECT.BIN': 'x' })],
    [
      'a project of another name',
      openXml('docx', {}, contentTypes(main, '<Override ContentType="application/vnd.ms-office.vbaProject"/>')),
    ],
    ['Excel 4', openXml('xlsx', { 'xl/macrosheets/sheet1.xml': 'x' })],
    ['inside', openXml('docx', { 'word/embeddings/book.xlsm': 'x' })],
    ['Basic', openDocument('text', { 'Basic/script-lc.xml': 'x' })],
    ['Python', openDocument('spreadsheet', { 'Scripts/python/x.py': 'x' })],
  ] as const)
    await t.rejects(
      file.then((bytes) => take(bytes)),
      refused('macros'),
      what,
    )
})

t.test('a document whose type is hidden from a plain reading is refused', async (t) => {
  const main = `${openXmlTypeOf('docx')}.main+xml`
  const hidden = '<Override ContentType="application/vnd.ms-word.document.m&#97;croEnabled.main+xml"/>'
  await t.rejects(take(await openXml('docx', {}, contentTypes(main, hidden))), refused('damaged'))
  await t.rejects(take(await openXml('docx', {}, contentTypes(main, '<!-- x -->'))), refused('damaged'))
  await t.rejects(take(await openXml('docx', { '[CONTENT_TYPES].XML': 'x' })), refused('damaged'))
})

t.test('what is in a ZIP is not unpacked, nor read: a bomb costs nothing', async (t) => {
  const bomb = await openXml('docx', { 'word/media/image1.png': Buffer.alloc(64 * 1024 * 1024) })
  let read = 0
  const file = {
    bytes: bomb.length,
    async read(position: number, length: number) {
      read += length
      return bomb.subarray(position, position + length)
    },
  }
  t.equal(await documentType(file), openXmlTypeOf('docx'))
  t.ok(read < 70_000, `${read} of ${bomb.length} bytes read, most of them to find its end`)
  await t.rejects(take(await openXml('docx', {}, `${contentTypes('x')}${' '.repeat(2_000_000)}`)), refused('damaged'))
})

t.test('a ZIP in which two readers could find different things is refused', async (t) => {
  const sound = await openXml('docx')
  const another = await zipOf({ 'a.txt': 'hello' })
  await t.rejects(take(sound.subarray(0, -1)), refused('damaged'), 'cut off')
  await t.rejects(take(Buffer.concat([sound, Buffer.from('x')])), refused('damaged'), 'more after its end')
  await t.rejects(take(Buffer.concat([another, sound])), refused('damaged'), 'two in one')
  const spoilt = Buffer.from(sound)
  spoilt.writeUInt16LE(7, spoilt.length - 22 + 10)
  await t.rejects(take(spoilt), refused('damaged'), 'another number of entries')
  for (let at = 4; at < sound.length; at += 13) {
    const changed = Buffer.from(sound)
    changed[at] = (changed[at] ?? 0) ^ 0xff
    // Taken or refused, but never a fault.
    await take(changed).catch((error: { code?: string }) => t.equal(error.code, 'UNSUPPORTED', `byte ${at}`))
  }
})

t.test('a document whose ZIP has 64-bit records is one like any other', async (t) => {
  const main = `${openXmlTypeOf('docx')}.main+xml`
  const wide = (more: Record<string, string> = {}) =>
    zipOf({ '[Content_Types].xml': contentTypes(main), 'word/document.xml': '<x/>', ...more }, [], true)
  for (const [by, file] of [
    ['Info-ZIP', byInfoZip],
    ['Python', byPython],
    ['yazl', await wide()],
    ['Info-ZIP, with a comment', withComment(byInfoZip, 'PK and more')],
  ] as const)
    t.match(await take(file), { mediaType: openXmlTypeOf('docx') }, by)
  const text = { mimetype: openDocumentTypeOf('text'), 'content.xml': '<x/>' }
  t.match(await take(await zipOf(text, ['mimetype'], true)), { mediaType: openDocumentTypeOf('text') })
  await t.rejects(take(await wide({ 'word/vbaProject.bin': 'x' })), refused('macros'))
  await t.rejects(take(await zipOf({ 'a.txt': 'hello' }, [], true)), refused('archive'))
})

t.test('64-bit records that two readers could understand differently are refused', async (t) => {
  const endAt = byInfoZip.length - 22 - 20 - 56
  const spoilt = (at: number, byte: number) => {
    const file = Buffer.from(byInfoZip)
    file[at] = byte
    return take(file)
  }
  await t.rejects(spoilt(endAt + 32, 2), refused('damaged'), 'another number of entries than the old record has')
  await t.rejects(spoilt(endAt + 48, 7), refused('damaged'), 'a directory elsewhere')
  await t.rejects(spoilt(endAt + 55, 0xff), refused('damaged'), 'a directory beyond any file')
  await t.rejects(spoilt(endAt + 4, 60), refused('damaged'), 'a longer record')
  await t.rejects(spoilt(endAt + 56 + 8, 3), refused('damaged'), 'an end record elsewhere')
  await t.rejects(spoilt(endAt + 56 + 16, 2), refused('damaged'), 'several disks')
  await t.rejects(spoilt(byInfoZip.length - 22 + 10, 2), refused('damaged'), 'an old record that says otherwise')
  const bare = Buffer.concat([byInfoZip.subarray(0, endAt), byInfoZip.subarray(-22)])
  await t.rejects(take(bare), refused('damaged'), 'no 64-bit record where the old one sends its reader there')
  const extra = byInfoZip.lastIndexOf(Buffer.from([1, 0, 8, 0]))
  await t.rejects(spoilt(extra, 2), refused('damaged'), 'an entry whose size stands nowhere')
  await t.rejects(spoilt(extra + 2, 4), refused('damaged'), 'half a size')
  for (let at = 4; at < byInfoZip.length; at += 7)
    await spoilt(at, (byInfoZip[at] ?? 0) ^ 0xff).catch((error: { code?: string }) =>
      t.equal(error.code, 'UNSUPPORTED', `byte ${at}`),
    )
})

t.test('the limit of bytes holds while they come, and an empty file is none', async (t) => {
  await t.rejects(take(Buffer.alloc(2_000, 'a'), { maxBytes: 1_999 }), {
    code: 'TOO_LARGE',
    details: { maxBytes: 1_999 },
  })
  t.match(await take(Buffer.alloc(2_000, 'a'), { maxBytes: 2_000 }), { bytes: 2_000 })
  await t.rejects(take(Buffer.alloc(0)), { code: 'BAD_REQUEST' })
})

t.test('a refusal comes at the first bytes, and no more are read', async (t) => {
  let parts = 0
  async function* endless() {
    for (;;) {
      parts += 1
      yield Buffer.concat([executable, Buffer.alloc(1_000)])
    }
  }
  await using draft = await files.draft('f'.repeat(32))
  await t.rejects(receive(endless(), draft, { maxBytes: 10_000_000 }), refused('type'))
  t.ok(parts < 6, `${parts} parts`)
})

t.test('nothing of what was not kept is left', async (t) => {
  const left = await readdir(root, { recursive: true, withFileTypes: true })
  t.same(
    left.filter((entry) => entry.isFile()).map(({ name }) => name),
    [],
  )
})

function withComment(zip: Buffer, comment: string): Buffer {
  const file = Buffer.concat([zip, Buffer.from(comment)])
  file.writeUInt16LE(comment.length, zip.length - 2)
  return file
}
