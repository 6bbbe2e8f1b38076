/** A talk from a phone: a small screen, and a page that is put away for a while and taken out again. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { nothingCutOff } from './axe.ts'
import { anne, jeanne, openBrowser, peerConnections, seesAndHears, shoot, signIn } from './chromium.ts'

const phone = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, deviceScaleFactor: 2 }
const heartbeatMs = 3_000

/** Runs in the page. */
function setVisibility(state: 'visible' | 'hidden'): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state })
  document.dispatchEvent(new Event('visibilitychange'))
}

/** Runs in the page: what lies over the sentence in the place of a picture. */
function covered(): string[] {
  const said = document.querySelector('.stage__unseen p')?.getBoundingClientRect()
  if (said === undefined) return ['nothing is said']
  return [...document.querySelectorAll('.stage__picture .stage__name, .stage__self')].flatMap((over) => {
    const { left, right, top, bottom } = over.getBoundingClientRect()
    const isClear = left >= said.right || right <= said.left || top >= said.bottom || bottom <= said.top
    return isClear ? [] : [over.className]
  })
}

t.test(
  'a phone that is put away during a talk goes on sending, and its page is back in the talk when shown',
  async (t) => {
    const node = await testNode(t, { VISAVIS_HEARTBEAT_MS: String(heartbeatMs) })
    const browser = await openBrowser(t)
    const { page: jobseeker } = await signIn(browser, node.url, jeanne, phone)
    const { page: advisor } = await signIn(browser, node.url, anne)
    await jobseeker.getByRole('button', { name: 'Entrer dans la salle' }).tap()
    await advisor.getByRole('button', { name: `${jeanne.name} est dans la salle et vous attend` }).click()
    await advisor.getByRole('button', { name: 'Entrer dans la salle' }).click()
    await Promise.all([seesAndHears(jobseeker, 'the jobseeker'), seesAndHears(advisor, 'the advisor')])
    await nothingCutOff(t, jobseeker, 'a talk on a phone')
    await shoot(jobseeker, 'talk-phone')
    const before = await Promise.all([peerConnections(jobseeker), peerConnections(advisor)])

    // As phones do: the page is hidden, and then its scripts do not run any more, heartbeats neither.
    const devtools = await jobseeker.context().newCDPSession(jobseeker)
    await jobseeker.evaluate(setVisibility, 'hidden' as const)
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' })
    const end = performance.now() + 3 * heartbeatMs
    await until(() => performance.now() > end, { timeoutMs: 30_000, what: 'the connection to be given up' })
    await seesAndHears(advisor, 'the advisor, meanwhile')

    await devtools.send('Page.setWebLifecycleState', { state: 'active' })
    await jobseeker.evaluate(setVisibility, 'visible' as const)
    await jobseeker.getByText(/^(Connecté|Connected)$/).waitFor()
    await Promise.all([seesAndHears(jobseeker, 'the jobseeker'), seesAndHears(advisor, 'the advisor')])
    await jobseeker.getByRole('button', { name: 'Couper le micro' }).tap()
    await advisor.getByText(`${jeanne.name} a coupé son micro`).waitFor({ state: 'attached' })
    t.same(await Promise.all([peerConnections(jobseeker), peerConnections(advisor)]), before, 'nobody joined anew')

    await jobseeker.setViewportSize({ width: 320, height: 640 })
    // For whoever reads larger letters, and languages that take more room.
    await jobseeker.evaluate(() => document.documentElement.style.setProperty('font-size', '125%'))
    await advisor.getByRole('button', { name: 'Couper la caméra' }).click()
    await jobseeker.getByText(`${anne.name} a coupé sa caméra`).waitFor()
    await shoot(jobseeker, 'talk-phone-camera-off')
    t.same(await jobseeker.evaluate(covered), [], 'what is said of a camera lies under nothing')
  },
)
