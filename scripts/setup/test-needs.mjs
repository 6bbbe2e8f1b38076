// What each file of tests needs of the machine: for how long, how much of it, and in what company.
import { readFileSync } from 'node:fs'

/** These have a limit to keep that company could break: nothing runs beside them. Folders, or the beginnings of names. */
export const alone = [
  'test/browser/check',
  'test/browser/room-layers',
  'test/browser/rough-network',
  'test/browser/worker-kill',
  'test/faults/slow-reader',
]

/**
 * These play media, or keep a core and more busy, and ask only that it goes on: few of them at once, since they would
 * keep each other from it, and whatever else is beside them stands back.
 */
export const heavy = [
  'test/bench/capacity/canary',
  'test/bench/capacity/known-capacity',
  'test/bench/capacity/slowed-server',
  'test/bench/capacity/storm',
  'test/bench/chat',
  'test/bench/load',
  'test/bench/run',
  'test/browser/attendance',
  'test/browser/firefox',
  'test/browser/ladder',
  'test/browser/lobby',
  'test/browser/overrun',
  'test/browser/network',
  'test/browser/phone-talk',
  'test/browser/room-access',
  'test/browser/room-screen',
  'test/browser/silence',
  'test/browser/talk',
  'test/browser/turn',
  'test/browser/two-nodes',
  'test/browser/workshop',
  'test/faults/durability',
  'test/faults/kill',
  'test/faults/probe',
  'test/faults/resume',
  'test/fuzz/frames',
  'test/media/',
  'test/scenarios/node-death',
  'test/scenarios/one-node',
  'test/scenarios/rooms-on-nodes',
  'test/scenarios/two-nodes',
  'test/scenarios/workshop-on-nodes',
]

/**
 * Several processes, browsers or clocks take part in these: what else the machine does can break one. Rules, and what a
 * property found with its seed, are not among them: there the first failure is the last word.
 */
const disturbed = [
  ...['test/bench/', 'test/browser/', 'test/faults/', 'test/media/', 'test/scenarios/'],
  ...['test/client/reconnection', 'test/client/room-line', 'test/client/token-refresh'],
]

/**
 * Of those that take long, measured (npm test -- --seconds): [seconds, seconds of processor time]. A file that is not
 * here is short, or new.
 */
const long = JSON.parse(readFileSync(new URL('test-seconds.json', import.meta.url), 'utf8'))
/** Most of it goes into starting. */
const short = [2, 1.6]

const isOf = (list, file) => list.some((start) => file.startsWith(start))

/** Whether the company of others could be why a file has failed. */
export const canBeDisturbed = (file) => isOf(disturbed, file)

/** seconds: how long it takes; cores: how many it keeps busy on average. */
export function needsOf(file) {
  const [seconds, cpuSeconds] = long[file] ?? short
  return { file, seconds, cores: cpuSeconds / seconds, alone: isOf(alone, file), heavy: isOf(heavy, file) }
}
