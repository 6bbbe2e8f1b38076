// Runs other programs so that an interrupted set-up never leaves one of them working on behind its back.
import { spawn } from 'node:child_process'
import { closeSync, existsSync, fstatSync, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { SetupError, say } from './say.mjs'

/** Part of every Debian. */
const SETPRIV = '/usr/bin/setpriv'
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP']

/**
 * Runs a program to its end. Its output is shown, or with `quiet` kept and shown only when it fails, or handed line
 * by line to `onLine`. When set-up is interrupted or killed, so is the program, unless it must `finish` first.
 * `hold` is a lock's file descriptor that the program inherits: should set-up be killed with -9, the lock stays taken
 * until the program, too, has ended. `signal` ends it early, and then counts as a failure.
 */
export async function run(command, args, { cwd, env, quiet, onLine, finish, hold, signal: abort } = {}) {
  // A file rather than a pipe: nobody at the other end of a pipe would be the end of the program, too.
  const kept = quiet ? openTemporary() : undefined
  const output = kept ?? (onLine ? 'pipe' : 'inherit')

  const killGroup = (signal) => {
    try {
      process.kill(-child.pid, signal)
    } catch {
      // It has already ended.
    }
  }
  let interruptedBy
  const interrupt = (signal) => {
    if (!finish) {
      killGroup(signal)
      exitBy(signal)
    }
    if (!interruptedBy) say(`${command} must not be interrupted: stopping when it has finished`)
    interruptedBy = signal
  }

  // Before the program begins: its first act may be to have us interrupted.
  for (const signal of SIGNALS) process.on(signal, interrupt)
  const child = spawn(...(finish ? [command, args] : tied(command, args)), {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', output, output, ...(hold === undefined ? [] : [hold])],
    // A group of its own: a signal can then be passed to everything the program has started (a shell does not).
    detached: true,
  })
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code, signal) => resolve(code ?? `signal ${signal}`))
  })
  const kill = () => killGroup('SIGKILL')
  abort?.addEventListener('abort', kill)
  if (onLine) for (const stream of [child.stdout, child.stderr]) createInterface(stream).on('line', onLine)

  try {
    const code = await ended
    if (interruptedBy) exitBy(interruptedBy)
    if (code !== 0) throw new RunError(command, args, code, kept === undefined ? '' : endOf(kept))
  } finally {
    abort?.removeEventListener('abort', kill)
    for (const signal of SIGNALS) process.off(signal, interrupt)
    if (kept !== undefined) closeSync(kept)
  }
}

/**
 * The same program, but told to end (SIGTERM, by the kernel) when the process that starts it has ended, even by -9.
 * For programs in a group of their own, which nobody else would end then.
 */
export function tied(command, args) {
  return existsSync(SETPRIV) ? [SETPRIV, ['--pdeathsig', 'TERM', command, ...args]] : [command, args]
}

/** Ends as a program does that the signal has ended. */
function exitBy(signal) {
  process.exit(128 + constants.signals[signal])
}

/** A file without a name: gone once nobody has it open. */
function openTemporary() {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-output-'))
  const fd = openSync(join(folder, 'output'), 'w+')
  rmSync(folder, { recursive: true })
  return fd
}

/** The last of what was written, enough to see what went wrong. */
function endOf(fd) {
  const bytes = Buffer.alloc(20_000)
  const { size } = fstatSync(fd)
  return bytes.toString('utf8', 0, readSync(fd, bytes, 0, bytes.length, Math.max(0, size - bytes.length)))
}

/** A program that failed, with the end of what it said. */
export class RunError extends SetupError {
  constructor(command, args, code, output) {
    super(`${output.trim()}\n${command} ${args.join(' ')} failed (${code})`.trim())
  }
}
