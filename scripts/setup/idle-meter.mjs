// How idle the machine is, whoever keeps it busy.
import { availableParallelism, cpus, freemem } from 'node:os'

/** After a shorter look a moment's wait would pass for idleness. */
const windowMs = 2_000

/**
 * Asked again and again, `look` tells how many cores were idle since `restart`, once that is long enough ago: else none.
 * The memory is what there is at this moment.
 */
export function idleMeter() {
  let since
  const restart = () => {
    since = { at: performance.now(), busyMs: busyMs() }
  }
  restart()
  const look = () => {
    const passedMs = performance.now() - since.at
    const memoryMb = availableBytes() / 2 ** 20
    if (passedMs < windowMs) return { idleCores: 0, memoryMb }
    // Of a container that may use two of many cores, what all of them do counts: too little is better than too much.
    const idleCores = availableParallelism() - (busyMs() - since.busyMs) / passedMs
    restart()
    return { idleCores, memoryMb }
  }
  return { look, restart }
}

const busyMs = () => cpus().reduce((total, { times: { user, nice, sys, irq } }) => total + user + nice + sys + irq, 0)

/** Of a container, if this is one. */
const availableBytes = () => process.availableMemory?.() ?? freemem()
