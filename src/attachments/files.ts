/**
 * Where the bytes of files are kept. One implementation: a folder (folder.ts). Another may keep them in a bucket and use a
 * local file for the draft, which has to be looked into before it is known whether it may be kept.
 *
 * What is kept stays until it is removed; which files there should be is for the records to say (attachments.ts).
 */
import type { Readable } from 'node:stream'

export interface Files {
  /**
   * Begins a file. Nobody sees it before it is kept.
   * @throws VisavisError UNAVAILABLE when there is no room; so does everything that writes.
   */
  draft(id: string): Promise<Draft>
  /**
   * The bytes, from the beginning. Whoever asks for them reads them to the end or destroys the stream.
   * @throws VisavisError NOT_FOUND.
   */
  open(id: string): Promise<Readable>
  /** Also what is left of a draft that nobody has disposed of. Removing what is not there is harmless. */
  remove(id: string): Promise<void>
}

/** A file on its way. Disposing of it removes it unless it was kept. */
export interface Draft extends Contents, AsyncDisposable {
  /** Adds to the end. Resolves when the next bytes may come. */
  write(bytes: Uint8Array): Promise<void>
  /** What was written, from the beginning. */
  stream(): AsyncIterable<Uint8Array>
  /** Resolves when the file is durable under its id. Nothing may be written afterwards. */
  keep(): Promise<void>
}

/** Bytes of which any part can be read. */
export interface Contents {
  /** So many are there. */
  readonly bytes: number
  /** Fewer than asked for at the end. */
  read(position: number, length: number): Promise<Buffer>
}
