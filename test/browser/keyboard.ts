/** What somebody does who has no mouse. */
import type { Page } from 'playwright-core'

/** Tab until the focus is on what `selector` names, as a person would, from wherever it is. */
export async function tabTo(page: Page, selector: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if (await page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`the focus never came to ${selector}`)
}
