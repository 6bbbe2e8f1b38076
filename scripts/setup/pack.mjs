// Which job to begin next, so that the machine is full and no job meets more company than it bears. Pure.

/**
 * @typedef {object} Needs
 * @property {number} seconds how long it takes
 * @property {number} cores how many it keeps busy meanwhile, on average
 * @property {number} memoryMb
 * @property {boolean} alone nothing else may run
 */

/**
 * The longest of those that fit; those that run alone come last, when all others have ended.
 *
 * @param {Needs[]} waiting @param {Needs[]} running
 * @param {{ cores: number, memoryMb: number, jobs: number }} machine
 * @returns {Needs | undefined} undefined: wait for one of `running` to end.
 */
export function nextToRun(waiting, running, machine) {
  const fits = (job) => running.length === 0 || hasRoomFor(job, running, machine)
  const longestFirst = waiting.toSorted((a, b) => Number(a.alone) - Number(b.alone) || b.seconds - a.seconds)
  return longestFirst.find(fits)
}

function hasRoomFor(job, running, machine) {
  const beside = [...running, job]
  const sum = (what) => beside.reduce((total, each) => total + each[what], 0)
  return (
    !beside.some(({ alone }) => alone) &&
    beside.length <= machine.jobs &&
    // Sums of tenths are not exact.
    sum('cores') <= machine.cores + 0.001 &&
    sum('memoryMb') <= machine.memoryMb
  )
}
