/** An advisor lets somebody join without a device check, by keyboard; and reads how the last check of a jobseeker ended. */
import t from 'tap'
import { Checks } from '../../src/checks/checks.ts'
import type { Measured } from '../../src/protocol/check-rule.ts'
import { testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'

t.setTimeout(300_000)
const agencyToken = 'agency'.repeat(8)
const region = 'bretagne'
const nina = { id: 'jobseeker-nina', name: 'Nina Novak' }
const failed: Measured = {
  ...({ camera: 'missing', microphone: 'denied', speaker: 'heard' } as const),
  paths: { udp: 'blocked', tcp: 'blocked', relay: 'not-offered' },
}

t.test('whoever has yet to join is let in without a check, with a reason they read', async (t) => {
  const redis = await testRedis(t)
  const node = await testNode(t, { REDIS_URL: redis.url, VISAVIS_AGENCY_TOKEN: agencyToken })
  const agency = async (method: string, path: string, body: object) => {
    const response = await fetch(`${node.url}/api/regions/${region}/${path}`, {
      method,
      headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(await response.text())
  }
  await agency('PATCH', 'scheme', { joinFirst: true, checkRequired: true })
  await agency('PUT', `people/${nina.id}`, { role: 'jobseeker', name: nina.name, advisor: anne.id })
  const checks = new Checks({ client: redis.client })
  await checks.report({ region, person: nina.id }, 'browser-check-1', failed)
  await checks.report({ region, person: jeanne.id }, 'browser-check-2', {
    ...failed,
    ...{ camera: 'ok', microphone: 'ok', paths: { udp: 'reached', tcp: 'reached', relay: 'not-offered' } },
    network: { path: 'udp', roundTripMs: 30, lostUpPermille: 0, lostDownPermille: 0, upKbps: 400, downKbps: 2_000 },
  })
  const browser = await openBrowser(t)
  const { page, complaints } = await signIn(browser, node.url, anne)
  const card = page.getByRole('button', { name: '1 personne pas encore entrée' })
  await card.focus()
  await page.keyboard.press('Enter')
  const list = page.getByRole('dialog', { name: 'Pas encore entrées dans le dispositif' })
  await list.getByText('son réseau ne laisse passer aucun appel vidéo').waitFor()
  await noViolations(t, page, 'those who have yet to join', { within: 'dialog' })
  await nothingCutOff(t, page, 'those who have yet to join')
  await shoot(page, 'awaited-list')
  await list.getByRole('button', { name: `Dispenser du test ${nina.name}` }).focus()
  await page.keyboard.press('Enter')
  const form = page.getByRole('dialog', { name: `Dispenser ${nina.name}` })
  await form.getByRole('button', { name: 'Dispenser du test' }).click()
  await form.getByText('Dites pourquoi').waitFor()
  await noViolations(t, page, 'a reason that is missing', { within: 'dialog' })
  await page.keyboard.type('Tablette prêtée par l’agence')
  await shoot(page, 'awaited-waive')
  await form.getByRole('button', { name: 'Dispenser du test' }).click()
  await list.getByText('Tablette prêtée par l’agence').waitFor()
  t.equal(await list.getByRole('button', { name: /^Dispenser/ }).count(), 0, 'once is enough')
  await shoot(page, 'awaited-waived')
  await page.keyboard.press('Escape')

  await page
    .getByRole('button', { name: new RegExp(jeanne.name) })
    .first()
    .click()
  await page.getByRole('button', { name: 'Autres actions' }).click()
  await page.getByRole('menuitem', { name: 'Dernier test du matériel' }).click()
  const check = page.getByRole('dialog', { name: `Test du matériel : ${jeanne.name}` })
  await check.getByText('son image sera petite ou floue').waitFor()
  await noViolations(t, page, 'the last check', { within: 'dialog' })
  await shoot(page, 'awaited-check')
  t.same([...complaints], [])
})
