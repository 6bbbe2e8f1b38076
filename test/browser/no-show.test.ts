/** An appointment begins and nobody comes: both are told on their pages, on a telephone as well, and nothing is held against them. */
import t from 'tap'
import { connect } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'

// Appointments begin with a minute: up to one is waited for.
t.setTimeout(240_000)
const minute = 60_000
const patient = { timeout: 120_000 }

t.test('whoever has not come is told that they still can, and who waits that they may', async (t) => {
  const node = await testNode(t, { VISAVIS_ATTENDANCE_AWAIT_MS: '0' })
  const browser = await openBrowser(t)
  const device = connect({ url: node.url, token: () => node.token(anne.id) })
  t.teardown(() => device.close())
  await device.opened
  const from = Math.ceil((Date.now() + 10_000) / minute) * minute
  const { id } = await device.appointments.book({ jobseeker: jeanne.id, from, modality: 'webcam' })
  const next = device.chat.channels.find(({ channel }) => channel !== jeanne.id)?.channel ?? ''
  await device.appointments.book({ jobseeker: next, from: from + 45 * minute, modality: 'webcam' })
  const small = { locale: 'en-GB', viewport: { width: 320, height: 640 }, colorScheme: 'dark' } as const
  const [jobseeker, advisor] = await Promise.all([
    signIn(browser, node.url, jeanne, small),
    signIn(browser, node.url, anne),
  ])
  await jobseeker.page.getByRole('heading', { name: 'Your appointment is near' }).waitFor(patient)
  await until(async () => (await device.attendance.read(id)).entries.some(({ fact }) => fact.type === 'awaited'), {
    timeoutMs: 120_000,
    everyMs: 500,
    what: 'that somebody notices',
  })
  await jobseeker.page.getByText(/You are not in the room yet. You can enter until/).waitFor(patient)
  await jobseeker.page.getByText(/Planned from \d\d:\d\d to \d\d:\d\d\. .* left\./).waitFor(patient)
  await jobseeker.page.getByText(/Anne Kermarrec has another appointment at \d\d:\d\d/).waitFor(patient)
  await shoot(jobseeker.page, 'no-show-telephone')
  await noViolations(t, jobseeker.page, 'the page of whoever has not come')
  await nothingCutOff(t, jobseeker.page, 'the page of whoever has not come')
  await advisor.page
    .getByRole('button', { name: new RegExp(jeanne.name) })
    .first()
    .click()
  await advisor.page.getByText(/Vous n’êtes pas encore dans la salle/).waitFor(patient)

  await advisor.page.locator('.person__webcam').click()
  await advisor.page.getByText(/Jeanne Martin n’est pas encore là ; nous l’en prévenons/).waitFor(patient)
  await advisor.page.getByText(/Votre prochain rendez-vous commence à \d\d:\d\d/).waitFor(patient)
  await shoot(advisor.page, 'no-show-advisor')
  await noViolations(t, advisor.page, 'the page of whoever waits')

  await t.test('the record says so to both, on a telephone as well', async (t) => {
    await jobseeker.page.getByRole('button', { name: 'Past appointments' }).click()
    await jobseeker.page.getByRole('button', { name: /^See the record/ }).click()
    const dialog = jobseeker.page.getByRole('dialog', { name: 'Record of the appointment' })
    await dialog.getByText(/Jeanne Martin is not there yet; we are telling both people/).waitFor(patient)
    await dialog.getByText(/No verdict yet/).waitFor()
    t.notMatch(await dialog.innerText(), /absent/i)
    await noViolations(t, jobseeker.page, 'the record on a telephone', { within: 'dialog' })
    await nothingCutOff(t, jobseeker.page, 'the record on a telephone')
    await shoot(jobseeker.page, 'no-show-record-telephone')
  })
})
