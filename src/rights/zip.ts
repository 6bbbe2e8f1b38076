/** Parts as one ZIP archive, made while it is read: memory holds a few chunks, however large it becomes. */
import { PassThrough, Readable } from 'node:stream'
import { finished } from 'node:stream/promises'
import type { ZipFile } from 'yazl'
import type { Part } from './part.ts'

/**
 * Nothing is read before the first byte is asked for. Destroying the stream stops the parts; a part that fails destroys the
 * stream, and what came until then has no directory: no program takes it for a whole archive.
 * @param at of every entry (ms).
 */
export const zipped = (parts: AsyncIterable<Part>, at: number): Readable =>
  Readable.from(chunksOf(parts, new Date(at)), { objectMode: false })

async function* chunksOf(parts: AsyncIterable<Part>, mtime: Date): AsyncGenerator<Uint8Array> {
  // Loaded with the first archive, not with the node.
  const yazl = await import('yazl')
  const zip = new yazl.ZipFile()
  const output = new PassThrough()
  zip.outputStream.pipe(output)
  const gone = new AbortController()
  const filling = fill(zip, parts, { mtime, signal: gone.signal })
  const failing = filling.catch((error: Error) => {
    output.destroy(error)
  })
  zip.on('error', (error: Error) => output.destroy(error))
  try {
    yield* output
  } finally {
    gone.abort()
    output.destroy()
    await failing
  }
}

/** One part after the other: the next one is asked for when this one is read to its end. */
async function fill(
  zip: ZipFile,
  parts: AsyncIterable<Part>,
  { mtime, signal }: { readonly mtime: Date; readonly signal: AbortSignal },
): Promise<void> {
  for await (const { name, content, compress = true } of parts) {
    const source = Readable.from(content, { objectMode: false })
    try {
      zip.addReadStream(source, name, { mtime, compress })
      await finished(source, { signal })
    } finally {
      source.destroy()
    }
  }
  zip.end()
}
