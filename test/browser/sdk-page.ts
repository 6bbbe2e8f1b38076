/** The SDK alone in a page of a node, for what the pages of people have no button for. */
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import type * as Sdk from '../../client/index.ts'
import type { JoinOptions, Room } from '../../client/index.ts'
import { jeanne, openPage, type SamplePerson } from './chromium.ts'

export interface SdkGlobals {
  readonly sdk: typeof Sdk
  room: Room
}

/** The SDK as a script that makes it the global `sdk`. */
export const sdkScript = async (): Promise<string> => {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('../../client/index.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    globalName: 'sdk',
    // As the pages of the product are built: `using` is new in Firefox 141.
    target: ['chrome111', 'firefox120'],
    write: false,
    logLevel: 'warning',
  })
  return `${outputFiles[0]?.text}; globalThis.sdk = sdk`
}

/** A page with the SDK as `sdk`, and this person in the room of the sample jobseeker, with camera and microphone, as `room`. */
export async function openSdkPage(
  browser: Browser,
  url: string,
  person: SamplePerson,
  options: Omit<JoinOptions, 'stream'> = {},
): Promise<Page> {
  const { page } = await openPage(browser)
  // A page of the node itself: one that the test answers would come from nowhere, and may not connect to this machine.
  await page.goto(url)
  // Pages that nobody has touched may not play sound.
  await page.mouse.click(1, 1)
  await page.evaluate(await sdkScript())
  await page.evaluate(enterRoom, { person: person.id, room: jeanne.id, options })
  return page
}

export interface Entering {
  readonly person: string
  readonly room: string
  readonly options: JoinOptions
}

/** Runs in the page. */
export async function enterRoom({ person, room, options }: Entering): Promise<void> {
  const page = globalThis as unknown as SdkGlobals
  const { connect, developmentToken, openCamera } = page.sdk
  const token = async () => (await developmentToken(location.origin, person)).token
  const { stream } = await openCamera()
  const entered = connect({ url: location.origin, token }).rooms.join(room, { ...options, stream })
  page.room = entered
  // A browser decodes what is played somewhere.
  const player = document.body.appendChild(document.createElement('video'))
  player.autoplay = true
  entered.onChange(() => {
    const [other] = entered.remotes
    if (other !== undefined && player.srcObject !== other.stream) player.srcObject = other.stream
  })
  await entered.ready
}

/** The ways that media takes: protocol and type of the candidate pairs in use, `relay/tls → udp 127.0.0.1` for instance. */
export const ways = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const { peerConnections } = globalThis as unknown as { peerConnections: RTCPeerConnection[] }
    const found: string[] = []
    for (const connection of peerConnections) {
      if (connection.connectionState === 'closed') continue
      const stats = await connection.getStats()
      for (const report of stats.values()) {
        if (report.type !== 'transport' || report.selectedCandidatePairId === undefined) continue
        const { localCandidateId, remoteCandidateId } = stats.get(report.selectedCandidatePairId)
        const [local, remote] = [stats.get(localCandidateId), stats.get(remoteCandidateId)]
        const how = local.candidateType === 'relay' ? `relay/${local.relayProtocol}` : local.candidateType
        found.push(`${how} → ${remote.protocol} ${remote.address}`)
      }
    }
    return found
  })
