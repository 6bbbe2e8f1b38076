/** Reads a ZIP archive by its directory, as the format says and as no code of ours writes it. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { crc32, inflateRawSync } from 'node:zlib'

const endSignature = 0x06054b50
const entrySignature = 0x02014b50
const headerSignature = 0x04034b50

/** @throws Error when it is not whole, or something in it is not what the directory says. */
export function unzip(archive: Buffer): Map<string, Buffer> {
  const end = archive.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (end < 0 || archive.readUInt32LE(end) !== endSignature) throw new Error('the archive has no directory')
  const count = archive.readUInt16LE(end + 10)
  const files = new Map<string, Buffer>()
  let at = archive.readUInt32LE(end + 16)
  for (let n = 0; n < count; n += 1) {
    if (archive.readUInt32LE(at) !== entrySignature) throw new Error('the directory is damaged')
    const method = archive.readUInt16LE(at + 10)
    const [crc, packed, bytes] = [16, 20, 24].map((field) => archive.readUInt32LE(at + field))
    const [nameLength = 0, extraLength = 0, commentLength = 0] = [28, 30, 32].map((f) => archive.readUInt16LE(at + f))
    const name = archive.toString('utf8', at + 46, at + 46 + nameLength)
    const header = archive.readUInt32LE(at + 42)
    if (archive.readUInt32LE(header) !== headerSignature) throw new Error(`${name} is not where it should be`)
    const begin = header + 30 + archive.readUInt16LE(header + 26) + archive.readUInt16LE(header + 28)
    const raw = archive.subarray(begin, begin + (packed ?? 0))
    const content = method === 0 ? raw : inflateRawSync(raw)
    if (content.length !== bytes || crc32(content) !== crc) throw new Error(`${name} is damaged`)
    if (files.has(name)) throw new Error(`${name} is there twice`)
    files.set(name, content)
    at += 46 + nameLength + extraLength + commentLength
  }
  return files
}

/** What another program says of the archive; undefined where there is none. */
export async function checkedByUnzip(archive: Buffer): Promise<string | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'vv-zip-'))
  try {
    const file = join(folder, 'archive.zip')
    await writeFile(file, archive)
    const child = spawn('unzip', ['-tq', file], { stdio: ['ignore', 'pipe', 'pipe'] })
    let said = ''
    child.stdout.on('data', (text) => {
      said += String(text)
    })
    const [code] = (await once(child, 'close').catch(() => [undefined])) as [number | undefined]
    return code === undefined ? undefined : `${code}: ${said.replace(file, 'it').trim()}`
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
