// What each file of tests needs of the machine: for how long, and in what company.
import { readFileSync } from 'node:fs'

/** These measure time, or fill the machine by themselves. Folders, or the beginnings of names. */
export const alone = [
  'test/bench/capacity/canary',
  'test/bench/capacity/command',
  'test/bench/capacity/slowed-server',
  'test/bench/capacity/starved-generator',
  'test/bench/capacity/storm',
  'test/bench/chat',
  'test/bench/load',
  'test/bench/run',
  'test/bench/soak/soak',
  'test/browser/check',
  'test/browser/network',
  'test/browser/room-',
  'test/browser/rough-network',
  'test/browser/silence',
  'test/faults/durability',
  'test/faults/kill',
  'test/faults/probe',
  'test/faults/resume',
  'test/faults/slow-reader',
  'test/fuzz/frames',
  'test/scenarios/node-death',
  'test/scenarios/one-node',
  'test/scenarios/rooms-on-nodes',
  'test/scenarios/two-nodes',
  'test/scenarios/workshop-on-nodes',
]

/** These play media, and ask only that it goes on: two of them at once would each keep the other from it. */
export const media = [
  'test/browser/attendance',
  'test/browser/firefox',
  'test/browser/lobby',
  'test/browser/phone-talk',
  'test/browser/talk',
  'test/browser/turn',
  'test/browser/two-nodes',
  'test/browser/worker-kill',
  'test/browser/workshop',
  'test/media/',
]

/** Of those that take long, measured (npm test -- --seconds): they go first. A file that is not here is short, or new. */
const long = JSON.parse(readFileSync(new URL('test-seconds.json', import.meta.url), 'utf8'))
const shortSeconds = 2

const isOf = (list, file) => list.some((start) => file.startsWith(start))

export const needsOf = (file) => ({
  file,
  seconds: long[file] ?? shortSeconds,
  alone: isOf(alone, file),
  media: isOf(media, file),
})
