// What a run of tests prints: a line for each file, and at its end what failed and where the time went.
const seconds = (ms) => (ms / 1000).toFixed(1).padStart(6)

export const lineOf = ({ file, passed, wallMs, cpuMs }) =>
  `${passed ? 'ok    ' : 'FAILED'} ${seconds(wallMs)} s ${seconds(cpuMs)} s CPU  ${file}`

/** @param count of the slowest. @returns a table, longest first, with the sum of all. */
export function slowest(results, count) {
  const rows = results
    .toSorted((a, b) => b.wallMs - a.wallMs)
    .slice(0, count)
    .map(({ file, wallMs, cpuMs }) => `${seconds(wallMs)} ${seconds(cpuMs)}  ${file}`)
  const sum = (what) => results.reduce((total, result) => total + result[what], 0)
  return [
    `the slowest of ${results.length} files, in seconds:`,
    `${'wall'.padStart(6)} ${'CPU'.padStart(6)}`,
    ...rows,
    `${seconds(sum('wallMs'))} ${seconds(sum('cpuMs'))}  all files`,
  ].join('\n')
}

/** What those took that took longest, as test-needs.mjs reads it. */
export function secondsOf(results, leastMs) {
  const long = results.filter(({ wallMs }) => wallMs >= leastMs).toSorted((a, b) => (a.file < b.file ? -1 : 1))
  const lines = long.map(({ file, wallMs, cpuMs }) => {
    const [wall, cpu] = [wallMs, cpuMs].map((ms) => Math.round(ms / 1000))
    return `  ${JSON.stringify(file)}: [${wall}, ${cpu}]`
  })
  return `{\n${lines.join(',\n')}\n}\n`
}
