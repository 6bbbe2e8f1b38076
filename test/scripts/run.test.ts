import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { run } from '../../scripts/setup/run.mjs'
import { until } from '../support/until.ts'

const runModule = fileURLToPath(new URL('../../scripts/setup/run.mjs', import.meta.url))

/** A set-up that runs a shell script, which gets `folder` as $1. */
function setUpRunning(script: string, folder: string, options = {}) {
  const program = `
    import { run } from ${JSON.stringify(runModule)}
    await run('sh', ['-c', ${JSON.stringify(script)}, 'sh', ${JSON.stringify(folder)}], ${JSON.stringify(options)})
    console.log('went on')`
  return spawn(process.execPath, ['--input-type=module', '--eval', program], { stdio: ['ignore', 'pipe', 'ignore'] })
}

const contentOf = (file: string) => existsSync(file) && readFileSync(file, 'utf8').trim()

function isAlive(pid: number) {
  // A zombie that its new parent has not yet collected still takes signals, so ask for its state instead.
  const stat = contentOf(`/proc/${pid}/stat`)
  return stat !== false && !stat.includes(') Z ')
}

t.test('what a failed program has said is in the error, however little of it was shown', async (t) => {
  await t.rejects(run('sh', ['-c', 'echo out; echo err >&2; exit 3'], { quiet: true }), {
    message: /^out\nerr\nsh -c .* failed \(3\)$/,
  })
})

t.test('lines arrive whole, one by one', async (t) => {
  const lines: string[] = []
  await run('printf', ['a\\nb\\nc'], { onLine: (line: string) => lines.push(line) })
  t.same(lines, ['a', 'b', 'c'])
})

t.test('a program that takes too long is ended and has failed', async (t) => {
  await t.rejects(run('sleep', ['60'], { quiet: true, signal: AbortSignal.timeout(20) }), {
    message: 'sleep 60 failed (signal SIGKILL)',
  })
})

t.test('a signal to set-up ends everything that its programs have started', async (t) => {
  const folder = t.testdir()
  const setUp = setUpRunning('sleep 60 & echo $! > "$1/pid"; wait', folder)
  const grandchild = Number(await until(() => contentOf(join(folder, 'pid')) || undefined))
  setUp.kill('SIGTERM')
  const [code] = await once(setUp, 'exit')
  t.equal(code, 143)
  await until(() => !isAlive(grandchild), { what: 'the end of what the program had started' })
})

t.test('a program that must finish does so before an interrupted set-up ends', async (t) => {
  const folder = t.testdir()
  const script = 'echo > "$1/begun"; while [ ! -e "$1/go-on" ]; do sleep 0.01; done; echo yes > "$1/finished"'
  const setUp = setUpRunning(script, folder, { quiet: true, finish: true })
  let said = ''
  setUp.stdout.on('data', (chunk) => {
    said += chunk
  })
  await until(() => existsSync(join(folder, 'begun')))
  // Listened for from now on: it may have come before somebody waits for it.
  const exit = once(setUp, 'exit')
  setUp.kill('SIGINT')
  await run('touch', [join(folder, 'go-on')])
  const [code] = await exit
  t.equal(code, 130)
  t.equal(contentOf(join(folder, 'finished')), 'yes')
  t.equal(said, '', 'and nothing after it was begun')
})

t.test('a program that must finish survives a set-up that is killed', async (t) => {
  const folder = t.testdir()
  const script =
    'echo > "$1/begun"; while [ ! -e "$1/go-on" ]; do sleep 0.01; done; echo said; echo yes > "$1/finished"'
  const setUp = setUpRunning(script, folder, { quiet: true, finish: true })
  await until(() => existsSync(join(folder, 'begun')))
  setUp.kill('SIGKILL')
  await once(setUp, 'exit')
  await run('touch', [join(folder, 'go-on')])
  t.equal(await until(() => contentOf(join(folder, 'finished')) || undefined), 'yes')
})

t.test('any other program ends with a set-up that is killed', async (t) => {
  const folder = t.testdir()
  const setUp = setUpRunning('echo $$ > "$1/pid"; exec sleep 60', folder)
  const program = Number(await until(() => contentOf(join(folder, 'pid')) || undefined))
  setUp.kill('SIGKILL')
  await once(setUp, 'exit')
  await until(() => !isAlive(program), { what: 'the end of the program' })
})
