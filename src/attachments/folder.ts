/**
 * Files in a folder of this machine, or one that all nodes share: `<first two characters of the id>/<id>`, mode 0600.
 * A file is written as `<id>.draft`, flushed to disk, and renamed, so that under its own name it is always whole.
 */
import { constants } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { VisavisError } from '../protocol/index.ts'
import type { Draft, Files } from './files.ts'

/** As attachments.ts makes them. Nothing else ever becomes part of a path. */
const idPattern = /^[a-f0-9]{32}$/
const noRoom = ['ENOSPC', 'EDQUOT']

export function folderFiles(root: string): Files {
  const pathOf = (id: string): string => {
    if (!idPattern.test(id)) throw notThere()
    return join(root, id.slice(0, 2), id)
  }
  return {
    async draft(id) {
      const path = pathOf(id)
      return untilFull(async () => {
        await makeFolder(dirname(path))
        const flags = constants.O_RDWR | constants.O_CREAT | constants.O_EXCL
        return new FileDraft(path, await open(draftOf(path), flags, 0o600))
      })
    },
    async open(id): Promise<Readable> {
      const handle = await open(pathOf(id), 'r').catch((error: NodeJS.ErrnoException) => {
        throw error.code === 'ENOENT' ? notThere() : error
      })
      return handle.createReadStream()
    },
    async remove(id) {
      const path = pathOf(id)
      await rm(draftOf(path), { force: true })
      await rm(path, { force: true })
    },
  }
}

class FileDraft implements Draft {
  readonly #path: string
  readonly #handle: FileHandle
  #bytes = 0
  #kept = false

  constructor(path: string, handle: FileHandle) {
    this.#path = path
    this.#handle = handle
  }

  get bytes(): number {
    return this.#bytes
  }

  async write(bytes: Uint8Array): Promise<void> {
    await untilFull(() => this.#handle.appendFile(bytes))
    this.#bytes += bytes.byteLength
  }

  async read(position: number, length: number): Promise<Buffer> {
    const buffer = Buffer.alloc(Math.max(0, Math.min(length, this.#bytes - position)))
    let filled = 0
    while (filled < buffer.length) {
      const { bytesRead } = await this.#handle.read(buffer, filled, buffer.length - filled, position + filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return buffer.subarray(0, filled)
  }

  stream(): AsyncIterable<Uint8Array> {
    return this.#handle.createReadStream({ start: 0, autoClose: false })
  }

  async keep(): Promise<void> {
    await untilFull(() => this.#handle.sync())
    await rename(draftOf(this.#path), this.#path).catch((error: NodeJS.ErrnoException) => {
      throw error.code === 'ENOENT' ? new VisavisError('GONE', 'the file was removed while it came') : error
    })
    this.#kept = true
    await flushFolder(dirname(this.#path))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close()
    if (!this.#kept) await rm(draftOf(this.#path), { force: true })
  }
}

const draftOf = (path: string): string => `${path}.draft`

const notThere = () => new VisavisError('NOT_FOUND', 'there is no such file')

async function makeFolder(folder: string): Promise<void> {
  const made = await mkdir(folder, { recursive: true, mode: 0o700 })
  // Its own entry must be durable as well.
  if (made !== undefined) await flushFolder(dirname(folder))
}

/** Makes what was renamed or made in it durable. */
async function flushFolder(folder: string): Promise<void> {
  await using handle = await open(folder, 'r')
  await handle.sync()
}

/** A disk that is full is made room on; the client may come again. */
async function untilFull<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (cause) {
    if (!noRoom.includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause
    throw new VisavisError('UNAVAILABLE', 'there is no room for files', { cause })
  }
}
