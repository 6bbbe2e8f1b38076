/** A webcam talk whose connection, or whole node, goes away under it. */
import t from 'tap'
import { cuttableNetwork } from '../client/cuttable.ts'
import { dataFolder } from '../faults/data-folder.ts'
import { testNode } from '../support/node.ts'
import { startProcess } from '../support/process.ts'
import { until } from '../support/until.ts'
import { anne, jeanne, openBrowser, peerConnections, seesAndHears, shoot, signIn } from './chromium.ts'

t.test('a talk goes on while the jobseeker’s connection is cut, and what they chose meanwhile counts', async (t) => {
  const node = await testNode(t)
  const network = await cuttableNetwork(node.url)
  t.teardown(() => network[Symbol.asyncDispose]())
  const browser = await openBrowser(t)
  const [{ page: jobseeker }, { page: advisor }] = await Promise.all([
    signIn(browser, network.url, jeanne),
    signIn(browser, node.url, anne),
  ])
  await jobseeker.getByRole('button', { name: 'Entrer dans la salle' }).click()
  await advisor.getByRole('button', { name: `${jeanne.name} est dans la salle et vous attend` }).click()
  await advisor.getByRole('button', { name: 'Entrer dans la salle' }).click()
  await Promise.all([seesAndHears(jobseeker, 'the jobseeker'), seesAndHears(advisor, 'the advisor')])
  const connections = await Promise.all([peerConnections(jobseeker), peerConnections(advisor)])

  network.setDown(true)
  network.cut()
  await jobseeker.getByText('Connexion perdue').waitFor()
  await shoot(jobseeker, 'talk-jobseeker-cut')
  await Promise.all([seesAndHears(jobseeker, 'the jobseeker'), seesAndHears(advisor, 'the advisor')])
  await jobseeker.getByRole('button', { name: 'Couper le micro' }).click()
  network.setDown(false)

  await advisor.getByText(`${jeanne.name} a coupé son micro`).waitFor({ state: 'attached' })
  await jobseeker.getByRole('button', { name: 'Activer le micro' }).click()
  await Promise.all([seesAndHears(jobseeker, 'the jobseeker'), seesAndHears(advisor, 'the advisor')])
  t.same(await Promise.all([peerConnections(jobseeker), peerConnections(advisor)]), connections, 'nobody joined anew')
})

t.test('kill -9 of the node: both are back in the talk by themselves when it is up again', async (t) => {
  const folder = await dataFolder(t)
  const settings = { VISAVIS_DATA_DIR: folder }
  const first = await startProcess(settings)
  t.teardown(() => first.kill('SIGKILL'))
  const network = await cuttableNetwork(first.url)
  t.teardown(() => network[Symbol.asyncDispose]())
  const browser = await openBrowser(t)
  const [{ page: jobseeker }, { page: advisor }] = await Promise.all([
    signIn(browser, network.url, jeanne),
    signIn(browser, network.url, anne),
  ])
  await jobseeker.getByRole('button', { name: 'Entrer dans la salle' }).click()
  await advisor.getByRole('button', { name: `${jeanne.name} est dans la salle et vous attend` }).click()
  await advisor.getByRole('button', { name: 'Entrer dans la salle' }).click()
  await Promise.all([seesAndHears(jobseeker, 'the jobseeker'), seesAndHears(advisor, 'the advisor')])
  const before = await peerConnections(jobseeker)

  await first.kill('SIGKILL')
  const killedAt = performance.now()
  const second = await startProcess(settings)
  t.teardown(() => second.kill('SIGTERM'))
  network.goTo(second.url)
  const upAfterMs = Math.round(performance.now() - killedAt)
  await until(async () => (await peerConnections(jobseeker)) > before, { what: 'a new join', timeoutMs: 60_000 })
  await Promise.all([seesAndHears(jobseeker, 'the jobseeker'), seesAndHears(advisor, 'the advisor')])
  t.comment(
    `the node was up after ${upAfterMs} ms, pictures moved after ${Math.round(performance.now() - killedAt)} ms`,
  )
})
