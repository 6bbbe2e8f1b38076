/** Everything the supervisor's page can show, opened one after the other, for files that look at it on one screen or another. */
import type { Page } from 'playwright-core'
import type { Test } from 'tap'
import { type AxeOptions, nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, shoot } from './chromium.ts'
import { type claire, karim, nolwenn, type SupervisorStage, supervisorStage, yves } from './supervisor-stage.ts'

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
    'appointments',
    async (page) => {
      await closeDialog(page)
      await page.getByRole('link', { name: 'Rendez-vous' }).click()
      await page.getByRole('button', { name: 'Contestés (1)' }).click()
      await page.getByText('Indéterminé').waitFor()
    },
  ],
  [
    'record',
    async (page) => {
      await page.getByRole('button', { name: `Voir le relevé : ${jeanne.name}` }).click()
      await page.getByText('Contestée : elle n’est pas officielle').waitFor()
    },
  ],
  [
    'report',
    async (page) => {
      await closeDialog(page)
      await page.getByRole('link', { name: /^Bilan/ }).click()
      await page.getByRole('cell', { name: '1 234' }).first().waitFor()
    },
  ],
  [
    'settings',
    async (page) => {
      await page.getByRole('link', { name: 'Réglages' }).click()
      await page.getByText('Sujets', { exact: true }).waitFor()
      await page.getByText('Choisis dans la liste').waitFor()
    },
  ],
]

export interface Look {
  readonly supervisor: typeof claire
  readonly width: number
  readonly colorScheme: 'light' | 'dark'
  /** Axe takes its time. Undefined: only what is cut off is looked for. */
  readonly axe?: AxeOptions
}

/** People who wait for callbacks and answers, an advisor who is away, a team that is paused. */
export async function everything(t: Test): Promise<SupervisorStage> {
  const stage = await supervisorStage(t)
  await (await stage.as(anne.id)).callbacks.setDesk('away')
  for (const [person, reason] of [
    [jeanne.id, 'Ma formation'],
    [karim.id, `Un mot ${'anticonstitutionnellement'.repeat(5)}`],
    ['jobseeker-maud', 'Le permis'],
  ] as const)
    await stage.ask(await stage.as(person), reason)
  await stage.wrote(jeanne.id, 50)
  await stage.wrote(karim.id, 80)
  await stage.wrote(yves.id, 1)
  await stage.contested(await stage.as(anne.id), await stage.as(jeanne.id))
  // The second one is hidden, and with it the sum.
  await stage.counted(20, { joined: 1_234, 'appointments.held': 56_789, 'appointments.absent': 3, 'answers.1h': 480 })
  await (await stage.as(nolwenn.id)).callbackBoard.pause('brest', 'Panne de téléphone')
  return stage
}

/** @returns the page, as the last state has left it. */
export async function lookAt(
  t: Test,
  stage: SupervisorStage,
  { supervisor, width, colorScheme, axe }: Look,
): Promise<Page> {
  const { page } = await stage.open(supervisor, { viewport: { width, height: 860 }, colorScheme })
  if (supervisor === nolwenn) await page.locator('.board__teams').getByRole('button', { name: 'rennes' }).click()
  for (const [what, open] of states) {
    await open(page)
    const dialog = (await page.getByRole('dialog').count()) > 0
    if (dialog) await page.locator('dialog :is(form, .record)').first().waitFor()
    await nothingCutOff(t, page, what)
    if (axe !== undefined) await noViolations(t, page, what, { ...axe, ...(dialog ? { within: 'dialog' } : {}) })
    await shoot(page, `supervisor-${width}-${colorScheme}-${what}`, { fullPage: true })
  }
  return page
}
