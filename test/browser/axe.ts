/** Checks of a page as it stands: axe, and nothing cut off. */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type axe from 'axe-core'
import type { Page } from 'playwright-core'
import type { Test } from 'tap'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

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
  // Our pages have no frames: the builder for Playwright, which looks for some, takes ten times as long as the checks.
  if (!(await page.evaluate(() => 'axe' in globalThis))) await page.evaluate(source)
  const found = await page.evaluate(
    async ({ within, rule }) => {
      const { violations } = await (globalThis as typeof globalThis & { axe: typeof axe }).axe.run(within ?? document, {
        // Of what has passed nobody asks where it stands: to describe all of that took five times as long as the checks.
        resultTypes: ['violations'],
        ...(rule !== undefined && { runOnly: rule }),
      })
      return violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
    },
    { within, rule },
  )
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
