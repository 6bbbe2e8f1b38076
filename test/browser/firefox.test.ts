/** Debian's Firefox in a talk with Chromium: each sees and hears the other. */
import { networkInterfaces } from 'node:os'
import t from 'tap'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { anne, collectPeerConnections, countReceived, jeanne, openBrowser, seesAndHears } from './chromium.ts'
import { openFirefox } from './firefox.ts'
import { enterRoom, openSdkPage, sdkScript } from './sdk-page.ts'

/** Firefox never tries a way from a real address to loopback, so media listens on this machine's own. */
const ownAddress =
  Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .find(({ family, internal }) => family === 'IPv4' && !internal)?.address ?? '127.0.0.1'

t.test('a jobseeker with Firefox and an advisor with Chromium see and hear each other', async (t) => {
  const node = await testNode(t, { VISAVIS_MEDIA_LISTEN_IP: ownAddress })
  const firefox = await openFirefox(t, collectPeerConnections)
  await firefox.goto(node.url)
  await firefox.load(await sdkScript())
  await firefox.run(enterRoom, { person: jeanne.id, room: jeanne.id, options: {} })
  const chromium = await openSdkPage(await openBrowser(t), node.url, anne)

  await seesAndHears(chromium, 'Chromium')
  const before = await firefox.run(countReceived, undefined)
  await until(
    async () => {
      const now = await firefox.run(countReceived, undefined)
      return now.framesDecoded > before.framesDecoded + 5 && now.totalAudioEnergy > before.totalAudioEnergy
    },
    { timeoutMs: 30_000, everyMs: 200, what: 'moving pictures and sound in Firefox' },
  )
  t.pass('both directions')
})
