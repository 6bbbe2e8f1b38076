/** Files in a real browser: sent with progress by the SDK, and saved by a click, never shown. */
import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import t from 'tap'
import type * as Sdk from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { openBrowser, openPage } from './chromium.ts'

interface WithSdk {
  readonly sdk: typeof Sdk
  visavis: Sdk.Visavis
}

const bundle = await build({
  entryPoints: [fileURLToPath(new URL('../../client/index.ts', import.meta.url))],
  bundle: true,
  write: false,
  format: 'iife',
  globalName: 'sdk',
})
const browser = await openBrowser(t)

async function signedIn() {
  const node = await testNode(t)
  const { page, complaints } = await openPage(browser)
  await page.goto(`${node.url}/livez`)
  await page.evaluate(`${bundle.outputFiles[0]?.text}; globalThis.sdk = sdk`)
  await page.evaluate(async () => {
    const here = globalThis as unknown as WithSdk
    const url = location.origin
    const token = async () => (await here.sdk.developmentToken(url, 'jobseeker-1')).token
    here.visavis = here.sdk.connect({ url, token })
    await here.visavis.opened
  })
  return { node, page, complaints }
}

t.test('a file is sent with its progress, and a click on its link saves it under its name', async (t) => {
  const { page, complaints } = await signedIn()
  const { sent, shares, url } = await page.evaluate(async () => {
    const { attachments } = (globalThis as unknown as WithSdk).visavis
    const shares: number[] = []
    const file = new Blob(['<3 <script>document.title = "run"</script> ', 'été '.repeat(500_000)], {
      type: 'text/html',
    })
    const onProgress = (share: number) => shares.push(share)
    const sent = await attachments.upload('jobseeker-1', file, { name: 'été 🔧.html', onProgress })
    return { sent, shares, url: (await attachments.link('jobseeker-1', sent.id)).url }
  })
  t.match(sent, { name: 'été 🔧.html.txt', mediaType: 'text/plain' })
  t.ok(shares.length > 1 && shares.at(-1) === 1, `${shares.length} steps`)
  t.same(
    shares,
    [...shares].sort((a, b) => a - b),
  )
  for (const target of ['_self', '_blank']) {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.evaluate(
        ({ href, target }) => {
          document.body.append(Object.assign(document.createElement('a'), { href, target, id: target }))
          document.getElementById(target)?.click()
        },
        { href: url, target },
      ),
    ])
    t.equal(download.suggestedFilename(), 'été 🔧.html.txt', target)
    t.match(await readFile(await download.path(), 'utf8'), /^<3 <script>/)
  }
  t.not(await page.title(), 'run')
  // This page has no icon.
  t.same(
    complaints.filter((complaint) => !complaint.includes('404')),
    [],
  )
})

t.test('a refusal reaches the page with its reason, also while the file is still being sent', async (t) => {
  const { page } = await signedIn()
  const refusals = await page.evaluate(async () => {
    const { attachments } = (globalThis as unknown as WithSdk).visavis
    const program = new Uint8Array(9_000_000)
    program.set([0x4d, 0x5a, 0x90, 0, 3])
    const told: unknown[] = []
    for (const bytes of [program, new Uint8Array(40_000_000)])
      for (const onProgress of [undefined, () => {}]) {
        const options = { name: 'x.pdf', ...(onProgress === undefined ? {} : { onProgress }) }
        const { code, details } = await attachments
          .upload('jobseeker-1', new Blob([bytes]), options)
          .catch((error: Sdk.VisavisError) => error as Sdk.VisavisError & Record<'code' | 'details', unknown>)
          .then((outcome) => outcome as unknown as { code: string; details: unknown })
        told.push({ code, details })
      }
    return told
  })
  const program = { code: 'UNSUPPORTED', details: { reason: 'type', detected: 'application/x-msdownload' } }
  const large = { code: 'TOO_LARGE', details: { maxBytes: 10_485_760 } }
  t.same(refusals, [program, program, large, large])
})

t.test('an upload is given up', async (t) => {
  const { page } = await signedIn()
  const reason = await page.evaluate(async () => {
    const { attachments } = (globalThis as unknown as WithSdk).visavis
    const abort = new AbortController()
    const options = { name: 'x', signal: abort.signal, onProgress: () => abort.abort(new Error('no longer wanted')) }
    return attachments
      .upload('jobseeker-1', new Blob(['a'.repeat(9_000_000)]), options)
      .then(() => 'sent')
      .catch((error: Error) => error.message)
  })
  t.equal(reason, 'no longer wanted')
})
