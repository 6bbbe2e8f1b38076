/** What the disk adds to every durable message: the same Redis is ten times slower on one that is ten times slower. */
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { temporaryFolder } from './processes.ts'
import { median } from './statistics.ts'

const writes = 100
/** About one message with its log event in Redis' append-only file. */
const bytes = 512

/** The median time that a small write takes to be on the disk that the data folders of a benchmark lie on, ms. */
export async function diskSyncMs(): Promise<number> {
  await using folder = temporaryFolder()
  await using file = await open(join(folder.path, 'sync'), 'w')
  const times: number[] = []
  for (let n = 0; n < writes; n += 1) {
    await file.write(Buffer.alloc(bytes, 1))
    const startedAt = performance.now()
    await file.datasync()
    times.push(performance.now() - startedAt)
  }
  return median(times)
}
