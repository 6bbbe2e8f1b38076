/** What an export is made of: named files, each read while it is written out. */
export interface Part {
  /** Path in the archive: see entry-name.ts. */
  readonly name: string
  /** Read once, after the parts before it. Whoever stops reading it ends it. */
  readonly content: AsyncIterable<Uint8Array | string>
  /** False for what is compressed already. Default: true. */
  readonly compress?: boolean
}

/** So much text goes on at a time. */
const chunkLength = 32 * 1_024

/** One JSON document. */
export const jsonPart = (name: string, read: () => Promise<unknown>): Part => ({ name, content: documentOf(read) })

/** One line of JSON for each item, made as it is asked for. */
export const linesPart = (name: string, items: AsyncIterable<unknown>): Part => ({ name, content: linesOf(items) })

async function* documentOf(read: () => Promise<unknown>): AsyncGenerator<string> {
  yield `${JSON.stringify(await read(), undefined, 2)}\n`
}

async function* linesOf(items: AsyncIterable<unknown>): AsyncGenerator<string> {
  yield* gathered(mapped(items, (item) => `${JSON.stringify(item)}\n`))
}

/** The same text in chunks that are worth passing on. */
export async function* gathered(texts: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = ''
  for await (const text of texts) {
    chunk += text
    if (chunk.length < chunkLength) continue
    yield chunk
    chunk = ''
  }
  if (chunk !== '') yield chunk
}

async function* mapped<T>(items: AsyncIterable<T>, map: (item: T) => string): AsyncGenerator<string> {
  for await (const item of items) yield map(item)
}
