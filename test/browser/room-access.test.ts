/** Check and lobby in English and in the dark, on a small telephone and on a large screen, entered by keyboard alone. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { en } from '../../web/language/en.ts'
import { enCheck } from '../../web/language/en-check.ts'
import { enRoom } from '../../web/language/en-room.ts'
import { testNode } from '../support/node.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'
import { tabTo } from './keyboard.ts'

t.setTimeout(400_000)

const node = await testNode(t, { VISAVIS_LOBBIES: 'kept' })
const browser = await openBrowser(t)
const dark = { locale: 'en-GB', colorScheme: 'dark' as const, deviceScaleFactor: 1 }
const phone = { ...dark, viewport: { width: 320, height: 640 } }
const large = { ...dark, viewport: { width: 1920, height: 1080 } }

/** In the dark the colours are others, and nothing else. */
async function look(t: Test, page: Page, name: string): Promise<void> {
  await nothingCutOff(t, page, name)
  await noViolations(t, page, name, { rule: 'color-contrast' })
  const small = (page.viewportSize()?.width ?? 0) < 600
  await shoot(page, `english-dark-${name}`, { fullPage: small })
}

async function press(page: Page, selector: string): Promise<void> {
  await tabTo(page, selector)
  await page.keyboard.press('Enter')
}

t.test('the check of devices', async (t) => {
  const { page } = await signIn(browser, node.url, jeanne, phone)
  await page.goto(`${node.url}/check`)
  await look(t, page, 'check')
  await press(page, 'main .ds-button')
  await page.getByText(enCheck.networkDone).waitFor({ timeout: 60_000 })
  await look(t, page, 'check-measured')
  await page.context().close()
})

t.test('the lobby', async (t) => {
  const [{ page: jobseeker }, { page: advisor }] = await Promise.all([
    signIn(browser, node.url, jeanne, phone),
    signIn(browser, node.url, anne, large),
  ])
  const enter = jobseeker.getByRole('button', { name: en.roomJoin })
  await enter.waitFor()
  await press(jobseeker, '[aria-labelledby=room-heading] .ds-button')
  await jobseeker.getByText(enRoom.lobbyNext).waitFor()
  await look(t, jobseeker, 'lobby')
  await advisor.getByRole('button', { name: `Let ${jeanne.name} in` }).waitFor()
  await look(t, advisor, 'arrivals')
  await Promise.all([jobseeker, advisor].map((page) => page.context().close()))
})
