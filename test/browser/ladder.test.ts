/**
 * A network that closes in the middle of a talk, for media alone: everything is tried, one after the other, by itself, and the
 * person can read what. A relay is found when it can be reached; a callback is offered when nothing can.
 */
import { createHash, X509Certificate } from 'node:crypto'
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { frRoom } from '../../web/language/fr-room.ts'
import { startCoturn } from '../support/coturn.ts'
import { testNode } from '../support/node.ts'
import { mayMakeNamespaces, roughLine } from '../support/rough-line.ts'
import { until } from '../support/until.ts'
import { noViolations } from './axe.ts'
import { anne, executablePath, jeanne, openBrowser, received, seesAndHears, shoot, signIn } from './chromium.ts'
import { ways } from './sdk-page.ts'

/** With the way back down: media has to flow for 20 s until all is well again. */
const long = process.env.VISAVIS_TEST_LONG !== undefined
// Each rung takes its seconds, with a busy machine more.
t.setTimeout(400_000)
const patience = { timeoutMs: 60_000, everyMs: 100 }

/** Sound, and no picture meanwhile. */
async function hearsAlone(t: Test, page: Page): Promise<void> {
  const before = await received(page)
  const now = await until(
    async () => {
      const found = await received(page)
      return found.totalAudioEnergy > before.totalAudioEnergy && found
    },
    { ...patience, what: 'sound' },
  )
  t.equal(now.framesDecoded, before.framesDecoded, 'sound alone')
}

const may = await mayMakeNamespaces()
t.test(
  'the ladder, as whoever is on it sees it',
  { skip: may ? false : 'making network namespaces takes root' },
  async (t) => {
    const line = await roughLine(t)
    const coturn = await startCoturn(t, line.here)
    const node = await testNode(t, {
      VISAVIS_HOST: line.here,
      VISAVIS_MEDIA_LISTEN_IP: line.here,
      VISAVIS_ICE_SERVERS: coturn.urls.tls,
      VISAVIS_TURN_SECRET: coturn.secret,
      VISAVIS_DEV_SIGN_IN: 'true',
      VISAVIS_DEV_SIGN_IN_ON_PUBLIC_ADDRESS: 'true',
    })
    const portOf = (url: string) => Number(/:(\d+)\/?(?:\?|$)/.exec(url)?.[1])
    const [signaling, relay] = [portOf(node.url), portOf(coturn.urls.tls)]
    const spki = new X509Certificate(coturn.certificate).publicKey.export({ type: 'spki', format: 'der' })
    const flags = [
      `--unsafely-treat-insecure-origin-as-secure=${node.url}`,
      `--ignore-certificate-errors-spki-list=${createHash('sha256').update(spki).digest('base64')}`,
    ]
    const away = await openBrowser(t, flags, await line.within(executablePath))
    const { page: jobseeker } = await signIn(away, node.url, jeanne)
    const { page: advisor } = await signIn(await openBrowser(t, flags, executablePath), node.url, anne)
    await jobseeker.getByRole('button', { name: 'Entrer dans la salle' }).click()
    await advisor.getByRole('button', { name: `${jeanne.name} est dans la salle et vous attend` }).click()
    await advisor.getByRole('button', { name: 'Entrer dans la salle' }).click()
    await Promise.all([seesAndHears(jobseeker, 'the jobseeker'), seesAndHears(advisor, 'the advisor')])
    const trouble = jobseeker.locator('.stage__trouble')

    await line.set({ only: signaling })
    for (const text of ['troubleRestarting', 'troubleRejoining', 'troubleSoundAlone', 'troubleRelay'] as const) {
      await trouble.getByText(frRoom[text]).waitFor()
      await shoot(jobseeker, `ladder-${text}`)
      t.pass(frRoom[text])
    }

    await line.set({ only: signaling, also: relay })
    await until(async () => (await ways(jobseeker)).some((way) => way.startsWith('relay/tls')), {
      ...patience,
      what: 'a relay',
    })
    await trouble.getByText(frRoom.troubleAudioOnly).waitFor()
    await hearsAlone(t, jobseeker)
    await shoot(jobseeker, 'ladder-sound-over-a-relay')

    await line.set({ only: signaling })
    await trouble.getByText(frRoom.troubleCallback).waitFor()
    await noViolations(t, jobseeker, 'the offer of a callback', { within: '.stage__trouble' })
    await shoot(jobseeker, 'ladder-callback')
    await trouble.getByRole('button', { name: frRoom.callback }).click()
    await jobseeker.getByLabel('Votre numéro de téléphone').waitFor()

    if (!long) return
    // The form is below: of a picture that is out of sight nothing is received.
    await jobseeker.locator('.stage').scrollIntoViewIfNeeded()
    await line.set({ only: signaling, also: relay })
    await trouble.getByText(frRoom.troubleAudioOnly).waitFor({ timeout: patience.timeoutMs })
    await until(async () => (await trouble.innerText()).trim() === '', { ...patience, what: 'the end of all trouble' })
    await Promise.all([seesAndHears(jobseeker, 'the jobseeker'), seesAndHears(advisor, 'the advisor')])
    t.ok(
      (await ways(jobseeker)).every((way) => way.startsWith('relay/tls')),
      'what was blocked once is not tried again',
    )
  },
)
