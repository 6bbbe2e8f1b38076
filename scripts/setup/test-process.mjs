// Runs one file of tests as a process of its own, as tap does, and tells what it said and what it cost.
import { spawn } from 'node:child_process'
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { setPriority, tmpdir } from 'node:os'
import { join } from 'node:path'
import { tied } from './run.mjs'
import { root } from './set-up.mjs'

/** A file that hangs ends itself, and says in what. One that cannot even do that is ended so long after. */
const graceMs = 30_000
const noisyBytes = 20_000
/** A third of what others have, where both want the same core. */
const niceness = 5
const calmTap = new URL('calm-tap.mjs', import.meta.url).href
const running = new Set()

/** Every file is in a group of its own, with all that it has started: nobody else would end it. */
export const endTestFiles = () => running.forEach(end)

/**
 * @param node the program. @param env in addition to this process's own.
 * @param timeoutSeconds unless the file sets another time itself. @param meter see cpuMeter.
 * @param standsBack others have the processor first.
 * @returns tap: its output as a subtest of that name; noise: the end of what it wrote to stderr
 */
export async function runTestFile(file, { node, env, timeoutSeconds, meter, standsBack = false }) {
  const folder = mkdtempSync(join(tmpdir(), 'visavis-test-'))
  const [stdout, stderr] = ['stdout', 'stderr'].map((name) => openSync(join(folder, name), 'w'))
  const startedAt = performance.now()
  const child = spawn(...tied(node, ['--import', calmTap, file]), {
    cwd: root,
    env: { ...process.env, ...env, TAP: '1', TAP_TIMEOUT: String(timeoutSeconds) },
    stdio: ['ignore', stdout, stderr, 'ipc'],
    detached: true,
  })
  running.add(child.pid)
  meter.begin(child.pid)
  if (standsBack) standBack(child.pid)
  let hangs = false
  const endIn = (ms) =>
    setTimeout(() => {
      hangs = true
      end(child.pid)
    }, ms + graceMs)
  let timer = endIn(timeoutSeconds * 1000)
  // What t.setTimeout says to a parent.
  child.on('message', ({ setTimeout: ms }) => {
    if (typeof ms !== 'number') return
    clearTimeout(timer)
    timer = ms > 0 ? endIn(ms) : undefined
  })
  const ended = await new Promise((resolve) => {
    child.once('error', (error) => resolve({ how: error.message, cpuMs: meter.end(child.pid) }))
    child.once('exit', (code, signal) =>
      resolve({ code, how: signal ?? `exit code ${code}`, cpuMs: meter.end(child.pid) }),
    )
  })
  clearTimeout(timer)
  // Chromium and Redis end with the one who started them; this is for what a test that failed left behind.
  end(child.pid)
  running.delete(child.pid)
  const wallMs = performance.now() - startedAt
  for (const fd of [stdout, stderr]) closeSync(fd)
  const said = readFileSync(join(folder, 'stdout'), 'utf8')
  const noise = readFileSync(join(folder, 'stderr'), 'utf8').slice(-noisyBytes)
  rmSync(folder, { recursive: true })
  const passed = ended.code === 0 && /^1\.\.[1-9]/m.test(said)
  const how = hangs ? `ended after ${Math.round(wallMs / 1000)} s, because it did not end by itself` : ended.how
  return { file, passed, tap: asSubtest(file, said, passed, { how, wallMs }), noise, wallMs, cpuMs: ended.cpuMs }
}

/** With all that it will start, but for what opens a session of its own. */
function standBack(pid) {
  try {
    setPriority(pid, niceness)
    // Where Linux shares the processor between sessions first, and this is one of its own, that is what counts.
    writeFileSync(`/proc/${pid}/autogroup`, String(niceness))
  } catch {
    // It has already ended, or Linux has no such sessions.
  }
}

function asSubtest(file, said, passed, { how, wallMs }) {
  const inner = said.replace(/^TAP version 14\n/, '').replace(/^(?=.)/gm, '    ')
  const outer = `${passed ? '' : 'not '}ok 1 - ${file} # time=${wallMs.toFixed(0)}ms`
  return [
    `# Subtest: ${file}`,
    inner.trimEnd(),
    outer,
    ...(passed ? [] : ['  ---', `  ended: ${how}`, '  ...']),
    '',
  ].join('\n')
}

function end(pid) {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // All of the group have ended.
  }
}
