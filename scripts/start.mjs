// npm start: prepares what is missing, then runs the server until it ends.
// (package.json says `exec node`: without it npm's signals reach a shell that keeps them to itself.)
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { join } from 'node:path'
import { tied } from './setup/run.mjs'
import { main } from './setup/say.mjs'
import { root, setUp } from './setup/set-up.mjs'

/** One Ctrl-C arrives twice, from the terminal and from npm. The server gets one: to it a second means "at once". */
const SAME_SIGNAL_MS = 500

await main(async () => {
  const { node, env } = await setUp()
  const server = spawn(...tied(node, ['src/main.ts', ...process.argv.slice(2)]), {
    cwd: root,
    // What Node makes of the sources is kept: a third of the time in which a node that was killed is missed.
    env: { NODE_COMPILE_CACHE: join(root, '.cache', 'compiled'), ...process.env, ...env },
    stdio: 'inherit',
    // Out of our process group, so that signals come from here only.
    detached: true,
  })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    let sentAt = 0
    process.on(signal, () => {
      if (Date.now() - sentAt < SAME_SIGNAL_MS) return
      sentAt = Date.now()
      server.kill(signal)
    })
  }
  stopWithNpm(server)
  return new Promise((resolve, reject) => {
    server.on('error', reject)
    server.on('exit', (code, signal) => resolve(code ?? 128 + constants.signals[signal]))
  })
})

/** npm that is ended by a signal does not pass it on: nobody is left to stop the server, so it stops with npm. */
function stopWithNpm(server) {
  if (process.env.npm_lifecycle_event === undefined) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    server.kill('SIGTERM')
  }, 250)
  timer.unref()
}
