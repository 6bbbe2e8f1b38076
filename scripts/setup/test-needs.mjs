// What each file of tests needs of the machine: for how long, how much of it, and whether all of it.
import { readFileSync } from 'node:fs'

/**
 * These measure time, fill the machine by themselves, or play media: two of them at once would each find the other in its
 * figures. Folders, or the beginnings of names.
 */
export const alone = [
  'test/bench/',
  'test/browser/attendance',
  'test/browser/check',
  'test/browser/firefox',
  'test/browser/lobby',
  'test/browser/network',
  'test/browser/phone-talk',
  'test/browser/room-',
  'test/browser/rough-network',
  'test/browser/silence',
  'test/browser/talk',
  'test/browser/turn',
  'test/browser/two-nodes',
  'test/browser/worker-kill',
  'test/browser/workshop',
  'test/faults/durability',
  'test/faults/kill',
  'test/faults/probe',
  'test/faults/resume',
  'test/faults/slow-reader',
  'test/fuzz/frames',
  'test/media/',
  'test/scenarios/node-death',
  'test/scenarios/one-node',
  'test/scenarios/rooms-on-nodes',
  'test/scenarios/two-nodes',
  'test/scenarios/workshop-on-nodes',
]

/** Measured: of each file that takes long, how many seconds, and how many of processor time (npm test -- --costs). */
const costs = JSON.parse(readFileSync(new URL('test-costs.json', import.meta.url), 'utf8'))
/** Of a file that is new, or short. */
const unknown = { wall: 2, cpu: 2 }
/** Even one that waits all the time has to start. */
const leastCores = 0.2

/** @returns {import('./pack.mjs').Needs & { file: string }} */
export function needsOf(file) {
  const { wall, cpu } = costs[file] ?? unknown
  return {
    file,
    seconds: wall,
    cores: Math.max(leastCores, cpu / wall),
    memoryMb: file.startsWith('test/browser/') ? 1_000 : 300,
    alone: alone.some((start) => file.startsWith(start)),
  }
}
