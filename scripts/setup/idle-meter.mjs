// How idle the machine is, whoever keeps it busy.
import { cpus, freemem } from 'node:os'

/** Shorter looks would take a moment's wait for idleness. */
const windowMs = 2_000

/** Asked again and again, it tells how many cores were idle since `restart`, once that is long enough ago: else none. */
export function idleMeter() {
  let since
  const restart = () => {
    since = { at: performance.now(), idleMs: idleMs() }
  }
  restart()
  const look = () => {
    const passedMs = performance.now() - since.at
    if (passedMs < windowMs) return { idleCores: 0, memoryMb: 0 }
    const idleCores = (idleMs() - since.idleMs) / passedMs
    restart()
    return { idleCores, memoryMb: availableBytes() / 2 ** 20 }
  }
  return { look, restart }
}

const idleMs = () => cpus().reduce((total, { times }) => total + times.idle, 0)

/** Of a container, if this is one. */
const availableBytes = () => process.availableMemory?.() ?? freemem()
