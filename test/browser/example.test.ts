/** The example of webcam rooms that the README of the client shows, run as it is by two pages: each sees the other. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Page } from 'playwright-core'
import t from 'tap'
import type { enterRoom } from '../../client/examples/room.ts'
import type { connect, Room } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { anne, jeanne, openBrowser, openPage } from './chromium.ts'

interface Example {
  readonly example: { readonly connect: typeof connect; readonly enterRoom: typeof enterRoom }
  room: Room
}

const script = async (): Promise<string> => {
  const { outputFiles } = await build({
    stdin: {
      contents: "export { connect } from './index.ts'\nexport { enterRoom } from './examples/room.ts'",
      resolveDir: fileURLToPath(new URL('../../client/', import.meta.url)),
      loader: 'ts',
    },
    ...{ bundle: true, format: 'iife', globalName: 'example', target: 'es2024', write: false, logLevel: 'warning' },
  })
  return `${outputFiles[0]?.text}; globalThis.example = example`
}

/** Runs in the page. */
async function enter([token, room]: readonly [token: string, room: string]): Promise<void> {
  const page = globalThis as unknown as Example
  const video = document.body.appendChild(document.createElement('video'))
  video.id = 'other'
  video.muted = true
  video.autoplay = true
  const visavis = page.example.connect({ url: location.origin, token: () => token })
  page.room = await page.example.enterRoom(visavis, room, video)
}

/** Frames shown, or -1 while there is no picture. */
const shown = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const video = document.querySelector<HTMLVideoElement>('#other')
    return video?.srcObject ? video.getVideoPlaybackQuality().totalVideoFrames : -1
  })

t.test('the example of a webcam room shows each the other, and nobody once they have left', async (t) => {
  const node = await testNode(t)
  const browser = await openBrowser(t)
  const text = await script()
  const pages = await Promise.all(
    [jeanne, anne].map(async ({ id }) => {
      const { page } = await openPage(browser)
      await page.goto(node.url)
      await page.evaluate(text)
      await page.evaluate(enter, [await node.token(id), jeanne.id] as const)
      return page
    }),
  )
  await until(async () => (await Promise.all(pages.map(shown))).every((frames) => frames > 5), {
    what: 'moving pictures at both',
    everyMs: 100,
  })
  const [left, stays] = pages
  await left?.evaluate(() => (globalThis as unknown as Example).room.leave())
  await until(async () => stays !== undefined && (await shown(stays)) === -1, { what: 'the end of the picture' })
})
