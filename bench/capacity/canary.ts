/**
 * What a person sees: two pages of a real Chromium in one synthetic room. They join anew in each run. Their pictures are
 * encoded and decoded on this machine, so they are few.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { programPath } from '../processes.ts'

export interface Seen {
  /** From the moment a page begins to join until it is in, and until it shows the first picture of the other. */
  readonly joinMs: number
  readonly firstFrameMs: number
  /** Share of the time in which the picture stood still, frames a second, share of the sound that was made up. */
  readonly freezeShare: number
  readonly framesPerSecond: number
  readonly concealedShare: number
}

export interface Canary extends AsyncDisposable {
  /** Both join, and look at each other for so long. @throws Error when no picture comes. */
  look(seconds: number): Promise<readonly Seen[]>
  /** Processes of the browser. */
  readonly pids: () => Promise<readonly number[]>
}

/** Undefined when there is no Chromium. */
export const chromiumPath = (): string | undefined =>
  [process.env.VISAVIS_TEST_CHROMIUM, '/usr/lib/chromium/chromium'].find(
    (path) => path !== undefined && existsSync(path),
  )

const joinMs = 20_000

export async function openCanary(executablePath: string, url: string, token: string): Promise<Canary> {
  await using stack = new AsyncDisposableStack()
  const script = await bundle()
  const browser = await chromium.launch({
    executablePath,
    args: [
      ...['--headless=new', '--no-sandbox', '--disable-gpu', '--no-first-run'],
      ...['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      // A page that is made here has no address, and may otherwise not reach a node on this machine.
      '--disable-features=LocalNetworkAccessChecks',
    ],
  })
  stack.defer(() => browser.close())
  const pages = await Promise.all([0, 1].map(() => openPage(browser, { url, token, script })))
  const resources = stack.move()
  return {
    async look(seconds) {
      const [first, second] = pages
      if (first === undefined || second === undefined) return []
      const room = 'synthetic-canary'
      // One waits in the room, as an advisor would.
      const waiting = first.evaluate(join, { room, joinMs })
      waiting.catch(() => {})
      await first.waitForFunction(() => (globalThis as unknown as InPage).canary.isIn())
      const joined = await second.evaluate(join, { room, joinMs })
      await waiting
      const seen = await Promise.all([first, second].map((page) => page.evaluate(watch, seconds)))
      await Promise.all(
        [first, second].map((page) => page.evaluate(() => (globalThis as unknown as InPage).canary.leave())),
      )
      return seen.map((figures) => ({ ...figures, ...joined }))
    },
    pids: () => pidsOf(browser),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** What bench/capacity/canary-page.ts puts into the page. */
interface InPage {
  readonly canary: {
    join(room: string, withinMs: number): Promise<{ joinMs: number; firstFrameMs: number }>
    watch(seconds: number): Promise<Omit<Seen, 'joinMs' | 'firstFrameMs'>>
    isIn(): boolean
    leave(): void
  }
}

const join = ({ room, joinMs }: { readonly room: string; readonly joinMs: number }) =>
  (globalThis as unknown as InPage).canary.join(room, joinMs)
const watch = (seconds: number) => (globalThis as unknown as InPage).canary.watch(seconds)

interface PageOptions {
  readonly url: string
  readonly token: string
  readonly script: string
}

/** A page of the node's own origin, made here: browsers give a camera only to such. */
async function openPage(browser: Browser, { url, token, script }: PageOptions): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  const settings = `globalThis.canarySettings = ${JSON.stringify({ url, token })}`
  const body = `<!doctype html><title>canary</title><video autoplay muted playsinline></video><script>${settings}</script><script type="module" src="/canary.js"></script>`
  await page.route(`${url}/canary`, (route) => route.fulfill({ contentType: 'text/html', body }))
  await page.route(`${url}/canary.js`, (route) => route.fulfill({ contentType: 'text/javascript', body: script }))
  await page.goto(`${url}/canary`)
  await page.waitForFunction(() => (globalThis as unknown as Partial<InPage>).canary !== undefined)
  return page
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [programPath('capacity/canary-page.ts')],
    ...{ bundle: true, format: 'esm', target: 'chrome120', write: false, logLevel: 'warning' },
  })
  return outputFiles?.[0]?.text ?? ''
}

/** All that was started with the folder of this browser's profile, or below its first process. */
async function pidsOf(browser: Browser): Promise<readonly number[]> {
  const session = await browser.newBrowserCDPSession()
  const { processInfo } = await session.send('SystemInfo.getProcessInfo')
  await session.detach()
  const alive = await Promise.all(
    processInfo.map(({ id }) =>
      readFile(`/proc/${id}/stat`, 'utf8').then(
        () => [id],
        () => [],
      ),
    ),
  )
  return alive.flat()
}
