/** Real Chromium with a fake camera and microphone, and people signed in to the pages of a node. */
import { existsSync } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import type { Test } from 'tap'
import { until } from '../support/until.ts'

/** The whole browser: it alone can be told that a page without encryption is to be trusted. */
export const executablePath = process.env.VISAVIS_TEST_CHROMIUM ?? '/usr/lib/chromium/chromium'
/** The same engine without windows, where there is one: it takes two thirds of the processor time. */
const headlessShell = process.env.VISAVIS_TEST_HEADLESS_CHROMIUM ?? executablePath
/** On a machine that does much else a page may take long. */
const patienceMs = Number(process.env.VISAVIS_TEST_PATIENCE_MS ?? 45_000)
const screenshots = fileURLToPath(new URL('./screenshots/', import.meta.url))

/** The sample people these tests are about. */
export const jeanne = { id: 'jobseeker-1', name: 'Jeanne Martin' }
export const anne = { id: 'advisor-anne', name: 'Anne Kermarrec' }
export type SamplePerson = typeof jeanne

const cameraOf = (fps: number) => `--use-fake-device-for-media-stream=fps=${fps}`
/** For files that judge pictures, or what a line bears. To all others five a second tell as much as twenty. */
export const liveCamera = [cameraOf(20)]

/**
 * After each navigation Chromium starts a spare process for the next page, which another person cannot have: ten and more
 * in a file, each for a fifth of a second of processor time. At its limit it keeps none; what needs a process of its own
 * still gets one.
 */
const noSpareProcesses = '--renderer-process-limit=1'

/** @param args further flags of Chromium. @param program that starts it. */
export async function openBrowser(
  t: Test,
  args: readonly string[] = [],
  program: string = headlessShell,
): Promise<Browser> {
  if (!existsSync(executablePath)) {
    throw new Error(`no Chromium at ${executablePath}: apt install chromium, or set VISAVIS_TEST_CHROMIUM`)
  }
  const browser = await chromium.launch({
    executablePath: program,
    // Where the machine has no locale, Chromium can write no file whose name is more than ASCII.
    env: { ...process.env, LC_ALL: 'C.UTF-8' },
    args: [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run'],
      ...[cameraOf(5), '--use-fake-ui-for-media-stream'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync', noSpareProcesses],
      ...args,
    ],
  })
  t.teardown(() => browser.close())
  return browser
}

/** For files whose tests share a browser: pages that stay open go on talking. */
export async function closePages(browser: Browser): Promise<void> {
  await Promise.all(browser.contexts().map((context) => context.close()))
}

export interface PersonPage {
  readonly page: Page
  /** Errors of the page and messages of its console at level "error". */
  readonly complaints: readonly string[]
}

/**
 * A page of its own, as on a device of its own. French, unless `options` say otherwise. Nothing moves of itself: on a
 * busy machine a click could meet a dialog that still slides, be pressed on a button and let go beside it.
 */
export async function openPage(browser: Browser, options: BrowserContextOptions = {}): Promise<PersonPage> {
  const context = await browser.newContext({
    ...{ locale: 'fr-FR', viewport: { width: 1360, height: 860 }, reducedMotion: 'reduce' },
    ...options,
  })
  context.setDefaultTimeout(patienceMs)
  const page = await context.newPage()
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(String(error)))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  await page.addInitScript(collectPeerConnections)
  return { page, complaints }
}

/** Through the sign-in page, by a click on the name. */
export async function signIn(
  browser: Browser,
  url: string,
  person: SamplePerson,
  options: BrowserContextOptions = {},
): Promise<PersonPage> {
  const opened = await openPage(browser, options)
  await opened.page.goto(url)
  await enter(opened.page, person.name)
  return opened
}

/** On the sign-in page. A server that is busy says so there, and may be asked again: a person would. */
export async function enter(page: Page, name: string): Promise<void> {
  const connected = page.getByText(/^(Connecté|Connected)$/)
  const refused = page.locator('.welcome').getByRole('alert')
  try {
    for (let tries = 0; tries < 5; tries += 1) {
      await page.getByRole('button', { name }).click()
      await connected.or(refused).first().waitFor()
      if (await connected.isVisible()) return
    }
    throw new Error('refused again and again')
  } catch (cause) {
    throw new Error(`${name} is not connected; the page says: ${await page.innerText('body')}`, { cause })
  }
}

/** Written to a folder that git ignores, to be looked at; a run of all tests has nobody who would, and takes none. */
export async function shoot(page: Page, name: string, { fullPage = false } = {}): Promise<void> {
  if (process.env.VISAVIS_TEST_SCREENSHOTS === '0') {
    await page.evaluate(() => new Promise(requestAnimationFrame))
    return
  }
  await mkdir(screenshots, { recursive: true })
  await page.screenshot({ path: `${screenshots}${name}.png`, fullPage })
}

interface Collecting {
  peerConnections: RTCPeerConnection[]
}

/** Runs in the page, before its scripts: remembers peer connections, so that the product needs no way in for tests. */
export function collectPeerConnections(): void {
  const collected: RTCPeerConnection[] = []
  ;(globalThis as unknown as Collecting).peerConnections = collected
  globalThis.RTCPeerConnection = class extends RTCPeerConnection {
    constructor(configuration?: RTCConfiguration) {
      super(configuration)
      collected.push(this)
    }
  }
}

export interface Received {
  readonly framesDecoded: number
  readonly audioLevel: number
  readonly totalAudioEnergy: number
}

/** Runs in the page: what its living peer connections have received. */
export async function countReceived(): Promise<Received> {
  const sum = { framesDecoded: 0, audioLevel: 0, totalAudioEnergy: 0 }
  for (const connection of (globalThis as unknown as Collecting).peerConnections) {
    if (connection.connectionState === 'closed') continue
    for (const report of (await connection.getStats()).values()) {
      if (report.type !== 'inbound-rtp') continue
      sum.framesDecoded += report.framesDecoded ?? 0
      sum.audioLevel = Math.max(sum.audioLevel, report.audioLevel ?? 0)
      sum.totalAudioEnergy += report.totalAudioEnergy ?? 0
    }
  }
  return sum
}

export const received = (page: Page): Promise<Received> => page.evaluate(countReceived)

/** Waits until the page receives more: pictures that move, and sound that is not silence. */
export async function seesAndHears(page: Page, who: string, timeoutMs = patienceMs): Promise<void> {
  let before = await received(page)
  await until(
    async () => {
      const now = await received(page)
      // A new join counts from nothing, pictures and sound each in their moment: it need not first make up for all that the
      // one before it had received.
      if (now.framesDecoded < before.framesDecoded || now.totalAudioEnergy < before.totalAudioEnergy) before = now
      return now.framesDecoded > before.framesDecoded + 5 && now.totalAudioEnergy > before.totalAudioEnergy
    },
    { timeoutMs, everyMs: 100, what: `moving pictures and sound at ${who}` },
  )
}

/** How many peer connections the page has made so far: a join makes new ones. */
export const peerConnections = (page: Page): Promise<number> =>
  page.evaluate(() => (globalThis as unknown as Collecting).peerConnections.length)

/** Frames shown so far in the large picture of the other person; 0 while there is none. */
export const framesShown = (page: Page): Promise<number> =>
  page.evaluate(
    () =>
      document.querySelector<HTMLVideoElement>('.stage__other video')?.getVideoPlaybackQuality().totalVideoFrames ?? 0,
  )
