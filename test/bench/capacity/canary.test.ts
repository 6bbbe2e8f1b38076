/** Two pages of a real Chromium, in a room of a real node. */
import { setTimeout as delay } from 'node:timers/promises'
import t from 'tap'
import { chromiumPath, NoPicture, openCanary } from '../../../bench/capacity/canary.ts'
import { ownDeployment } from '../../../bench/capacity/deployment.ts'
import { figuresOf, type Sight } from '../../../bench/capacity/sight.ts'

t.test('a real browser sees pictures, and that they stand still', { timeout: 390_000 }, async (t) => {
  const chromium = chromiumPath()
  if (chromium === undefined) throw new Error('Chromium is missing: scripts/setup.mjs installs it')
  await using deployment = await ownDeployment(['bretagne'], 1)
  await using canary = await openCanary(chromium, deployment.nodes[0] ?? '', await deployment.two())
  t.ok((await canary.pids()).length > 2)

  const sight = await canary.look(3)
  const figures = figuresOf(sight)
  t.ok(figures.visits >= 1)
  // Either may come first: the other may be seen before one's own camera is on its way.
  t.ok(figures.firstFrameP50Ms > 0 && figures.joinP50Ms > 0)
  t.ok(figures.framesPerSecond > 0)
  t.ok(figures.freezeShare >= 0 && figures.freezeShare <= 1)
  t.ok(figures.concealedShare >= 0 && figures.concealedShare < 1)
  t.ok(sight.core > 0, 'what it costs is measured')

  // The media worker stands still for most of each second, whoever joins.
  const [pid] = deployment.parts?.['worker 1'] ?? []
  if (pid === undefined) throw new Error('the node has no worker')
  let over = false
  const rhythm = (async () => {
    while (!over) {
      process.kill(pid, 'SIGSTOP')
      await delay(700)
      process.kill(pid, 'SIGCONT')
      await delay(500)
    }
  })()
  const seen = await canary.look(6).catch((error: unknown) => error)
  over = true
  await rhythm
  // On a machine so slow that even joining fails, that is what was seen.
  if (seen instanceof NoPicture) return
  const { freezeShare } = figuresOf(seen as Sight)
  t.ok(freezeShare > 0.1, `frozen for ${freezeShare} of the time`)
})
