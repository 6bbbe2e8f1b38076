/**
 * How long an appointment is, how much of it is left, when it is beyond its time, and what comes next: before the eyes of both, on a
 * telephone and on a desk.
 */
import type { Page } from 'playwright-core'
import t from 'tap'
import { connect } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'

t.setTimeout(400_000)
const minute = 60_000
const patient = { timeout: 120_000 }

/** The clock of the page alone: nobody waits for half an hour. */
const advance = (page: Page, ms: number) =>
  page.evaluate((ahead) => {
    const { now } = Date
    Date.now = () => now() + ahead
  }, ms)

type Heard = typeof globalThis & { heard: string[] }

/** Keeps what the page says aloud, whatever it says after that. */
const listen = (page: Page) =>
  page.evaluate(() => {
    const heard: string[] = []
    Object.assign(globalThis, { heard })
    const spoken = document.querySelector('.ds-sr-only[aria-live="polite"]')
    new MutationObserver(() => heard.push(spoken?.textContent ?? '')).observe(document.body, {
      ...{ subtree: true, childList: true, characterData: true },
    })
  })
const hears = (page: Page, words: string) =>
  page.waitForFunction((said) => (globalThis as Heard).heard.some((text) => text.startsWith(said)), words, patient)

t.test('length, overrun and the next appointment are visible to both', async (t) => {
  const node = await testNode(t, { VISAVIS_LOBBIES: 'open' })
  const browser = await openBrowser(t)
  const device = connect({ url: node.url, token: () => node.token(anne.id) })
  t.teardown(() => device.close())
  await device.opened
  const from = Math.ceil((Date.now() + minute / 2) / minute) * minute
  const { until } = await device.appointments.book({ jobseeker: jeanne.id, from, modality: 'webcam' })
  const next = device.chat.channels.find(({ channel }) => channel !== jeanne.id)?.channel ?? ''
  await device.appointments.book({ jobseeker: next, from: from + 45 * minute, modality: 'webcam' })
  const at = (ms: number) => new Date(ms).toLocaleTimeString('fr-FR', { hour: '2-digit', minute: '2-digit' })

  const small = { locale: 'en-GB', viewport: { width: 320, height: 640 }, colorScheme: 'dark' } as const
  const [{ page: jobseeker, complaints }, { page: advisor, complaints: others }] = await Promise.all([
    signIn(browser, node.url, jeanne, small),
    signIn(browser, node.url, anne),
  ])
  const both = async (english: string, french: string) => {
    await jobseeker.locator('.now').getByText(english).waitFor(patient)
    await advisor.locator('.now').getByText(french).waitFor(patient)
  }
  await advisor
    .getByRole('button', { name: new RegExp(jeanne.name) })
    .first()
    .click()
  await both(`Planned from ${at(from)} to ${at(until)}.`, `Prévu de ${at(from)} à ${at(until)}.`)
  await both(
    `${anne.name} has another appointment at ${at(from + 45 * minute)}.`,
    `Votre prochain rendez-vous commence à ${at(from + 45 * minute)}.`,
  )

  await jobseeker.getByRole('button', { name: 'Enter the room' }).click()
  await advisor.locator('.person__webcam').click()
  for (const page of [jobseeker, advisor]) await page.locator('.stage').waitFor(patient)

  await t.test('how much time there is', async () => {
    for (const page of [jobseeker, advisor]) await advance(page, from + 10.5 * minute - Date.now())
    await both('minutes left.', 'Encore')
    for (const page of [jobseeker, advisor]) await page.locator('.now[data-over="false"]').waitFor(patient)
  })

  await t.test('that the time is over, while they go on talking', async (t) => {
    for (const page of [jobseeker, advisor]) {
      await listen(page)
      await advance(page, 25 * minute)
    }
    await both('The planned time has been over for', 'L’heure prévue est passée depuis')
    await both(
      `${anne.name} has another appointment at ${at(from + 45 * minute)}.`,
      `Votre prochain rendez-vous commence à ${at(from + 45 * minute)}.`,
    )
    await hears(jobseeker, 'The planned time has been over for')
    await hears(advisor, 'L’heure prévue est passée depuis')
    for (const page of [jobseeker, advisor]) await page.locator('.now[data-over="true"]').waitFor()
    for (const [width, height] of [
      [320, 640],
      [390, 780],
      [1_280, 800],
    ] as const) {
      for (const [page, who] of [
        [jobseeker, 'jobseeker'],
        [advisor, 'advisor'],
      ] as const) {
        await page.setViewportSize({ width, height })
        await nothingCutOff(t, page, `the page of the ${who} at ${width} px`)
        await shoot(page, `overrun-${who}-${width}`)
      }
    }
    await noViolations(t, jobseeker, 'the appointment of the jobseeker', { within: '.now' })
    await noViolations(t, advisor, 'the appointment of the advisor', { within: '.now' })
  })
  t.same([...complaints, ...others], [])
})
