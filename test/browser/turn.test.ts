/** Media over a relay: Debian's coturn over UDP, TCP and TLS, with Chromium told to use no other way. */
import { createHash, X509Certificate } from 'node:crypto'
import t from 'tap'
import { startCoturn } from '../support/coturn.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { anne, jeanne, openBrowser, seesAndHears } from './chromium.ts'
import { openSdkPage, ways } from './sdk-page.ts'

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
