/**
 * What waits for an advisor to confirm it: on their day with how many there are, whatever lies ahead; confirmed, corrected, contested
 * again. And that day with everything there is, on the smallest telephone.
 */
import type { Page } from 'playwright-core'
import t from 'tap'
import { connect } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'

t.setTimeout(300_000)
const agency = 'agency'.repeat(8)
const minute = 60_000
const patient = { timeout: 30_000 }
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agency, VISAVIS_ATTENDANCE_VERDICT_MS: '0' })
const browser = await openBrowser(t)
const device = async (person: string) => {
  const visavis = connect({ url: node.url, token: () => node.token(person) })
  t.teardown(() => visavis.close())
  await visavis.opened
  return visavis
}
const [hers, theirs] = [await device(anne.id), await device(jeanne.id)]

/** The record of an appointment that is over, so many hours ago. */
async function past(id: string, hoursAgo: number) {
  const from = Date.now() - hoursAgo * 60 * minute
  const opened = await fetch(`${node.url}/api/regions/bretagne/attendance/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${agency}`, 'content-type': 'application/json' },
    body: JSON.stringify({ jobseeker: jeanne.id, advisor: anne.id, window: { from, until: from + 30 * minute } }),
  })
  t.ok(opened.ok, await opened.text())
}
const counted = (page: Page, count: number) =>
  page.getByRole('heading', { name: `Relevés à confirmer (${count})` }).waitFor(patient)

t.test('a verdict is confirmed from the day, corrected, and counted again when it is contested', async (t) => {
  for (const n of [1, 2, 3, 4, 5, 6]) await past(`past-${n}`, n)
  await until(async () => (await hers.attendance.toConfirm()).total === 6, { what: 'what is proposed' })
  const { page, complaints } = await signIn(browser, node.url, anne)
  await counted(page, 6)
  const part = page.locator('.day__part', { hasText: 'Relevés à confirmer' })
  t.equal(await part.getByRole('listitem').count(), 5, 'a day has room for some')
  await part.getByRole('button', { name: 'Voir les 6 relevés à confirmer' }).focus()
  await page.keyboard.press('Enter')
  const all = page.getByRole('dialog', { name: 'Relevés à confirmer' })
  await all.getByRole('listitem').nth(5).waitFor()
  await noViolations(t, page, 'everything to confirm', { within: 'dialog' })
  await nothingCutOff(t, page, 'everything to confirm')
  await shoot(page, 'verdict-all')
  await page.keyboard.press('Escape')

  await part
    .getByRole('button', { name: /^Voir le relevé/ })
    .first()
    .click()
  const record = page.getByRole('dialog', { name: 'Relevé du rendez-vous' })
  await record.getByRole('button', { name: 'Confirmer : Indéterminé' }).click()
  await record.getByText(/^Confirmée par une personne/).waitFor(patient)
  await counted(page, 5)
  t.ok(await record.isVisible(), 'what is read stays open')

  await record.getByText('Corriger la conclusion').focus()
  await page.keyboard.press('Enter')
  await record.getByRole('combobox', { name: 'Conclusion' }).selectOption('excused')
  await record.getByLabel('Note pour les deux').fill('Son train était en retard')
  await noViolations(t, page, 'a correction', { within: 'dialog' })
  await shoot(page, 'verdict-correcting')
  await record.getByRole('button', { name: 'Confirmer', exact: true }).click()
  await record.locator('.verdict__word', { hasText: 'Excusé ou annulé' }).waitFor(patient)
  await record.locator('q', { hasText: 'Son train était en retard' }).waitFor(patient)
  await record.getByText('La règle avait proposé « Indéterminé », parce que').waitFor()
  const confirmations = record.locator('.record__step[data-is="verdictConfirmed"]')
  t.equal(await confirmations.count(), 2, 'the first one stays on record')
  await shoot(page, 'verdict-corrected')
  await page.keyboard.press('Escape')

  await theirs.attendance.contest('past-1')
  await counted(page, 6)
  await part.getByText('contesté').waitFor()
  t.same([...complaints], [])
})

const small = { locale: 'en-GB', viewport: { width: 320, height: 640 }, colorScheme: 'dark' } as const

t.test('the day with everything there is, at 320 px, in English and in the dark', async (t) => {
  const from = Math.ceil((Date.now() + 2 * minute) / minute) * minute
  await hers.appointments.book({ jobseeker: jeanne.id, from, modality: 'webcam', subject: 'CV' })
  await theirs.chat.channel(jeanne.id).send('Bonjour, une question')
  await theirs.callbacks.request({ medium: 'phone', phone: '06 12 34 56 78', reason: 'Ma formation' })
  for (const [colorScheme, width] of [
    ['dark', 320],
    ['light', 1_280],
  ] as const) {
    const { page } = await signIn(browser, node.url, anne, { ...small, viewport: { width, height: 800 }, colorScheme })
    await page.getByRole('heading', { name: 'Records to confirm (6)' }).waitFor(patient)
    // Late in the evening nothing is free, and the appointment is tomorrow’s.
    await page.locator('.day__list .day__meeting').nth(1).waitFor()
    await noViolations(t, page, `the day at ${width} px`, { within: '.day' })
    await nothingCutOff(t, page, `the day at ${width} px`)
    await shoot(page, `verdict-day-${width}`, { fullPage: true })
    await page.context().close()
  }
})

t.test('the jobseeker’s appointments and a verdict to contest, on the same telephone', async (t) => {
  const { page, complaints } = await signIn(browser, node.url, jeanne, small)
  const own = page.getByRole('region', { name: 'My appointments' })
  await own.locator('.appt').waitFor()
  await noViolations(t, page, 'the list of appointments', { within: '[aria-labelledby="appointments-heading"]' })
  await nothingCutOff(t, page, 'the list of appointments')
  await own.scrollIntoViewIfNeeded()
  await shoot(page, 'verdict-list-320')
  await page.goto(`${node.url}/jobseeker#record/past-2`)
  await page.reload()
  const record = page.getByRole('dialog', { name: 'Record of the appointment' })
  await record.getByRole('button', { name: 'Contest' }).waitFor(patient)
  await noViolations(t, page, 'a verdict', { within: 'dialog' })
  await nothingCutOff(t, page, 'a verdict')
  await shoot(page, 'verdict-record-320')
  t.same([...complaints], [])
})
