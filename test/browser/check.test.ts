/** The check of devices and network in a real browser: fake devices, a real test call, a report that is kept. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { connect } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, liveCamera, openBrowser, shoot, signIn } from './chromium.ts'

// Many encoders at once on a small machine.
t.setTimeout(300_000)

const agencyToken = 'agency'.repeat(8)
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
const browser = await openBrowser(t, liveCamera)
const patience = { timeout: 60_000 }

const begin = async (page: Page) => {
  await page.goto(`${node.url}/check`)
  await page.getByRole('button', { name: 'Commencer le test' }).click()
}
const hearSound = async (page: Page) => {
  await page.getByRole('button', { name: 'Écouter le son d’essai' }).click()
  await page.getByRole('button', { name: 'Je l’ai entendu' }).click()
}
const looks = (name: string) => async (t: Test, page: Page) => {
  await nothingCutOff(t, page, name)
  await noViolations(t, page, name)
  await shoot(page, `check-${name}`, { fullPage: true })
}

t.test('a person tests everything, and their advisor can see that it went well', async (t) => {
  const { page, complaints } = await signIn(browser, node.url, jeanne)
  await page.goto(`${node.url}/check`)
  await page.getByRole('heading', { name: 'Tester mon matériel' }).waitFor()
  await looks('begin')(t, page)
  await begin(page)
  await page.getByText('Votre micro fonctionne.').waitFor(patience)
  await page.getByText('Appel d’essai en cours…').waitFor(patience)
  await looks('under-way')(t, page)
  await hearSound(page)
  await page.getByText('kbit/s').first().waitFor(patience)
  await looks('measured')(t, page)
  const states = await page
    .locator('.paths__path')
    .evaluateAll((paths) => paths.map((path) => path.getAttribute('data-state')))
  t.same(states, ['reached', 'reached', 'not-offered'], 'UDP and TCP are open; this node has no relay')
  await page.getByRole('button', { name: 'Voir le résultat' }).click()
  await page.getByRole('heading', { name: 'Résultat' }).waitFor()
  await page.getByText('Le résultat est enregistré').waitFor()
  await looks('result')(t, page)
  t.equal(await page.evaluate(() => document.activeElement?.textContent), 'Résultat', 'the result has the focus')

  const advisor = connect({ url: node.url, token: () => node.token(anne.id) })
  t.teardown(() => advisor.close())
  const report = await advisor.checks.last(jeanne.id)
  t.match(report?.measured, { camera: 'ok', microphone: 'ok', speaker: 'heard' })
  t.not(report?.outcome, 'failed')
  const network = report?.measured.network
  if (network === undefined) throw new Error('nothing was measured')
  t.equal(network.path, 'udp')
  t.ok(network.upKbps > 50 && network.upKbps < 3_000, `sent ${network.upKbps} kbit/s`)
  t.ok(network.downKbps > 50 && network.downKbps < 3_000, `received ${network.downKbps} kbit/s`)
  t.ok(network.roundTripMs < 500, `round trip ${network.roundTripMs} ms`)
  t.comment(JSON.stringify(report))

  await page.reload()
  await page.getByText(/Votre dernier test/).waitFor()
  t.same(complaints, [])
})

t.test('whoever refuses their devices, and whose network is closed, is told what to do', async (t) => {
  const { page } = await signIn(browser, node.url, jeanne, { viewport: { width: 320, height: 700 }, locale: 'en-GB' })
  await page.addInitScript(() => {
    navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('denied', 'NotAllowedError'))
    // As if a firewall let nothing through: no candidate of the service is ever tried.
    RTCPeerConnection.prototype.setRemoteDescription = new Proxy(RTCPeerConnection.prototype.setRemoteDescription, {
      apply: (target, self, [description]) =>
        Reflect.apply(target, self, [{ ...description, sdp: description.sdp.replace(/a=candidate:.*\r\n/g, '') }]),
    })
  })
  await page.goto(`${node.url}/check`)
  await page.getByRole('button', { name: 'Begin the test' }).click()
  await page.getByText('Your browser does not allow').first().waitFor()
  await looks('refused-320')(t, page)
  await page.getByText('closed').first().waitFor(patience)
  const finish = page.getByRole('button', { name: 'See the result' })
  await finish.click(patience)
  await page.getByText('A webcam talk will not work like this:').waitFor()
  await page.getByText('This network lets no video call through.').waitFor()
  await page.getByText('never an absence').waitFor()
  await looks('failed-320')(t, page)
})

t.test('who has left, and needs a check to come back, makes one without taking part', async (t) => {
  const post = async (method: string, path: string, token: string, body: object) => {
    const response = await fetch(`${node.url}/api/${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    if (!response.ok) throw new Error(await response.text())
  }
  await post('PATCH', 'regions/bretagne/scheme', agencyToken, { checkRequired: true })
  const karim = { id: 'jobseeker-2', name: 'Karim Benali' }
  const { page, complaints } = await signIn(browser, node.url, karim)
  await post('POST', 'scheme/leave', await node.token(karim.id), { key: 'leave-key-000001' })
  await page.goto(`${node.url}/scheme`)
  await page.getByText('Vérifiez d’abord votre appareil.').waitFor()
  await looks('needed')(t, page)
  await page.getByRole('link', { name: 'Tester mon matériel' }).click()
  await page.getByRole('button', { name: 'Commencer le test' }).click()
  await hearSound(page)
  await page.getByText('kbit/s').first().waitFor(patience)
  await page.getByRole('button', { name: 'Voir le résultat' }).click(patience)
  await page.getByText('Le résultat est enregistré').waitFor()
  await looks('joining')(t, page)
  await page.getByRole('link', { name: 'Retour à ma page' }).click()
  await page.getByLabel('J’ai lu').check()
  await page.getByRole('button', { name: 'Revenir' }).click()
  await page.getByText('Vous participez. Voici votre récépissé.').waitFor()
  t.same(complaints, [])
})
