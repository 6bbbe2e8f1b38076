// Which files of tests there are, and which of them nothing else may run beside.
import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { SetupError } from './say.mjs'
import { root } from './set-up.mjs'

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

/**
 * @param paths files and folders, relative to the root
 * @throws SetupError for what is not there.
 * @returns shared: files that may run beside each other; single: those that may not. In the order of their names.
 */
export function testFiles(paths) {
  const files = [...new Set(paths.flatMap((path) => (isFolder(path) ? filesIn(path) : [path])))].sort()
  const isAlone = (file) => alone.some((start) => file.startsWith(start))
  return { shared: files.filter((file) => !isAlone(file)), single: files.filter(isAlone) }
}

function isFolder(path) {
  const found = statSync(join(root, path), { throwIfNoEntry: false })
  if (found === undefined) throw new SetupError(`there is no ${path}`)
  return found.isDirectory()
}

const filesIn = (folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => join(folder, name))
