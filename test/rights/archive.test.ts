/** The archive of an export without a node: names, manifest, the end of those who go away. */
import { createHash } from 'node:crypto'
import { buffer } from 'node:stream/consumers'
import fc from 'fast-check'
import t from 'tap'
import { fileEntryName } from '../../src/rights/entry-name.ts'
import { withManifest } from '../../src/rights/manifest.ts'
import { conversationPage, type ShownMessage } from '../../src/rights/page.ts'
import { linesPart, type Part } from '../../src/rights/part.ts'
import { zipped } from '../../src/rights/zip.ts'
import { until } from '../support/until.ts'
import { checkedByUnzip, unzip } from '../support/zip.ts'

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items
}

t.test('what goes in comes out, and the manifest has the hash of each', async (t) => {
  const content = fc.array(fc.uint8Array({ maxLength: 5_000 }), { maxLength: 5 })
  await fc.assert(
    fc.asyncProperty(fc.array(fc.record({ content, compress: fc.boolean() }), { maxLength: 8 }), async (given) => {
      const parts = given.map((part, n): Part => ({ ...part, name: `files/${n}`, content: each(part.content) }))
      const files = unzip(
        await buffer(
          zipped(
            withManifest(each(parts), () => ({ by: 'agency' })),
            Date.now(),
          ),
        ),
      )
      const manifest = JSON.parse(String(files.get('manifest.json'))) as { by: string; files: object[] }
      t.equal(manifest.by, 'agency')
      t.same(
        manifest.files,
        given.map(({ content }, n) => {
          const whole = Buffer.concat(content)
          return { name: `files/${n}`, bytes: whole.length, sha256: createHash('sha256').update(whole).digest('hex') }
        }),
      )
      for (const [n, { content }] of given.entries())
        if (!files.get(`files/${n}`)?.equals(Buffer.concat(content))) throw new Error(`file ${n} is another one`)
    }),
    { numRuns: 30 },
  )
  const archive = await buffer(
    zipped(
      withManifest(each([linesPart('a.ndjson', each([1, 2]))]), () => ({})),
      Date.now(),
    ),
  )
  const verdict = await checkedByUnzip(archive)
  t.match(verdict ?? '0:', /^0:/)
})

t.test('a part that fails breaks the archive off: it has no directory', async (t) => {
  const failing = async function* () {
    yield 'begun'
    throw new Error('Redis is away')
  }
  const archive = zipped(each<Part>([{ name: 'a', content: failing() }]), Date.now())
  await t.rejects(buffer(archive), { message: 'Redis is away' })
})

t.test(
  'nothing is read before it is asked for, no more than is taken, and nothing after the reader has gone',
  async (t) => {
    let [read, ended, partsEnded] = [0, false, false]
    const endless = async function* () {
      try {
        // It cannot be compressed, so that what is taken shows in what is read.
        for (;;) {
          read += 1
          yield Buffer.alloc(64 * 1_024)
        }
      } finally {
        ended = true
      }
    }
    const parts = async function* (): AsyncGenerator<Part> {
      try {
        yield { name: 'endless', content: endless(), compress: false }
      } finally {
        partsEnded = true
      }
    }
    const archive = zipped(parts(), Date.now())
    await new Promise((resolve) => setImmediate(resolve))
    t.equal(read, 0)
    const reader = archive[Symbol.asyncIterator]()
    for (let taken = 0; taken < 1_024 * 1_024; ) taken += ((await reader.next()).value as Buffer).length
    const before = read
    t.ok(before <= 16 + 16, `${before} chunks were read for 16 taken`)
    for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve))
    t.ok(read <= before + 8, 'it waits for the reader')
    archive.destroy()
    await until(() => ended && partsEnded, { what: 'the end of what was read' })
  },
)

t.test('no name leads out of the folder, begins a line or is too long', async (t) => {
  const hostile = [
    '../../etc/passwd',
    '..\\..\\win.ini',
    '/etc/passwd',
    'C:\\x',
    'a\nb',
    '..',
    '.',
    '',
    '\u202egpj.exe',
  ]
  fc.assert(
    fc.property(
      fc.oneof(
        fc.constantFrom(...hostile),
        fc.string({ unit: 'binary', maxLength: 300 }),
        fc.string({ maxLength: 300 }),
      ),
      (name) => {
        const entry = fileEntryName('0'.repeat(32), name)
        return (
          /^files\/0{32}-[^/\\\p{Cc}\p{Cf}]*$/u.test(entry) &&
          !entry.split('/').includes('..') &&
          Buffer.byteLength(entry) <= 206 &&
          entry.isWellFormed()
        )
      },
    ),
    { numRuns: 2_000 },
  )
  t.equal(fileEntryName('1f', 'Attestation d’été.pdf'), 'files/1f-Attestation d’été.pdf')
  t.match(fileEntryName('1f', `${'é'.repeat(300)}.pdf`), /^files\/1f-é+\.pdf$/)
})

t.test('the page shows what was said as text, never as markup', async (t) => {
  const evil = '<script>alert(1)</script>"\'&\u0000'
  const message: ShownMessage = {
    ...{ offset: 1, key: 'key-0001', text: evil, at: 0, from: { id: 'jeanne', name: evil } },
    attachments: [{ name: evil, file: `files/1-"onload=x.pdf` }],
    ...{ editedAt: 5, versions: [{ at: 1, text: `${evil}1` }], replyTo: 1 },
  }
  for (const language of ['fr', 'en'] as const) {
    const options = { language, timeZone: 'Indian/Reunion', name: evil, at: 0, own: 'jeanne' }
    let page = ''
    for await (const text of conversationPage(each([message]), options)) page += text
    t.notMatch(page, '<script')
    t.notMatch(page, '\u0000')
    t.notMatch(page, '"onload')
    t.match(page, '&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;')
    t.match(page, language === 'fr' ? '1 janvier 1970 à 04:00' : '1 January 1970 at 04:00')
  }
})
