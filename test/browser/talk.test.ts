/** A webcam talk between two real browsers. */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import t from 'tap'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import {
  anne,
  framesShown,
  jeanne,
  openBrowser,
  peerConnections,
  received,
  seesAndHears,
  shoot,
  signIn,
} from './chromium.ts'

/** Of this test's own node only: its workers are children of this process. */
async function workerPid(): Promise<number> {
  const children = await readFile(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8')
  for (const pid of children.trim().split(' ').map(Number)) {
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '')
    if (command.includes('mediasoup-worker')) return pid
  }
  throw new Error('no media worker runs')
}

t.test(
  'a jobseeker and an advisor see and hear each other, and again after their media worker was killed',
  async (t) => {
    const node = await testNode(t)
    const browser = await openBrowser(t)
    const [jobseeker, advisor] = await Promise.all([signIn(browser, node.url, jeanne), signIn(browser, node.url, anne)])

    await jobseeker.page.getByRole('button', { name: 'Entrer dans la salle' }).click()
    await jobseeker.page.getByText(`Vous êtes dans la salle. ${anne.name} n’y est pas encore.`).waitFor()
    await shoot(jobseeker.page, 'talk-jobseeker-alone')

    await advisor.page.getByRole('button', { name: `${jeanne.name} est dans la salle et vous attend` }).click()
    await shoot(advisor.page, 'talk-advisor-awaited')
    await advisor.page.getByRole('button', { name: 'Entrer dans la salle' }).click()

    await Promise.all([seesAndHears(jobseeker.page, 'the jobseeker'), seesAndHears(advisor.page, 'the advisor')])
    for (const { page } of [jobseeker, advisor]) {
      const { audioLevel } = await received(page)
      t.ok(audioLevel > 0, `sound is not silence: ${audioLevel}`)
    }

    await jobseeker.page.getByLabel(/^Votre message/).fill('Je vous vois bien !')
    await jobseeker.page.keyboard.press('Enter')
    await advisor.page.locator('.message').getByText('Je vous vois bien !').waitFor()
    await shoot(jobseeker.page, 'talk-jobseeker')
    await shoot(advisor.page, 'talk-advisor')

    await t.test('muting is seen by the other', async () => {
      await advisor.page.getByRole('button', { name: 'Couper le micro' }).click()
      await jobseeker.page.getByText(`${anne.name} a coupé son micro`).waitFor({ state: 'attached' })
      await advisor.page.getByRole('button', { name: 'Couper la caméra' }).click()
      await jobseeker.page.getByText(`${anne.name} a coupé sa caméra`).waitFor()
      await shoot(jobseeker.page, 'talk-jobseeker-camera-off')
      await advisor.page.getByRole('button', { name: 'Activer le micro' }).click()
      await advisor.page.getByRole('button', { name: 'Activer la caméra' }).click()
      await seesAndHears(jobseeker.page, 'the jobseeker')
    })

    await t.test('after the worker was killed pictures move again without anybody acting', async (t) => {
      const pid = await workerPid()
      const [knownThere = 0, knownHere = 0] = await Promise.all([jobseeker.page, advisor.page].map(peerConnections))
      process.kill(pid, 'SIGKILL')
      const killedAt = performance.now()
      const rejoined = (page: Page, known: number) =>
        until(async () => (await peerConnections(page)) > known && (await framesShown(page)) > 0, {
          what: 'pictures after the rejoin',
          timeoutMs: 20_000,
          everyMs: 20,
        })
      await until(async () => (await workerPid().catch(() => pid)) !== pid, { what: 'a new worker' })
      await Promise.all([rejoined(jobseeker.page, knownThere), rejoined(advisor.page, knownHere)])
      t.comment(`pictures again ${Math.round(performance.now() - killedAt)} ms after the kill`)
      await Promise.all([seesAndHears(jobseeker.page, 'the jobseeker'), seesAndHears(advisor.page, 'the advisor')])
    })

    await t.test('whoever leaves is gone, and so is their camera', async (t) => {
      await jobseeker.page.getByRole('button', { name: 'Quitter' }).click()
      t.equal(await jobseeker.page.evaluate(() => document.activeElement?.id), 'content', 'the focus is on the page')
      await advisor.page.getByText(`Vous êtes dans la salle. ${jeanne.name} n’y est pas encore.`).waitFor()
      t.equal(await jobseeker.page.locator('.stage').count(), 0)
      await jobseeker.page
        .getByText(`${anne.name} est dans la salle et vous attend`)
        .first()
        .waitFor({ state: 'attached' })
    })
    t.same([...jobseeker.complaints, ...advisor.complaints], [])
  },
)

t.test('whoever refuses the camera is told how to allow it, and may still watch and listen', async (t) => {
  const node = await testNode(t)
  const browser = await openBrowser(t)
  const [{ page: jobseeker }, { page: advisor }] = await Promise.all([
    signIn(browser, node.url, jeanne),
    signIn(browser, node.url, anne),
  ])
  await jobseeker.evaluate(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'))
  })
  await jobseeker.getByRole('button', { name: 'Entrer dans la salle' }).click()
  await jobseeker.getByText('Votre navigateur refuse la caméra et le micro').waitFor()
  await shoot(jobseeker, 'talk-jobseeker-refused')
  await jobseeker.getByRole('button', { name: 'Entrer sans caméra ni micro' }).click()
  await advisor.getByRole('button', { name: `${jeanne.name} est dans la salle et vous attend` }).click()
  await advisor.getByRole('button', { name: 'Entrer dans la salle' }).click()
  await seesAndHears(jobseeker, 'the jobseeker')
})
