// Which file to begin next, so that the machine is full and none meets more company than it bears. Pure.
import { availableParallelism } from 'node:os'

/**
 * As many keep the machine busy, one each core. Further ones are begun only while it is idle all the same, because those
 * that run wait for something: a timer, a lease, a minute that has to begin.
 */
export const usual = availableParallelism()
export const most = usual * 3
/** So much of a core has to have been idle: what a file takes while it starts. */
const idleCoresFor = 0.8
/** So much memory has to be left: what the largest take, two browsers with a server each. */
const memoryMbFor = 1_500

/**
 * The longest there is. What runs alone comes last, when all others have ended. Of what is heavy there is one at a time,
 * with at most one file more beside it than is usual.
 *
 * @template {{ seconds: number, alone: boolean, heavy: boolean }} T
 * @param {T[]} waiting @param {T[]} running
 * @param {{ idleCores: number, memoryMb: number }} machine how it was since a file was last begun, or for some seconds
 * @returns {T | undefined} undefined: not now.
 */
export function nextToRun(waiting, running, { idleCores, memoryMb }) {
  const longestFirst = waiting.toSorted((a, b) => b.seconds - a.seconds)
  const company = longestFirst.filter(({ alone }) => !alone)
  if (running.length === 0) return company[0] ?? longestFirst[0]
  if (running.some(({ alone }) => alone)) return undefined
  const isHeavy = running.some(({ heavy }) => heavy)
  const light = company.find(({ heavy }) => !heavy)
  if (running.length < usual) return isHeavy ? light : (company.find(({ heavy }) => heavy) ?? light)
  const isIdle = idleCores >= idleCoresFor && memoryMb >= memoryMbFor
  return isIdle && running.length < (isHeavy ? usual + 1 : most) ? light : undefined
}
