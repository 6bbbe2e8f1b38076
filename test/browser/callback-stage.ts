/** A node whose callbacks go to anybody at once, and its people on their pages, for files about callbacks. */
import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { enter, openBrowser, openPage, type PersonPage, type SamplePerson, shoot } from './chromium.ts'

export const bruno = { id: 'advisor-bruno', name: 'Bruno Le Gall' }
export const karim = { id: 'jobseeker-2', name: 'Karim Benali' }
const agencyToken = 'agency'.repeat(8)

export interface Stage {
  readonly node: TestNode
  readonly browser: Browser
  /** Settings of the agency, by their REST path within the region. */
  readonly set: (method: 'PATCH' | 'PUT', path: string, body: object) => Promise<void>
  /** Somebody without a page. */
  readonly as: (person: string) => Promise<Visavis>
  readonly open: (person: SamplePerson) => Promise<PersonPage>
}

interface Sounding {
  sounds: number
}

/** Runs in the page, before its scripts: counts what could be heard. */
function countSounds(): void {
  const counting = globalThis as unknown as Sounding
  counting.sounds = 0
  globalThis.AudioContext = class extends AudioContext {
    constructor() {
      super()
      counting.sounds += 1
    }
  }
}

export const soundsOf = (page: Page): Promise<number> => page.evaluate(() => (globalThis as unknown as Sounding).sounds)

export async function openStage(t: Test, env: Readonly<Record<string, string>> = {}): Promise<Stage> {
  const node = await testNode(t, {
    VISAVIS_AGENCY_TOKEN: agencyToken,
    VISAVIS_CALLBACK_LEASE_MS: '60000',
    ...env,
  })
  const browser = await openBrowser(t)
  const set: Stage['set'] = async (method, path, body) => {
    const response = await fetch(`${node.url}/api/regions/bretagne/${path}`, {
      method,
      headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`)
  }
  await set('PATCH', 'callback-settings', { ownWaitMs: 0, coverWaitMs: 0, teamWaitMs: 0 })
  return {
    node,
    browser,
    set,
    as: async (person) => {
      const visavis = connect({ url: node.url, token: () => node.token(person) })
      t.teardown(() => visavis.close())
      await visavis.opened
      return visavis
    },
    open: async (person) => {
      const opened = await openPage(browser)
      await opened.page.addInitScript(countSounds)
      await opened.page.goto(node.url)
      await enter(opened.page, person.name)
      return opened
    },
  }
}

/** As it stands: on a large screen and a small one, light and dark. */
export async function lookAt(t: Test, page: Page, what: string): Promise<void> {
  const name = `callback-${what.replaceAll(' ', '-')}`
  // Other files look at what is around it.
  const within = (await page.locator('dialog').count()) > 0 ? 'dialog' : '.bureau__queue, .desk__callback'
  await noViolations(t, page, what, { within })
  await nothingCutOff(t, page, what)
  await shoot(page, name)
  await page.emulateMedia({ colorScheme: 'dark' })
  await noViolations(t, page, `${what}, dark`, { within, rule: 'color-contrast' })
  await shoot(page, `${name}-dark`)
  await page.emulateMedia({ colorScheme: 'light' })
  const size = page.viewportSize()
  await page.setViewportSize({ width: 320, height: 720 })
  await nothingCutOff(t, page, `${what}, 320 px`)
  await shoot(page, `${name}-320`, { fullPage: true })
  if (size !== null) await page.setViewportSize(size)
}

export const desk = (page: Page, state: 'Disponible' | 'Pas libre' | 'En pause') =>
  page.getByRole('button', { name: state, exact: true })

/** Says where the advisor stands, and waits until it holds. */
export async function setDesk(page: Page, state: Parameters<typeof desk>[1]): Promise<void> {
  await desk(page, state).click()
  await page.locator('.desk-bar__choice[aria-pressed=true]').filter({ hasText: state }).waitFor()
}

export interface Asked {
  readonly reason: string
  readonly topic?: string
  /** Absent: by phone. */
  readonly how?: 'En audio, dans cette page' | 'Par webcam, dans cette page'
}

export async function ask(page: Page, { reason, topic, how }: Asked): Promise<void> {
  if (topic !== undefined) await page.getByLabel('Thème').selectOption({ label: topic })
  if (how === undefined) await page.getByLabel('Votre numéro de téléphone').fill('06 12 34 56 78')
  else await page.getByLabel(how).check()
  await page.getByLabel('À quel sujet').fill(reason)
  await page.getByRole('button', { name: 'Demander un rappel' }).click()
}

/** On the page of an advisor to whom it is offered. */
export const accept = (page: Page) => page.getByRole('button', { name: 'Prendre ce rappel' }).click()

export async function recordMiss(page: Page, what: string, note?: string): Promise<void> {
  await page.getByRole('button', { name: 'Pas d’échange' }).click()
  await page.getByLabel(what).check()
  if (note !== undefined) await page.getByLabel(/^Note/).fill(note)
  await page.getByRole('button', { name: 'Enregistrer l’essai' }).click()
}
