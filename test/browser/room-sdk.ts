/** Two pages that use the SDK alone, without the pages of the product: what rooms do is seen in `getStats()`. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import type * as Sdk from '../../client/index.ts'
import type { TestNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { openPage } from './chromium.ts'

/** What these pages have in their global scope. */
export interface Talk {
  readonly sdk: typeof Sdk
  visavis: Sdk.Visavis
  room: Sdk.Room
  failures: string[]
}

const entry = fileURLToPath(new URL('../../client/index.ts', import.meta.url))

async function bundle(): Promise<string> {
  const built = await build({
    ...{ entryPoints: [entry], bundle: true, write: false, format: 'iife', globalName: 'sdk', target: 'es2024' },
    logLevel: 'silent',
  })
  return `${built.outputFiles[0]?.text ?? ''}\nglobalThis.sdk = sdk`
}

/**
 * Enters the room of Jeanne as this person, with camera and microphone.
 * @param prepare is done to the page before it connects.
 */
export async function enterBySdk(
  browser: Browser,
  node: TestNode,
  person: string,
  prepare: (page: Page) => unknown = () => {},
): Promise<Page> {
  const { page } = await openPage(browser, { bypassCSP: true })
  await prepare(page)
  await page.goto(`${node.url}/livez`)
  await page.setContent('<!doctype html><title>talk</title><button>go</button>')
  await page.addScriptTag({ content: await bundle() })
  await page.evaluate(
    async ({ url, token }) => {
      const talk = globalThis as unknown as Talk
      talk.failures = []
      talk.visavis = talk.sdk.connect({ url, token: () => token })
      await talk.visavis.opened
      const { stream } = await talk.sdk.openCamera()
      talk.room = talk.visavis.rooms.join('jobseeker-1', { stream })
      await talk.room.ready
    },
    { url: node.url, token: await node.token(person) },
  )
  return page
}

/** Shows a picture of the other person, `width` pixels wide. */
export async function showOther(page: Page, source: 'camera' | 'screen', width: number): Promise<void> {
  await until(
    () =>
      page.evaluate((of) => {
        const { room } = globalThis as unknown as Talk
        return room.remotes[0]?.sources.has(of) === true
      }, source),
    { what: `the ${source} of the other`, timeoutMs: 20_000 },
  )
  await page.evaluate(
    ([of, size]) => {
      const { room } = globalThis as unknown as Talk
      const [remote] = room.remotes
      if (remote === undefined) throw new Error('nobody else is here')
      const known = document.querySelector<HTMLVideoElement>(`video.${of}`)
      const video = known ?? document.createElement('video')
      video.style.width = `${size}px`
      video.style.aspectRatio = '16 / 9'
      if (known !== null) return
      video.className = of
      video.srcObject = of === 'screen' ? (remote.screen ?? null) : remote.stream
      document.body.append(video)
      void video.play().catch(() => {})
      room.watch(remote.participant.id, of, video)
    },
    [source, width] as const,
  )
}

export interface VideoStats {
  readonly frameWidth: number
  readonly bytesReceived: number
  readonly framesDecoded: number
  readonly energy: number
}

/** Of what the page receives: the largest picture, and the sound. */
export const received = (page: Page): Promise<VideoStats> =>
  page.evaluate(async () => {
    const { peerConnections } = globalThis as unknown as { peerConnections: RTCPeerConnection[] }
    const sum = { frameWidth: 0, bytesReceived: 0, framesDecoded: 0, energy: 0 }
    for (const connection of peerConnections) {
      if (connection.connectionState === 'closed') continue
      for (const report of (await connection.getStats()).values()) {
        if (report.type !== 'inbound-rtp') continue
        sum.energy += report.totalAudioEnergy ?? 0
        if (report.kind !== 'video') continue
        sum.frameWidth = Math.max(sum.frameWidth, report.frameWidth ?? 0)
        sum.bytesReceived += report.bytesReceived
        sum.framesDecoded += report.framesDecoded
      }
    }
    return sum
  })

/** Reads something of the room in the page. */
export const ofRoom = <T>(page: Page, read: (talk: Talk) => T): Promise<T> =>
  page.evaluate(`(${String(read)})(globalThis)`) as Promise<T>
