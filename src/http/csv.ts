/** A CSV file as it comes in: UTF-8 with or without a mark, separated by commas or semicolons, bounded. */
import type { Parser } from 'csv-parse'
import { VisavisError } from '../protocol/index.ts'

export interface CsvLimits {
  readonly maxBytes: number
  /** Lines after the header. */
  readonly maxLines: number
}

export interface CsvRow {
  /** The first line of it in the file; 1 is the header. */
  readonly line: number
  /** As many as the header has, or the row is wrong. */
  readonly fields: readonly string[]
}

/** A longer header is none. */
const maxHeaderLength = 10_000

/**
 * The rows, header first. Where quotes are wrong nobody knows where the next line begins, so that is a fault of the file.
 * @throws VisavisError BAD_REQUEST, TOO_LARGE.
 */
export async function* readCsv(
  file: AsyncIterable<Uint8Array>,
  { maxBytes, maxLines }: CsvLimits,
): AsyncGenerator<CsvRow> {
  // Loaded with the first file, not with the node.
  const { CsvError, parse } = await import('csv-parse')
  const text = decoded(file, maxBytes)
  let head = ''
  while (!head.includes('\n') && head.length < maxHeaderLength) {
    const next = await text.next()
    if (next.done === true) break
    head += next.value
  }
  const rest = async function* () {
    yield head
    yield* text
  }
  const parser = parse({
    delimiter: separatorOf(head),
    info: true,
    relax_column_count: true,
    skip_empty_lines: true,
    trim: true,
  })
  const feeding = feed(parser, rest())
  try {
    let lines = -1
    // What csv-parse gives with `info`.
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      lines += 1
      if (lines > maxLines) throw new VisavisError('TOO_LARGE', `the file has more than ${maxLines} lines`)
      const within = record.reduce((sum, field) => sum + field.split('\n').length - 1, 0)
      yield { line: info.lines - within, fields: record }
    }
    await feeding
  } catch (error) {
    if (error instanceof CsvError) throw new VisavisError('BAD_REQUEST', `the file cannot be read: ${error.message}`)
    throw error
  } finally {
    parser.destroy()
    await feeding.catch(() => {})
  }
}

/** As fast as the parser takes it. Ends with the parser. */
async function feed(parser: Parser, text: AsyncIterable<string>): Promise<void> {
  try {
    for await (const part of text) {
      if (parser.destroyed) return
      if (parser.write(part)) continue
      await new Promise<void>((resolve) => {
        parser.once('drain', resolve).once('close', resolve)
      })
    }
    parser.end()
  } catch (error) {
    parser.destroy(error as Error)
  }
}

/** What the header is separated by; inside quotes the other one may stand for itself. */
const separatorOf = (head: string): ',' | ';' => {
  const [header = ''] = head.split('\n', 1)
  return header.split(';').length > header.split(',').length ? ';' : ','
}

async function* decoded(file: AsyncIterable<Uint8Array>, maxBytes: number): AsyncGenerator<string> {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  let bytes = 0
  const decode = (part?: Uint8Array) => {
    try {
      return part === undefined ? decoder.decode() : decoder.decode(part, { stream: true })
    } catch (cause) {
      throw new VisavisError('BAD_REQUEST', 'the file is not UTF-8', { cause })
    }
  }
  for await (const part of file) {
    bytes += part.length
    if (bytes > maxBytes) throw new VisavisError('TOO_LARGE', `the file is larger than ${maxBytes} bytes`)
    yield decode(part)
  }
  yield decode()
}
