/** A wall clock that a test moves, for a Redis or a node: see shifted-clock.c. */
import { type FileHandle, mkdtemp, open, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compilePreload } from './preload.ts'

export interface ShiftedClock {
  /** For the process whose clock it is to be. */
  readonly env: Readonly<Record<string, string>>
  /** By how much it is ahead of the real one (ms). */
  readonly aheadMs: number
  /** ms since the epoch, by that clock. */
  now(): number
  /** Moves it on. */
  advance(ms: number): Promise<void>
}

export async function shiftedClock(
  t: { teardown(end: () => Promise<void>): void },
  aheadMs = 0,
): Promise<ShiftedClock> {
  const folder = await mkdtemp(join(tmpdir(), 'vv-clock-'))
  const library = join(folder, 'shifted-clock.so')
  const name = join(folder, 'ahead')
  await compilePreload(fileURLToPath(new URL('shifted-clock.c', import.meta.url)), library)
  const file = await open(name, 'w')
  t.teardown(async () => {
    await file.close()
    await rm(folder, { recursive: true, force: true })
  })
  let ahead = aheadMs
  await write(file, ahead)
  return {
    env: { LD_PRELOAD: library, SHIFTED_CLOCK: name },
    get aheadMs() {
      return ahead
    },
    now: () => Date.now() + ahead,
    async advance(ms) {
      ahead += ms
      await write(file, ahead)
    },
  }
}

async function write(file: FileHandle, ms: number): Promise<void> {
  const bytes = Buffer.alloc(8)
  bytes.writeBigInt64LE(BigInt(Math.round(ms)) * 1_000n)
  await file.write(bytes, 0, 8, 0)
}
