/**
 * What a person sees: two pages of a real Chromium in the room of a jobseeker. Their advisor waits; the jobseeker joins,
 * looks, leaves, and joins again for as long as a run lasts. Their pictures are encoded and decoded on this machine, so they
 * are few, and what that costs is the load generator's.
 */
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { build } from 'esbuild'
import { type Browser, chromium, type Page } from 'playwright-core'
import { programPath } from '../processes.ts'
import { cpuUs, difference, type PerPart } from '../usage.ts'
import type { Portfolio } from '../visavis.ts'
import { type Moment, pageNames, type Sight, type Visit } from './sight.ts'

export interface Canary extends AsyncDisposable {
  /** Name and version. */
  readonly version: string
  /**
   * For so long, joins included. @param visitMs of each visit, unless the time ends before.
   * @throws NoPicture when somebody joined and saw nothing; otherwise the browser failed.
   */
  look(seconds: number, visitMs?: number): Promise<Sight>
  /** Both in their room, who see each other until it is over. */
  talk<T>(during: (talk: Talk) => Promise<T>): Promise<T>
  /** The advisor alone enters these rooms of theirs at once, with sound, and leaves them. */
  storm(rooms: readonly string[]): Promise<{ readonly joined: number; readonly ms: number }>
  /** Processes of the browser. */
  readonly pids: () => Promise<readonly number[]>
}

/** Two people who see and hear each other. */
export interface Talk {
  /** RTP packets that both have received so far. */
  packets(): Promise<number>
  /** Begins to look: when (ms since the epoch) both have seen a picture over connections made from now on. */
  nextPictures(): Promise<{ readonly seen: Promise<number> }>
}

/** The browser did its part, and no picture came. */
export class NoPicture extends Error {}

/**
 * Without its windows, which nobody sees, a browser takes less of the machine that it shares with the server.
 * @returns undefined when there is no Chromium.
 */
export const chromiumPath = (): string | undefined =>
  [
    ...[process.env.VISAVIS_TEST_HEADLESS_CHROMIUM, process.env.VISAVIS_TEST_CHROMIUM],
    ...['/usr/lib/chromium/chromium-headless-shell', '/usr/lib/chromium/chromium'],
  ].find((path) => path !== undefined && existsSync(path))

const patienceMs = 15_000
/** Of one visit. */
const usualVisitMs = 4_000
const leastVisitMs = 1_000
const momentMs = 500

export interface CanaryOptions {
  /** After so long somebody who joined sees nothing. */
  readonly joinMs?: number
  /**
   * Of what the pages send, px. With 1,280 there are three encodings, and the two pages take 1.6 cores by themselves
   * (2026-11, 2 cores): pictures stand still for want of an encoder, whatever the server does.
   */
  readonly cameraWidth?: number
}

/** @param two of whom the pages are. */
export async function openCanary(
  executablePath: string,
  url: string,
  two: Portfolio,
  { joinMs = patienceMs, cameraWidth = 1_280 }: CanaryOptions = {},
): Promise<Canary> {
  const { token: advisor, channels } = two
  const [{ channel: room, token: jobseeker } = { channel: '', token: '' }] = channels
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
  const open = (token: string) => openPage(browser, { url, token, cameraWidth, script })
  const pages = await Promise.all([open(advisor), open(jobseeker)] as const)
  const resources = stack.move()
  return {
    version: `Chromium ${browser.version()}`,
    async look(seconds, visitMs = usualVisitMs) {
      const [waiting, joining] = pages
      const before = await cpuOf(browser)
      const startedAt = performance.now()
      const passed = () => performance.now() - startedAt
      try {
        // Nobody is there to be seen yet: its first picture is that of the first visit.
        const waits = waiting.evaluate(join, { room, joinMs: joinMs + seconds * 1_000 })
        waits.catch(() => {})
        // Whichever comes first: why it could not get in says more than that it took too long.
        await Promise.race([
          waits,
          waiting.waitForFunction(() => (globalThis as unknown as InPage).canary.isIn(), null, { timeout: joinMs }),
        ])
        const visits: Visit[] = []
        const moments: Moment[] = []
        do {
          const atMs = passed()
          visits.push({ atMs, ...(await joining.evaluate(join, { room, joinMs })) })
          const forMs = Math.max(leastVisitMs, Math.min(visitMs, seconds * 1_000 - passed()))
          const from = passed()
          const seen = await Promise.all([waiting, joining].map((page) => page.evaluate(watch, { forMs, momentMs })))
          for (const [n, page] of pageNames.entries()) {
            moments.push(...(seen[n] ?? []).map((moment) => ({ ...moment, page, atMs: from + moment.atMs })))
          }
          await joining.evaluate(leave)
        } while (passed() + leastVisitMs < seconds * 1_000)
        return { visits, moments, core: busiest(before, await cpuOf(browser), passed()) }
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error)
        throw why.includes('no picture') ? new NoPicture(why, { cause: error }) : error
      } finally {
        await Promise.all(pages.map((page) => page.evaluate(leave).catch(() => {})))
      }
    },
    async talk(during) {
      const connections = () => Promise.all(pages.map((page) => page.evaluate(count)))
      try {
        await Promise.all(pages.map((page) => page.evaluate(join, { room, joinMs })))
        return await during({
          packets: async () => (await Promise.all(pages.map((page) => page.evaluate(packets)))).reduce((a, b) => a + b),
          async nextPictures() {
            const known = await connections()
            const each = pages.map((page, n) => page.evaluate(picture, { known: known[n] ?? 0, joinMs }))
            const seen = Promise.all(each).then((moments) => Math.max(...moments))
            // Whoever asked may have ended before.
            seen.catch(() => {})
            return { seen }
          },
        })
      } finally {
        await Promise.all(pages.map((page) => page.evaluate(leave).catch(() => {})))
      }
    },
    storm: (rooms) => pages[0].evaluate(storm, { rooms, joinMs }),
    pids: () => pidsOf(browser),
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  }
}

/** What bench/capacity/canary-page.ts puts into the page. */
interface InPage {
  readonly canary: {
    join(room: string, withinMs: number): Promise<Omit<Visit, 'atMs'>>
    watch(forMs: number, everyMs: number): Promise<Omit<Moment, 'page'>[]>
    isIn(): boolean
    leave(): void
    connections(): number
    packets(): Promise<number>
    pictureAfter(known: number, withinMs: number): Promise<number>
    storm(rooms: readonly string[], withinMs: number): Promise<{ joined: number; ms: number }>
  }
}

// These run in the page.
const join = ({ room, joinMs }: { readonly room: string; readonly joinMs: number }) =>
  (globalThis as unknown as InPage).canary.join(room, joinMs)
const watch = ({ forMs, momentMs }: { readonly forMs: number; readonly momentMs: number }) =>
  (globalThis as unknown as InPage).canary.watch(forMs, momentMs)
const leave = () => (globalThis as unknown as InPage).canary.leave()
const count = () => (globalThis as unknown as InPage).canary.connections()
const packets = () => (globalThis as unknown as InPage).canary.packets()
const picture = ({ known, joinMs }: { readonly known: number; readonly joinMs: number }) =>
  (globalThis as unknown as InPage).canary.pictureAfter(known, joinMs)
const storm = ({ rooms, joinMs }: { readonly rooms: readonly string[]; readonly joinMs: number }) =>
  (globalThis as unknown as InPage).canary.storm(rooms, joinMs)

interface PageOptions {
  readonly url: string
  readonly token: string
  readonly cameraWidth: number
  readonly script: string
}

/** A page of the node's own origin, made here: browsers give a camera only to such. */
async function openPage(browser: Browser, { url, token, cameraWidth, script }: PageOptions): Promise<Page> {
  const page = await (await browser.newContext()).newPage()
  const settings = `globalThis.canarySettings = ${JSON.stringify({ url, token, cameraWidth })}`
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

/** CPU time of each process, µs. */
const cpuOf = async (browser: Browser): Promise<PerPart> =>
  cpuUs(Object.fromEntries((await pidsOf(browser)).map((pid) => [String(pid), [pid]])))

/** Share of a core. */
const busiest = (before: PerPart, after: PerPart, ms: number): number =>
  Math.max(0, ...Object.values(difference(before, after))) / (ms * 1_000)
