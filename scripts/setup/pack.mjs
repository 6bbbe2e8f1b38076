// Which file to begin next, so that the machine is full and none meets more company than it bears. Pure.
import { availableParallelism } from 'node:os'

const cores = availableParallelism()
/** As many are begun whatever they need, one each core. Further ones only where they find room. */
export const usual = cores
/** A server each, and many of them a browser. */
export const most = cores * 4
/** What is not known well enough shows as idleness: as much of a core as a file takes while it starts. */
const idleCoresFor = 0.8
/** So much memory has to be left: what the largest take, two browsers with a server each. */
const memoryMbFor = 1_500
/** What is heavy keeps so many busy at most: it has peaks, and none is to wait for a core that another has. */
const heavyCores = cores * 0.7
/** All together keep so many: on average, so that some wait while others have their peaks. */
const allCores = cores * 1.15

/**
 * A file waits for most of its time: for a timer, a lease, a minute that has to begin. So files are packed by the cores
 * that each keeps busy on average, and those that keep few go into the gaps. The longest there is goes first. What runs
 * alone comes last, when all others have ended. What is heavy goes before what is not: it bears few of its kind beside
 * it, and the others stand back for it (see test-process.mjs).
 *
 * @template {{ seconds: number, cores: number, alone: boolean, heavy: boolean }} T
 * @param {T[]} waiting @param {T[]} running
 * @param {{ idleCores: number, memoryMb: number }} machine how it was since a file was last begun, or for some seconds
 * @returns {T | undefined} undefined: not now.
 */
export function nextToRun(waiting, running, { idleCores, memoryMb }) {
  const longestFirst = waiting.toSorted((a, b) => b.seconds - a.seconds)
  const company = longestFirst.filter(({ alone }) => !alone)
  if (running.length === 0) return company.find(({ heavy }) => heavy) ?? company[0] ?? longestFirst[0]
  if (running.some(({ alone }) => alone)) return undefined
  const heavyRunning = running.filter(({ heavy }) => heavy)
  const heavyRoom = heavyRunning.length === 0 ? Number.POSITIVE_INFINITY : heavyCores - coresOf(heavyRunning)
  const bears = company.filter((job) => !job.heavy || job.cores <= heavyRoom)
  const wanted = [...bears.filter(({ heavy }) => heavy), ...bears.filter(({ heavy }) => !heavy)]
  if (running.length < usual) return wanted[0]
  if (running.length >= most || memoryMb < memoryMbFor) return undefined
  const room = allCores - coresOf(running)
  return wanted.find((job) => job.cores <= room) ?? (idleCores >= idleCoresFor ? wanted[0] : undefined)
}

const coresOf = (jobs) => jobs.reduce((sum, job) => sum + job.cores, 0)
