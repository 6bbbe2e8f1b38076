/** Checks of a page as it stands: axe, and nothing cut off. */
import { AxeBuilder } from '@axe-core/playwright'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'

export interface AxeOptions {
  /** Looks at this part of the page alone: the rest has been looked at. */
  readonly within?: string
  /** Only this rule. */
  readonly rule?: string
}

export async function noViolations(
  t: Test,
  page: Page,
  what: string,
  { within, rule }: AxeOptions = {},
): Promise<void> {
  // axe stays in a page until it is left: half a megabyte of source, which the builder would hand over twice each time.
  const stays = await page.evaluate(() => 'axe' in globalThis)
  // Our pages have no frames: without them nothing has to be put together in a page of its own. Of what has passed
  // nobody asks where it stands: to describe all of that took five times as long as the checks.
  const axe = new AxeBuilder({ page, ...(stays && { axeSource: 'axe' }) })
    .options({ resultTypes: ['violations'] })
    .setLegacyMode()
  if (within !== undefined) axe.include(within)
  if (rule !== undefined) axe.withRules(rule)
  const { violations } = await axe.analyze()
  const found = violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  t.same(found, [], `axe finds nothing in ${what}`)
}

/** Neither the page scrolls sideways nor is anything one can use, or must read, cut off by what surrounds it. */
export async function nothingCutOff(t: Test, page: Page, what: string): Promise<void> {
  const { content, screen, cut } = await page.evaluate(() => {
    const edge = document.documentElement.clientWidth
    const shown = [...document.querySelectorAll('button, a, input, textarea, h1, h2, h3, .panel__title, .message')]
      .filter((element) => element.closest('.ds-sr-only, .ds-skip-link') === null && element.checkVisibility())
      .map((element) => ({ element, box: element.getBoundingClientRect() }))
    const cut = shown.filter(({ element, box }) => {
      const panel = element.closest('.panel, .stage, .menu, .dialog')?.getBoundingClientRect()
      return (
        box.left < (panel?.left ?? 0) ||
        box.right > (panel?.right ?? edge) ||
        (element.matches('.panel__title') && box.width < 96)
      )
    })
    return {
      content: document.documentElement.scrollWidth,
      screen: edge,
      cut: cut.map(({ element, box }) => `${element.className} ${Math.round(box.left)}–${Math.round(box.right)}`),
    }
  })
  t.ok(content <= screen, `${what} does not scroll sideways: ${content} of ${screen} px`)
  t.same(cut, [], `nothing is cut off in ${what}`)
}
