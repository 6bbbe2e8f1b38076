/** The operators' page in a real browser: a quiet deployment, one at its limits, and who is let in. */
import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import t from 'tap'
import { certificateFormat, signCertificate } from '../../src/capacity/certificate.ts'
import { testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { openBrowser, openPage, shoot } from './chromium.ts'

const { privateKey } = generateKeyPairSync('ed25519')
const dayMs = 86_400_000
const denis = 'operator-denis'

interface Strictness {
  readonly low: number
  readonly days: number
  readonly nodes: number
  readonly objectives: { readonly eventLoopP99Ms: number; readonly cpuShare: number }
}
const roomy: Strictness = { low: 18_000, days: 30, nodes: 1, objectives: { eventLoopP99Ms: 60_000, cpuShare: 100 } }
/** Whatever the node does is beyond that. */
const narrow: Strictness = { low: 3, days: 3, nodes: 2, objectives: { eventLoopP99Ms: 0.001, cpuShare: 0.000_001 } }

const certificateOf = ({ low, days, nodes, objectives }: Strictness) =>
  signCertificate(
    {
      ...{ format: certificateFormat, region: 'bretagne', issuedAt: Date.now() - 1_000, verdict: 'LAUNCH' },
      expiresAt: Date.now() + days * dayMs,
      capacity: { value: Math.ceil(low * 1.1), low, high: Math.ceil(low * 1.2), atLeast: false },
      limit: { resource: 'worker CPU', share: 0.93 },
      inputs: { nodes: Array.from({ length: nodes }, (_, n) => `http://node-${n}`), objectives },
      demand: { sockets: 1_200, concurrentRooms: 60, messagesPerSecond: 8 },
      results: { factor: { low: 1.5 } },
    },
    privateKey,
  )

const folder = await mkdtemp(join(tmpdir(), 'vv-keys-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))
const keys = join(folder, 'keys.json')
await writeFile(keys, JSON.stringify({ keys: [certificateOf(roomy).key] }))
const redis = await testRedis(t)
const node = await testNode(t, {
  ...{ REDIS_URL: redis.url, VISAVIS_NODE_NAME: 'node-1', VISAVIS_CAPACITY_KEYS: keys },
})
const browser = await openBrowser(t)

async function certify(strictness: Strictness): Promise<void> {
  const response = await fetch(`${node.url}/api/regions/bretagne/capacity/certificate`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${await node.token(denis)}`, 'content-type': 'application/json' },
    body: JSON.stringify(certificateOf(strictness)),
  })
  if (!response.ok) throw new Error(await response.text())
}

/** Through the sign-in of a trial server. */
async function signInAsOperator(page: Page): Promise<void> {
  await page.goto(node.url)
  await page.getByRole('button', { name: 'Denis Morvan' }).click()
  await page.getByRole('heading', { name: 'Charge et capacité certifiée' }).waitFor()
}
const bretagne = (page: Page) => page.getByRole('region', { name: 'Bretagne' })
/** Once the node has looked at itself. */
const wellKnown = (page: Page) => page.getByRole('region', { name: 'node-1' }).getByText('Processeur du nœud').waitFor()

t.test('a quiet deployment: no limit is near, and the certificate is told of', async (t) => {
  await certify(roomy)
  const { page, complaints } = await openPage(browser)
  await signInAsOperator(page)
  await wellKnown(page)
  await bretagne(page)
    .getByText(/sur 18\s000$/)
    .waitFor()
  await bretagne(page).getByText('le processeur des workers média').waitFor()
  await bretagne(page).getByText('sur 1\u202f800 certifiés').waitFor()
  await page.getByText('Aucune limite n’est proche.').waitFor()
  await noViolations(t, page, 'a quiet deployment')
  await nothingCutOff(t, page, 'a quiet deployment')
  await shoot(page, 'operator-quiet', { fullPage: true })

  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'Load against certified capacity' }).waitFor()
  t.equal(await page.title(), 'Operation · Visavis')
  const said = await page.innerText('main')
  t.match(said, /\d\d:\d\d:\d\d(?! [AP]M)/, 'times as in Europe')
  t.notMatch(said, /\b0\sbyte\b/)
  await shoot(page, 'operator-quiet-english', { fullPage: true })
  t.strictSame(complaints, [])
})

t.test('a node is drained and put back by the keyboard', async (t) => {
  const { page } = await openPage(browser)
  await signInAsOperator(page)
  const drain = page.getByRole('button', { name: 'Vider node-1' })
  await drain.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: /Vider node-1/ })
  await dialog.waitFor()
  await noViolations(t, page, 'the question', { within: 'dialog' })
  await shoot(page, 'operator-drain')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  t.equal(node.app.readiness().parts.node, 'serving', 'leaving it changes nothing')
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Vider', exact: true }).click()
  await page.getByText('se vide').waitFor()
  t.equal(node.app.readiness().parts.node, 'draining')
  await page.getByRole('button', { name: 'Remettre node-1 en service' }).click()
  await drain.waitFor()
  t.equal(node.app.readiness().parts.node, 'serving')
})

t.test('without a trial sign-in an operator’s token opens it, and nobody else’s', async (t) => {
  const { page } = await openPage(browser)
  await page.goto(`${node.url}/operator`)
  const field = page.getByLabel('Jeton')
  await field.waitFor()
  await noViolations(t, page, 'the token')
  await shoot(page, 'operator-token')
  const enter = async (token: string) => {
    await field.fill(token)
    await page.keyboard.press('Enter')
  }
  await enter('')
  await page.getByText('Veuillez coller un jeton').waitFor()
  await enter('nonsense')
  await page.getByText('Ce jeton n’est pas valable').waitFor()
  await enter(await node.token('supervisor-claire'))
  await page.getByText('ce n’est pas celui d’un exploitant').waitFor()
  t.equal(await page.getByRole('heading', { name: 'Nœuds' }).count(), 0, 'nothing is shown before')
  await enter(await node.token(denis))
  await page.getByRole('heading', { name: 'Nœuds' }).waitFor()
  const kept = await page.evaluate(() => JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie]))
  t.notMatch(kept, /eyJ/, 'it is kept nowhere')
  await page.reload()
  await field.waitFor()
})

t.test('while there is no answer the page shows the last one, and goes on by itself', async (t) => {
  const { page } = await openPage(browser)
  await signInAsOperator(page)
  await wellKnown(page)
  await page.context().setOffline(true)
  await page.getByText(/Pas de réponse depuis/).waitFor({ timeout: 60_000 })
  t.equal(await bretagne(page).count(), 1, 'the last answer stays')
  await shoot(page, 'operator-offline', { fullPage: true })
  await page.context().setOffline(false)
  await page.getByRole('button', { name: 'Essayer maintenant' }).click()
  await page.getByText(/Pas de réponse depuis/).waitFor({ state: 'detached' })
})

t.test('at its limits: each is told in words, wide and narrow, light and dark', async (t) => {
  await certify(narrow)
  for (const { width, colorScheme } of [
    { width: 1_360, colorScheme: 'light' },
    { width: 320, colorScheme: 'dark' },
  ] as const) {
    const { page, complaints } = await openPage(browser, { viewport: { width, height: 860 }, colorScheme })
    await signInAsOperator(page)
    await wellKnown(page)
    for (const sentence of [
      /toutes prises/,
      /le certificat se termine/,
      /nœuds en service\u00a0: 1\. Le certificat a été mesuré avec 2/,
      /node-1\u00a0: la boucle d’événements a .* de retard, au-delà/,
      /node-1\u00a0: le nœud utilise/,
    ])
      await page.locator('.warning').filter({ hasText: sentence }).waitFor()
    // They are read out as well, without moving anybody's focus.
    await until(async () => (await page.locator('[aria-live]').textContent()) !== '', { what: 'them being read out' })
    const what = `the limits at ${width} px, ${colorScheme}`
    await noViolations(t, page, what)
    await nothingCutOff(t, page, what)
    await shoot(page, `operator-limits-${width}-${colorScheme}`, { fullPage: true })
    await page.getByRole('button', { name: 'English' }).click()
    await page.locator('.warning').filter({ hasText: 'all 3 certified places are taken' }).waitFor()
    await noViolations(t, page, `${what}, in English`)
    await nothingCutOff(t, page, `${what}, in English`)
    await shoot(page, `operator-limits-${width}-${colorScheme}-english`, { fullPage: true })
    t.strictSame(complaints, [], what)
    await page.context().close()
  }
})

t.test('while Redis is away the page says so, and lets the operator in', async (t) => {
  const token = await node.token(denis)
  await redis.kill()
  await until(() => !node.app.readiness().ready, { what: 'the outage' })
  const { page } = await openPage(browser)
  await page.goto(`${node.url}/operator`)
  await page.getByLabel('Jeton').fill(token)
  await page.keyboard.press('Enter')
  await page.locator('.warning').filter({ hasText: 'Redis ne répond pas' }).waitFor()
  await page.getByText('Ce que Redis compte des régions n’est pas connu').waitFor()
  await noViolations(t, page, 'an outage')
  await shoot(page, 'operator-redis-away', { fullPage: true })
  await redis.restart()
})
