/** What a server holds once its garbage is gone: otherwise its newest garbage would be counted as what a session needs. */
import { setTimeout as delay } from 'node:timers/promises'
import { programPath } from './processes.ts'
import { residentBytes } from './usage.ts'

/** For a server whose memory is to be measured. */
export const collecting: readonly string[] = ['--expose-gc', '--import', programPath('collect-garbage.ts')]

const everyMs = 150
const timeoutMs = 6_000
/** Of what is held: below it nothing moves any more. */
const still = 0.002

/** Resident memory after collections, when it no longer falls, bytes. */
export async function settledBytes(pid: number): Promise<number> {
  const held = async () => (await residentBytes({ server: [pid] })).server ?? 0
  const deadline = performance.now() + timeoutMs
  let before = await held()
  for (;;) {
    process.kill(pid, 'SIGUSR2')
    await delay(everyMs)
    const now = await held()
    if (Math.abs(before - now) < before * still || performance.now() > deadline) return now
    before = now
  }
}
