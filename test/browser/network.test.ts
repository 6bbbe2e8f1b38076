/** Which way media takes between Chromium and a node: TCP where nothing else gets through, and IPv6. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { anne, jeanne, openBrowser, openPage, type SamplePerson, seesAndHears } from './chromium.ts'

/** Runs in the page: of the node's candidates only those are heard of in which the words occur. */
function onlyCandidatesWith(words: string): void {
  const set = RTCPeerConnection.prototype.setRemoteDescription
  const filtered = function (this: RTCPeerConnection, { type, sdp = '' }: RTCSessionDescriptionInit) {
    const lines = sdp.split('\r\n')
    const kept = lines.filter((line) => !line.startsWith('a=candidate:') || line.includes(words))
    return Reflect.apply(set, this, [{ type, sdp: kept.join('\r\n') }]) as Promise<void>
  }
  RTCPeerConnection.prototype.setRemoteDescription = filtered as typeof set
}

/** The ways that are in use, as `protocol address` of the node. */
const ways = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const { peerConnections } = globalThis as unknown as { peerConnections: RTCPeerConnection[] }
    const found: string[] = []
    for (const connection of peerConnections) {
      const stats = await connection.getStats()
      for (const report of stats.values()) {
        if (report.type !== 'transport' || report.selectedCandidatePairId === undefined) continue
        const { remoteCandidateId } = stats.get(report.selectedCandidatePairId)
        const { protocol, address } = stats.get(remoteCandidateId)
        found.push(`${protocol} ${address}`)
      }
    }
    return found
  })

t.test('one side over TCP alone, the other over IPv6: they see and hear each other', async (t) => {
  const node = await testNode(t, { VISAVIS_MEDIA_LISTEN_IP: '127.0.0.1,::1' })
  const browser = await openBrowser(t)
  const enter = async ({ name }: SamplePerson, words: string) => {
    const { page } = await openPage(browser)
    await page.addInitScript(onlyCandidatesWith, words)
    await page.goto(node.url)
    await page.getByRole('button', { name }).click()
    return page
  }
  const jobseeker = await enter(jeanne, ' tcp ')
  const advisor = await enter(anne, ' ::1 ')
  await jobseeker.getByRole('button', { name: 'Entrer dans la salle' }).click()
  await advisor.getByRole('button', { name: `${jeanne.name} est dans la salle et vous attend` }).click()
  await advisor.getByRole('button', { name: 'Entrer dans la salle' }).click()
  await Promise.all([seesAndHears(jobseeker, 'the jobseeker'), seesAndHears(advisor, 'the advisor')])
  const used = await until(async () => {
    const found = [await ways(jobseeker), await ways(advisor)]
    return found.every(({ length }) => length === 2) && found
  })
  t.match(used[0], [/^tcp /, /^tcp /])
  t.match(used[1], [/ \[?::1\]?$/, / \[?::1\]?$/])
})
