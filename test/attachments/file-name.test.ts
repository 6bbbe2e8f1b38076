import fc from 'fast-check'
import t from 'tap'
import { fileName } from '../../src/attachments/file-name.ts'
import { endingsOf, takenTypes } from '../../src/attachments/media-types.ts'

const pdf = 'application/pdf'

t.test('a name stays as people wrote it, as far as it is harmless', async (t) => {
  for (const [given, expected] of [
    ['CV Jeanne Le Goff (2026).pdf', 'CV Jeanne Le Goff (2026).pdf'],
    ['Lettre de motivation – été.PDF', 'Lettre de motivation – été.PDF'],
    ['履歴書.pdf', '履歴書.pdf'],
    ['👩‍🔧 diplôme.pdf', '👩‍🔧 diplôme.pdf'],
    ['/home/jeanne/../cv.pdf', 'cv.pdf'],
    ['C:\\Users\\Jeanne\\cv.pdf', 'cv.pdf'],
    ['../../etc/passwd', 'passwd.pdf'],
    ['..', 'file.pdf'],
    ['', 'file.pdf'],
    ['.pdf', 'pdf.pdf'],
    ['.htaccess', 'htaccess.pdf'],
    ['cv', 'cv.pdf'],
    ['facture.pdf.exe', 'facture.pdf.exe.pdf'],
    ['facture\u202efdp.exe', 'facturefdp.exe.pdf'],
    ['line\r\nbreak: "a".pdf', 'line break_ _a_.pdf'],
    ['NUL.pdf', '_NUL.pdf'],
    ['con', '_con.pdf'],
    ['trailing. .pdf', 'trailing.pdf'],
    ['e\u0301te\u0301.pdf', 'été.pdf'],
    ['half \ud83d.pdf', 'half \ufffd.pdf'],
  ] as const)
    t.equal(fileName(given, pdf), expected, JSON.stringify(given))
})

t.test('a text that some computer would run gets an ending that none does', async (t) => {
  for (const ending of ['bat', 'html', 'js', 'ps1', 'svg', 'sh', 'vbs', 'hta'])
    t.equal(fileName(`x.${ending}`, 'text/plain'), `x.${ending}.txt`)
  for (const ending of ['txt', 'csv', 'md']) t.equal(fileName(`x.${ending}`, 'text/plain'), `x.${ending}`)
})

const piece = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.string({ unit: 'binary' }),
  fc.constantFrom(
    '/',
    '\\',
    '..',
    '.',
    ' ',
    '\u202e',
    '\u2066',
    '\u0000',
    '\n',
    '\u200b',
    '\ud800',
    ':',
    '"',
    'con',
    'nul.',
  ),
  fc.constantFrom('.pdf', '.exe', '.PDF', 'e\u0301', '<\u0338', '\u200d', '\ufeff', '\u00ad', 'x'.repeat(150)),
)
const anyName = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(''))

t.test(
  'whatever the name: bounded, visible, no path, a fitting ending, and the same again when given again',
  async (t) => {
    fc.assert(
      fc.property(anyName, fc.constantFrom(...takenTypes), (given, mediaType) => {
        const name = fileName(given, mediaType)
        const ending = name.slice(name.lastIndexOf('.') + 1).toLowerCase()
        return (
          name.length > 1 &&
          name.length <= 120 &&
          name.isWellFormed() &&
          !/[/\\<>:"|?*]/.test(name) &&
          !/(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(name) &&
          !/^[. ]|[. ]$/.test(name) &&
          endingsOf(mediaType).includes(ending) &&
          fileName(name, mediaType) === name
        )
      }),
      { numRuns: 3_000 },
    )
    t.pass()
  },
)
