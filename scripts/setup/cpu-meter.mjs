// What the programs that this process has run cost it in processor time.
import { readFileSync } from 'node:fs'

/** Linux counts in hundredths of a second. */
const tickMs = 10

/**
 * Asked whenever a child has ended, it returns the processor time in ms of that child and of all below it, but for those
 * that nobody waited for. Children that end at the very same moment are counted as one. Without /proc it is always 0.
 */
export function cpuMeter() {
  let counted = ofEndedMs()
  return () => {
    const before = counted
    counted = ofEndedMs()
    return counted - before
  }
}

function ofEndedMs() {
  let stat
  try {
    stat = readFileSync('/proc/self/stat', 'utf8')
  } catch {
    return 0
  }
  // The name in parentheses may hold blanks. What follows it begins with field 3; 16 and 17 are of children.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) * tickMs
}
