// Builds the web pages, when something they are made of has changed.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { nodeBinary } from './node-modules.mjs'
import { run } from './run.mjs'
import { step } from './say.mjs'
import { hashOf, isStamped, stamp } from './stamp.mjs'

const BUILD = 'scripts/build-web.ts'
const INPUTS = ['web', 'client', 'src/protocol', 'package-lock.json', BUILD]
const OUTPUT = 'dist/web'

export async function ensurePages(root, hold) {
  const inputs = hashOf(root, INPUTS)
  const file = join(root, '.cache/pages-stamp')
  if (existsSync(join(root, OUTPUT)) && isStamped(file, inputs)) return
  await step('building the web pages', async () => {
    await run(nodeBinary(root), [BUILD], { cwd: root, hold })
    stamp(file, inputs)
  })
}
