import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { withLock } from '../../scripts/setup/lock.mjs'

const lockModule = fileURLToPath(new URL('../../scripts/setup/lock.mjs', import.meta.url))

/** A process that takes the lock and says so, then keeps it for an hour, or for no time at all. */
function locker(file: string, { keep }: { keep: boolean }) {
  return spawn(
    process.execPath,
    [
      '--input-type=module',
      '--eval',
      `import { withLock } from ${JSON.stringify(lockModule)}
       await withLock(${JSON.stringify(file)}, async () => {
         console.log('taken')
         if (${keep}) await new Promise((resolve) => setTimeout(resolve, 3_600_000))
       })`,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
}

t.test('a second set-up says that it waits, and goes on when the first has ended', async (t) => {
  const file = join(t.testdir(), 'folder/lock')
  const second = await withLock(file, async () => {
    const second = locker(file, { keep: false })
    const [said] = await once(second.stderr, 'data')
    t.match(String(said), /another set-up is at work here/)
    return second
  })
  const [said] = await once(second.stdout, 'data')
  t.equal(String(said), 'taken\n')
  await once(second, 'exit')
})

t.test('a lock ends with a set-up that is killed', async (t) => {
  const file = join(t.testdir(), 'lock')
  const first = locker(file, { keep: true })
  await once(first.stdout, 'data')
  first.kill('SIGKILL')
  await once(first, 'exit')
  await withLock(file, async () => t.pass('taken'))
})
