#!/usr/bin/env node
// visavis <command> …: the commands beside the server, run by this checkout's own Node.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { nodeBinary } from './setup/node-modules.mjs'
import { main } from './setup/say.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

await main(() => {
  // npm runs its scripts in the checkout: files are meant as seen from where it was called.
  const cwd = process.env.INIT_CWD ?? process.cwd()
  const args = [join(root, 'src/visavis.ts'), ...process.argv.slice(2)]
  const child = spawn(nodeBinary(root), args, { cwd, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
})
