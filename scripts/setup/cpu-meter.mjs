// What the programs that this process has run cost it in processor time.
import { readdirSync, readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second. */
const tickMs = 10
const lookEveryMs = 1_000

/**
 * `begin` when a child has been started, `end` when it has ended: the latter returns the processor time in ms of that
 * child and of all below it. Linux adds up what somebody has waited for; who does not wait, as a browser for its pages,
 * is looked at from time to time. Children that end at the very same moment are counted as one. Without /proc it is 0.
 */
export function cpuMeter() {
  const roots = new Map()
  let waitedForMs = ofEndedMs()
  let timer
  const look = () => {
    const processes = all()
    for (const [pid, { ms }] of processes) {
      const root = rootOf(pid, processes, roots)
      roots.get(root)?.set(pid, ms)
    }
  }
  /** So far. */
  const seen = (pid) => [...(roots.get(pid)?.values() ?? [])].reduce((sum, ms) => sum + ms, 0)
  return {
    seen,
    begin(pid) {
      roots.set(pid, new Map([[pid, 0]]))
      timer ??= setInterval(look, lookEveryMs)
    },
    end(pid) {
      const seenMs = seen(pid)
      roots.delete(pid)
      if (roots.size === 0) {
        clearInterval(timer)
        timer = undefined
      }
      const before = waitedForMs
      waitedForMs = ofEndedMs()
      return Math.max(seenMs, waitedForMs - before)
    },
  }
}

/** Whose child it is or was: the one between them may have ended since. */
function rootOf(pid, processes, roots) {
  for (let at = pid; at > 1; at = processes.get(at)?.parent ?? 0) {
    for (const [root, known] of roots) if (known.has(at)) return root
  }
  return undefined
}

function all() {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name))
  return new Map(
    pids.flatMap((pid) => {
      const fields = fieldsOf(pid)
      return fields === undefined ? [] : [[Number(pid), { parent: Number(fields[1]), ms: msOf(fields, 11) }]]
    }),
  )
}

function ofEndedMs() {
  const fields = fieldsOf('self')
  return fields === undefined ? 0 : msOf(fields, 13)
}

/** In user mode and in the system: 11 and 12 are of the process itself, 13 and 14 of children that were waited for. */
const msOf = (fields, from) => (Number(fields[from]) + Number(fields[from + 1])) * tickMs

/** From the third of its state on, undefined if there is no such process. The name before may hold blanks. */
function fieldsOf(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  } catch {
    return undefined
  }
}
