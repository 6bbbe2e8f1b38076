/** The supervisor's page for everybody: each state, small and large, light and dark, both languages; axe finds nothing. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { cuttableNetwork } from '../client/cuttable.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, shoot, signIn } from './chromium.ts'
import { claire, karim, nolwenn, supervisorStage, yves } from './supervisor-stage.ts'

const closeDialog = async (page: Page) => {
  await page.keyboard.press('Escape')
  await page.getByRole('dialog').waitFor({ state: 'detached' })
}

/** Each begins where the one before has ended. */
const states: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ['board', (page) => page.locator('.board__line .ticket').nth(1).waitFor()],
  ['pause', (page) => page.getByRole('button', { name: 'Mettre en pause' }).first().click()],
  [
    'raise',
    async (page) => {
      await closeDialog(page)
      await page
        .getByRole('button', { name: /^Priorité/ })
        .first()
        .click()
      await page.getByRole('button', { name: 'Enregistrer' }).click()
      await page.locator('.problem').waitFor()
    },
  ],
  [
    'reassign',
    async (page) => {
      await closeDialog(page)
      await page
        .getByRole('button', { name: /^Confier à/ })
        .first()
        .click()
    },
  ],
  [
    'answers',
    async (page) => {
      await closeDialog(page)
      await page.getByRole('link', { name: /^Réponses/ }).click()
      await page.locator('.answer').nth(2).waitFor()
    },
  ],
  [
    'hand-over',
    (page) =>
      page
        .getByRole('button', { name: /^Confier à/ })
        .first()
        .click(),
  ],
  [
    'cover',
    async (page) => {
      await closeDialog(page)
      await page.getByRole('button', { name: 'Nommer un remplacement', exact: true }).click()
    },
  ],
  [
    'settings',
    async (page) => {
      await closeDialog(page)
      await page.getByRole('link', { name: 'Réglages' }).click()
      await page.getByLabel('Sujets').waitFor()
      await page.getByText('Choisis dans la liste').waitFor()
    },
  ],
]

/** Axe takes its time: in the dark only colours differ, and between small and large only the layout. */
const looks = [
  { supervisor: nolwenn, width: 1360, colorScheme: 'light', axe: {} },
  { supervisor: claire, width: 1360, colorScheme: 'dark', axe: { rule: 'color-contrast' } },
  { supervisor: nolwenn, width: 320, colorScheme: 'light', axe: {} },
  { supervisor: claire, width: 320, colorScheme: 'dark', axe: undefined },
  { supervisor: nolwenn, width: 800, colorScheme: 'light', axe: undefined },
  { supervisor: nolwenn, width: 2200, colorScheme: 'light', axe: undefined },
] as const

t.test('with everything there is', async (t) => {
  const stage = await supervisorStage(t)
  const anneHere = await stage.as(anne.id)
  await anneHere.callbacks.setDesk('away')
  for (const [person, reason] of [
    [jeanne.id, 'Ma formation'],
    [karim.id, `Un mot ${'anticonstitutionnellement'.repeat(5)}`],
    ['jobseeker-maud', 'Le permis'],
  ] as const)
    await stage.ask(await stage.as(person), reason)
  await stage.wrote(jeanne.id, 50)
  await stage.wrote(karim.id, 80)
  await stage.wrote(yves.id, 1)
  const nolwennHere = await stage.as(nolwenn.id)
  await nolwennHere.callbackBoard.pause('brest', 'Panne de téléphone')
  for (const { supervisor, width, colorScheme, axe } of looks) {
    await t.test(`${width} px, ${colorScheme}`, async (t) => {
      const { page } = await stage.open(supervisor, {
        ...{ viewport: { width, height: 860 }, colorScheme, reducedMotion: 'reduce' },
      })
      if (supervisor === nolwenn) await page.locator('.board__teams').getByRole('button', { name: 'rennes' }).click()
      for (const [what, open] of states) {
        await open(page)
        const dialog = (await page.getByRole('dialog').count()) > 0
        if (dialog) await page.locator('dialog form').waitFor()
        await nothingCutOff(t, page, what)
        if (axe !== undefined) await noViolations(t, page, what, { ...axe, ...(dialog ? { within: 'dialog' } : {}) })
        await shoot(page, `supervisor-${width}-${colorScheme}-${what}`, { fullPage: true })
      }
      if (width === 1_360 && colorScheme === 'light') await inEnglish(t, page)
      await page.context().close()
    })
  }
})

async function inEnglish(t: Test, page: Page): Promise<void> {
  await page.getByRole('button', { name: 'English' }).click()
  await page.getByRole('heading', { name: 'How callbacks are answered' }).waitFor()
  await page.getByRole('link', { name: 'Callbacks' }).click()
  await page.getByRole('heading', { name: 'Callbacks, live' }).waitFor()
  t.equal(await page.title(), 'Supervision · Visavis')
  await shoot(page, 'supervisor-english', { fullPage: true })
}

t.test('while it loads, when it cannot, when nothing is there, and when the connection is interrupted', async (t) => {
  const stage = await supervisorStage(t)
  await using network = await cuttableNetwork(stage.node.url)
  let board: 'hold' | 'refuse' | 'pass' = 'hold'
  const { page } = await signIn(stage.browser, network.url, claire, { reducedMotion: 'reduce' })
  await page.routeWebSocket(/.*/, (socket) => {
    const server = socket.connectToServer()
    socket.onMessage((text) => {
      const { id, method } = JSON.parse(String(text)) as { id: number; method: string }
      if (method !== 'callback.board' || board === 'pass') server.send(text)
      else if (board === 'refuse') {
        const error = { code: 'UNAVAILABLE', message: 'away', details: {}, retryable: true, retryAfterMs: 100 }
        socket.send(JSON.stringify({ id, error }))
      }
    })
  })
  const check = async (what: string) => {
    await noViolations(t, page, what)
    await shoot(page, `supervisor-${what}`)
  }
  await page.reload()
  await page.getByText('Chargement').waitFor()
  await check('loading')
  board = 'refuse'
  await page.reload()
  await page.getByRole('alert').getByText('occupé', { exact: false }).waitFor()
  await check('error')
  board = 'pass'
  await page.getByText('Personne n’attend', { exact: true }).waitFor()
  await page.getByText('Personne n’est encore venu ici').waitFor()
  await check('empty')
  network.setDown(true)
  network.cut()
  await page.getByText('La connexion est interrompue').waitFor()
  await check('interrupted')
  network.setDown(false)
  await page.getByText('La connexion est interrompue').waitFor({ state: 'detached' })
})
