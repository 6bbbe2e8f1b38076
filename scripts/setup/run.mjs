// Runs other programs so that an interrupted set-up never leaves one of them working on behind its back.
import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { SetupError } from './say.mjs'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program to its end. Its output is shown, or with `quiet` kept and shown only when it fails, or handed line
 * by line to `onLine`. `hold` is a lock's file descriptor that the program inherits: should set-up be killed with -9,
 * the lock stays taken until the program, too, has ended. `signal` ends it early, and then counts as a failure.
 */
export async function run(command, args, { cwd, env, quiet = false, onLine, hold, signal: abort } = {}) {
  const piped = quiet || onLine
  const output = piped ? 'pipe' : 'inherit'
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output, ...(hold === undefined ? [] : [hold])],
    // A group of its own: a signal can then be passed to everything the program has started (a shell does not).
    detached: true,
  })

  const killGroup = (signal) => {
    try {
      process.kill(-child.pid, signal)
    } catch {
      // It has already ended.
    }
  }
  const interrupt = (signal) => {
    killGroup(signal)
    process.exit(128 + constants.signals[signal])
  }
  for (const signal of SIGNALS) process.on(signal, interrupt)
  const kill = () => killGroup('SIGKILL')
  abort?.addEventListener('abort', kill)

  let kept = ''
  let line = ''
  const collect = (chunk) => {
    kept = (kept + chunk).slice(-20_000)
    const lines = (line + chunk).split('\n')
    line = lines.pop()
    if (onLine) lines.forEach(onLine)
  }
  if (piped) {
    child.stdout.setEncoding('utf8').on('data', collect)
    child.stderr.setEncoding('utf8').on('data', collect)
  }

  try {
    const code = await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => resolve(code ?? `signal ${signal}`))
    })
    if (code !== 0) throw new RunError(command, args, code, kept)
    return kept
  } finally {
    abort?.removeEventListener('abort', kill)
    for (const signal of SIGNALS) process.off(signal, interrupt)
  }
}

/** A program that failed, with the end of what it said. */
export class RunError extends SetupError {
  constructor(command, args, code, output) {
    super(`${output.trimEnd()}\n${command} ${args.join(' ')} failed (${code})`.trim())
    this.output = output
  }
}
