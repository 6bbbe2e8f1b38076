/** The supervisor's page for everybody, on a wide screen: each state, both languages; axe finds nothing. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { nothingCutOff } from './axe.ts'
import { shoot } from './chromium.ts'
import { nolwenn } from './supervisor-stage.ts'
import { everything, lookAt } from './supervisor-states.ts'

t.test('with everything there is, in French and English', async (t) => {
  const stage = await everything(t)
  await inEnglish(t, await lookAt(t, stage, { supervisor: nolwenn, width: 1_360, colorScheme: 'light', axe: {} }))
})

async function inEnglish(t: Test, page: Page): Promise<void> {
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'How callbacks are answered' }).waitFor()
  await page.getByRole('link', { name: 'Callbacks' }).click()
  await page.getByRole('heading', { name: 'Callbacks, live' }).waitFor()
  t.equal(await page.title(), 'Supervision · Visavis')
  await page.getByRole('link', { name: 'Report' }).click()
  await page.getByRole('cell', { name: '56,789' }).first().waitFor()
  t.match(
    await page.locator('.report thead').first().innerText(),
    /Week \d+\s+from \d+ \w+/,
    'the day before the month',
  )
  await nothingCutOff(t, page, 'the report in English')
  await shoot(page, 'supervisor-english-report', { fullPage: true })
  await page.getByRole('link', { name: 'Callbacks' }).click()
  await shoot(page, 'supervisor-english', { fullPage: true })
}
