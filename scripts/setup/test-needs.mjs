// What each file of tests needs of the machine: for how long, and whether all of it.
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

/** Of those that take long, measured (npm test -- --seconds): they go first. A file that is not here is short, or new. */
const long = JSON.parse(readFileSync(new URL('test-seconds.json', import.meta.url), 'utf8'))
const shortSeconds = 2

export const needsOf = (file) => ({
  file,
  seconds: long[file] ?? shortSeconds,
  alone: alone.some((start) => file.startsWith(start)),
})
