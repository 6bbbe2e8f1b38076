/**
 * Acknowledged means on disk. Killing Redis alone does not show it (the kernel keeps what was written), so the disk is
 * made slow: with every flush taking 300 ms longer, no answer may come earlier than that.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { developmentToken } from '../support/node.ts'
import { compilePreload } from '../support/preload.ts'
import { startProcess } from '../support/process.ts'
import { sendAll } from './chat-load.ts'
import { dataFolder } from './data-folder.ts'

const slowMs = 300
const channel = 'jobseeker-1'

/** Milliseconds from send to acknowledgement of a few messages, one after another, on a slow disk. */
async function waits(t: Parameters<typeof dataFolder>[0], fsync: 'always' | 'everysec'): Promise<number[]> {
  const folder = await dataFolder(t)
  const library = join(folder, 'slow-disk.so')
  await compilePreload(fileURLToPath(new URL('slow-disk.c', import.meta.url)), library)
  // First without the library: enrolling the sample people would take many slow flushes.
  const prepare = await startProcess({ VISAVIS_DATA_DIR: folder })
  const token = await developmentToken(prepare.url, channel)
  await prepare.kill('SIGTERM')

  const node = await startProcess({
    VISAVIS_DATA_DIR: folder,
    VISAVIS_REDIS_FSYNC: fsync,
    LD_PRELOAD: library,
    SLOW_DISK_MS: String(slowMs),
  })
  try {
    const sent = await sendAll({ url: () => node.url, token, channel, count: 6, lanes: 1 })
    return sent.map(({ sentAt, acknowledged }) => Math.round((acknowledged?.at ?? 0) - sentAt))
  } finally {
    await node.kill('SIGTERM')
  }
}

/** Answers that cannot have waited for the disk. */
const tooEarly = (ms: readonly number[]): number[] => ms.filter((wait) => wait < slowMs)

t.test('no acknowledgement is earlier than the disk', async (t) => {
  const ms = await waits(t, 'always')
  t.comment(`acknowledged after ${ms.join(', ')} ms; every flush takes ${slowMs} ms more`)
  t.equal(ms.length, 6)
  t.same(tooEarly(ms), [])
})

t.test('twin: with appendfsync everysec the same check finds answers that did not wait', async (t) => {
  const ms = await waits(t, 'everysec')
  t.comment(`acknowledged after ${ms.join(', ')} ms`)
  t.ok(tooEarly(ms).length > 0)
})
