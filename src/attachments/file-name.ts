/** The name under which a file is shown and downloaded. Pure. */
import { maxFileNameLength } from '../protocol/attachment.ts'
import { endingsOf } from './media-types.ts'

/**
 * Control characters, and those nobody sees: of the latter some turn the direction of writing, so that `gpj.exe` reads as
 * `exe.jpg`. The two joiners stay, which emoji and some scripts need.
 */
const invisible = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu
/** Not allowed in names on Windows. */
const forbidden = /[<>:"|?*]/g
/** Devices on Windows, whatever their ending. */
const device = /^(con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i
const nameless = 'file'

/**
 * The last part of a path, readable and harmless on every system, with an ending that fits what the file is. Giving it its
 * own result changes nothing.
 */
export function fileName(given: string, mediaType: string): string {
  const lastPart = given.toWellFormed().split(/[/\\]/).at(-1) ?? ''
  // White space first, for a line break is a control character; and again, for two may meet.
  const visible = lastPart.replace(/\s+/gu, ' ').replace(invisible, '').replace(/ +/g, ' ')
  const clean = trim(visible.normalize('NFC').replace(forbidden, '_'))
  const fitting = endingsOf(mediaType)
  const [, stem = clean, ending = ''] = /^(.+)\.([^. ]+)$/u.exec(clean) ?? []
  if (fitting.includes(ending.toLowerCase())) return joined(stem, ending)
  return joined(clean, fitting[0] ?? '')
}

/** A name that begins with a dot is hidden; one that ends with a dot or a space cannot be made on Windows. */
const trim = (name: string): string => name.replace(/^[. ]+|[. ]+$/g, '')

function joined(stem: string, ending: string): string {
  const suffix = ending === '' ? '' : `.${ending}`
  const safe = (trim(stem) || nameless).replace(device, '_$1')
  // Cut off within a character that takes two units, it would be none.
  const short = safe.slice(0, maxFileNameLength - suffix.length).replace(/[\ud800-\udbff]$/, '')
  return `${trim(short) || nameless}${suffix}`
}
