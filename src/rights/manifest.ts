/** What is in an export and what each file's SHA-256 is, so that whoever gets it can check that it is whole. */
import { createHash } from 'node:crypto'
import type { Part } from './part.ts'

export interface ManifestFile {
  readonly name: string
  readonly bytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

export const manifestName = 'manifest.json'

/**
 * The parts, and after them the manifest: what `about` says when they are all read, and the files. Without it an export is
 * not whole.
 */
export async function* withManifest(parts: AsyncIterable<Part>, about: () => object): AsyncGenerator<Part> {
  const files: ManifestFile[] = []
  for await (const part of parts) yield { ...part, content: measured(part, files) }
  yield { name: manifestName, content: manifest(about, files) }
}

async function* measured({ name, content }: Part, files: ManifestFile[]): AsyncGenerator<Uint8Array> {
  const hash = createHash('sha256')
  let bytes = 0
  for await (const chunk of content) {
    const buffer = typeof chunk === 'string' ? Buffer.from(chunk) : chunk
    hash.update(buffer)
    bytes += buffer.byteLength
    yield buffer
  }
  files.push({ name, bytes, sha256: hash.digest('hex') })
}

/** Made when it is its turn, for only then the files are known. */
async function* manifest(about: () => object, files: readonly ManifestFile[]): AsyncGenerator<string> {
  yield `${JSON.stringify({ ...about(), files }, undefined, 2)}\n`
}
