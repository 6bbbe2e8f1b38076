/** Media over a relay: Debian's coturn over UDP, TCP and TLS, with Chromium told to use no other way. */
import { createHash, X509Certificate } from 'node:crypto'
import type { Page } from 'playwright-core'
import t from 'tap'
import { iceServersFor } from '../../src/media/ice-servers.ts'
import { startCoturn } from '../support/coturn.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { anne, jeanne, openBrowser, seesAndHears } from './chromium.ts'
import { openSdkPage, type SdkGlobals, ways } from './sdk-page.ts'

const coturn = await startCoturn(t)
/** Chromium trusts this certificate and no other that nobody has signed. */
const spki = new X509Certificate(coturn.certificate).publicKey.export({ type: 'spki', format: 'der' })
const trust = `--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`
const browser = await openBrowser(t, [trust])

for (const [name, url] of Object.entries(coturn.urls)) {
  t.test(`two people see and hear each other over a relay reached by ${name}`, async (t) => {
    const node = await testNode(t, { VISAVIS_ICE_SERVERS: url, VISAVIS_TURN_SECRET: coturn.secret })
    const enter = (person: typeof jeanne) => openSdkPage(browser, node.url, person, { iceTransportPolicy: 'relay' })
    const pages = [await enter(jeanne), await enter(anne)]
    await Promise.all(pages.map((page, n) => seesAndHears(page, `page ${n}`)))
    for (const page of pages) {
      const used = await until(async () => {
        const found = await ways(page)
        return found.length === 2 && found
      })
      t.same(used, [`relay/${name} → udp 127.0.0.1`, `relay/${name} → udp 127.0.0.1`])
    }
    await Promise.all(pages.map((page) => page.context().close()))
  })
}

/** The user names that the peer connections of a page would open a relay with now. */
const usernames = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const { peerConnections } = globalThis as unknown as { peerConnections: RTCPeerConnection[] }
    const living = peerConnections.filter(({ connectionState }) => connectionState !== 'closed')
    return living.map((connection) => connection.getConfiguration().iceServers?.[0]?.username ?? '')
  })

/** How many relays the page gets with this server. */
const relays = (page: Page, iceServers: RTCIceServer[]): Promise<number> =>
  page.evaluate(async (servers) => {
    const connection = new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: 'relay' })
    let found = 0
    const done = new Promise<void>((resolve) => {
      connection.onicecandidate = ({ candidate }) => {
        if (candidate === null) resolve()
        else if (candidate.type === 'relay') found += 1
      }
    })
    connection.addTransceiver('audio')
    await connection.setLocalDescription()
    await done
    connection.close()
    return found
  }, iceServers)

t.test('media goes on when the credentials have ended, and a restart of ICE uses new ones', async (t) => {
  const lifeMs = 10_000
  const node = await testNode(t, {
    VISAVIS_ICE_SERVERS: coturn.urls.udp,
    VISAVIS_TURN_SECRET: coturn.secret,
    VISAVIS_TURN_CREDENTIAL_MS: String(lifeMs),
  })
  const options = { iceTransportPolicy: 'relay' } as const
  const jobseeker = await openSdkPage(browser, node.url, jeanne, options)
  const advisor = await openSdkPage(browser, node.url, anne, options)
  const expires = (name = '') => Number(name.split(':')[0])
  const [first] = await usernames(jobseeker)
  // A relay that is in use goes on when the credentials that opened it have ended.
  await until(() => Date.now() / 1_000 > expires(first) + 1, { timeoutMs: 30_000, what: 'the end of the first ones' })
  t.same(await usernames(jobseeker), [first, first], 'untouched: new ones would make the next offer a restart')
  await Promise.all([seesAndHears(jobseeker, 'the jobseeker'), seesAndHears(advisor, 'the advisor')])

  const seenBefore = coturn.lines.length
  await jobseeker.evaluate(() => (globalThis as unknown as SdkGlobals).room.restartIce())
  const opened = await until(() =>
    coturn.lines.slice(seenBefore).find((line) => line.includes('ALLOCATE processed, success')),
  )
  t.ok(expires(/user <([^>]+)>/.exec(opened)?.[1]) > expires(first), 'a new relay, opened with new credentials')
  t.ok((await usernames(jobseeker)).every((name) => expires(name) > expires(first)))
  await Promise.all([seesAndHears(jobseeker, 'the jobseeker'), seesAndHears(advisor, 'the advisor')])
  t.notOk(
    coturn.lines.some((line) => line.includes(jeanne.id) || line.includes(anne.id)),
    'its log names nobody',
  )

  const own = { urls: [coturn.urls.udp], turnSecret: coturn.secret, turnCredentialMs: 60_000 }
  t.equal(await relays(jobseeker, iceServersFor(own, 'late', Date.now()).iceServers), 1)
  t.equal(await relays(jobseeker, iceServersFor(own, 'late', Date.now() - 70_000).iceServers), 0, 'too late')
  const guessed = { ...own, turnSecret: 'a guess' }
  t.equal(await relays(jobseeker, iceServersFor(guessed, 'guess', Date.now()).iceServers), 0, 'by a guess')
})
