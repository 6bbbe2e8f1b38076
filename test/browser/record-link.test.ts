/** The link of a mail about a verdict: to the sign-in where that is needed, and then to that record. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, openPage, shoot } from './chromium.ts'

t.setTimeout(240_000)
const agency = 'agency'.repeat(8)

t.test('whoever has to sign in first still comes to the record', async (t) => {
  const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agency, VISAVIS_ATTENDANCE_VERDICT_MS: '0' })
  const window = { from: Date.now() - 60_000, until: Date.now() - 1_000 }
  const opened = await fetch(`${node.url}/api/regions/bretagne/attendance/a-1`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${agency}`, 'content-type': 'application/json' },
    body: JSON.stringify({ jobseeker: jeanne.id, advisor: anne.id, window }),
  })
  t.ok(opened.ok)
  const browser = await openBrowser(t)
  const { page, complaints } = await openPage(browser)
  await page.goto(`${node.url}/jobseeker#record/a-1`)
  await page.getByRole('button', { name: jeanne.name }).click()
  const dialog = page.getByRole('dialog', { name: 'Relevé du rendez-vous' })
  await dialog.locator('.verdict__word').waitFor({ timeout: 30_000 })
  await noViolations(t, page, 'the record', { within: 'dialog' })
  await shoot(page, 'record-link')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  t.notMatch(page.url(), '#record', 'closed, it stays closed')
  t.same([...complaints], [])
})
