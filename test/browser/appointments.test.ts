/** Appointments between two real browsers: booked, moved, turned to the agency, cancelled; and the advisor's day. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'

// With a whole machine to itself it takes a quarter of a minute.
t.setTimeout(300_000)

t.test('an appointment goes from booking to the advisor’s day, seen live by both', async (t) => {
  const node = await testNode(t)
  const browser = await openBrowser(t)
  const [jobseeker, advisor] = await Promise.all([signIn(browser, node.url, jeanne), signIn(browser, node.url, anne)])
  const theirs = jobseeker.page.getByRole('region', { name: 'Mes rendez-vous' })
  await theirs.getByText('Aucun rendez-vous à venir.').waitFor()
  await advisor.page.getByRole('heading', { name: 'Ma journée' }).waitFor()

  await t.test('the jobseeker books by keyboard alone', async (t) => {
    await theirs.getByRole('button', { name: 'Prendre rendez-vous' }).focus()
    await jobseeker.page.keyboard.press('Enter')
    const dialog = jobseeker.page.getByRole('dialog', { name: 'Prendre rendez-vous' })
    await dialog.getByLabel('Jour').waitFor()
    await dialog.getByRole('button', { name: 'Confirmer le rendez-vous' }).click()
    await dialog.getByText('Choisissez une heure.').waitFor()
    await noViolations(t, jobseeker.page, 'the booking', { within: 'dialog' })
    await nothingCutOff(t, jobseeker.page, 'the booking')
    await shoot(jobseeker.page, 'appointment-booking-mistake')
    await dialog
      .getByRole('radio', { name: /^\d\d:\d\d$/ })
      .first()
      .focus()
    await jobseeker.page.keyboard.press('Space')
    await jobseeker.page.keyboard.press('ArrowRight')
    await dialog.getByLabel('À quel sujet').fill('Mon projet de formation')
    await shoot(jobseeker.page, 'appointment-booking')
    await jobseeker.page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await theirs.getByText('Mon projet de formation').waitFor()
    await noViolations(t, jobseeker.page, 'the jobseeker’s page')
    await shoot(jobseeker.page, 'appointment-jobseeker', { fullPage: true })
  })

  await t.test('the advisor makes one for today, and sees it in their day', async (t) => {
    await advisor.page
      .getByRole('button', { name: new RegExp(jeanne.name) })
      .first()
      .click()
    await advisor.page.getByRole('button', { name: `Autres actions avec ${jeanne.name}` }).click()
    await advisor.page.getByRole('menuitem', { name: 'Rendez-vous' }).click()
    const dialog = advisor.page.getByRole('dialog', { name: `Rendez-vous avec ${jeanne.name}` })
    await dialog.getByText('Mon projet de formation').waitFor()
    await noViolations(t, advisor.page, 'the appointments of a person', { within: 'dialog' })
    await shoot(advisor.page, 'appointment-person')
    await dialog.getByRole('button', { name: 'Prendre rendez-vous' }).click()
    const booking = advisor.page.getByRole('dialog', { name: `Fixer un rendez-vous avec ${jeanne.name}` })
    await booking.getByLabel('En agence').check()
    await booking
      .getByRole('radio', { name: /^\d\d:\d\d$/ })
      .first()
      .check({ force: true })
    await booking.getByRole('button', { name: 'Confirmer le rendez-vous' }).click()
    await booking.waitFor({ state: 'detached' })
    await until(async () => (await theirs.locator('.appt').count()) === 2)
    await dialog.getByRole('button', { name: 'Fermer' }).click()
    await advisor.page.reload()
    await advisor.page.getByRole('heading', { name: 'Ma journée' }).waitFor()
    // Late in the evening there is none left.
    await advisor.page.locator('.day__free li').or(advisor.page.getByText('Plus de créneau libre')).first().waitFor()
    await noViolations(t, advisor.page, 'the advisor’s day')
    await nothingCutOff(t, advisor.page, 'the advisor’s day')
    await shoot(advisor.page, 'appointment-day')
  })

  await t.test('the jobseeker asks for the agency in one act, takes it back, moves and cancels', async (t) => {
    await theirs.getByRole('button', { name: 'Préférer un rendez-vous en agence' }).click()
    const asked = jobseeker.page.getByRole('dialog', { name: 'Demander un rendez-vous en agence' })
    await shoot(jobseeker.page, 'appointment-agency')
    await asked.getByRole('button', { name: 'Demander un rendez-vous en agence' }).click()
    const done = jobseeker.page.getByRole('dialog', { name: 'Rendez-vous en agence', exact: true })
    await done.getByText(/^Récépissé [0-9A-Z]{4}-/).waitFor()
    await done.getByRole('button', { name: 'Fermer' }).last().click()
    await theirs.getByText('Vous avez demandé l’agence').waitFor()
    await theirs.getByRole('button', { name: 'Revenir à la webcam' }).click()
    await theirs.getByText('Par webcam').waitFor()

    await theirs.getByRole('button', { name: 'J’ai lu' }).click()
    await theirs.getByText('C’est noté').waitFor()

    await theirs
      .getByRole('button', { name: /^Annuler le rendez-vous/ })
      .first()
      .click()
    const dialog = jobseeker.page.getByRole('dialog', { name: /^Annuler le rendez-vous/ })
    await dialog.getByRole('button', { name: 'Annuler le rendez-vous' }).click()
    await dialog.getByText('Indiquez la raison').waitFor()
    await noViolations(t, jobseeker.page, 'cancelling', { within: 'dialog' })
    await dialog.getByLabel('Pour quelle raison').fill('Un entretien')
    await dialog.getByRole('button', { name: 'Annuler le rendez-vous' }).click()
    await until(async () => (await theirs.locator('.appt').count()) === 1)

    await theirs.getByRole('button', { name: /^Déplacer le rendez-vous/ }).click()
    const moving = jobseeker.page.getByRole('dialog', { name: /^Déplacer le rendez-vous/ })
    const times = moving.getByRole('radio', { name: /^\d\d:\d\d$/ })
    await times.first().waitFor()
    // Late in the evening today has hardly a time left.
    const days = moving.getByLabel('Jour')
    await days.selectOption({ index: (await days.locator('option').count()) - 1 })
    await times.last().check({ force: true })
    await moving.getByLabel('Pour quelle raison').fill('Plus tard, s’il vous plaît')
    await shoot(jobseeker.page, 'appointment-moving')
    await moving.getByRole('button', { name: 'Déplacer le rendez-vous' }).click()
    await theirs.getByText('Plus tard, s’il vous plaît').waitFor()
  })
  t.same([...jobseeker.complaints, ...advisor.complaints], [])
})

t.test('on a telephone, in English and in the dark, all of it is there', async (t) => {
  const node = await testNode(t)
  const browser = await openBrowser(t)
  const small = { locale: 'en-GB', viewport: { width: 320, height: 640 }, colorScheme: 'dark' } as const
  const { page } = await signIn(browser, node.url, jeanne, small)
  await page.getByRole('button', { name: 'Make an appointment' }).click()
  await page.getByRole('dialog').getByLabel('Day').waitFor()
  await noViolations(t, page, 'the booking on a telephone', { within: 'dialog' })
  await nothingCutOff(t, page, 'the booking on a telephone')
  await shoot(page, 'appointment-booking-telephone')
  const day = await signIn(browser, node.url, anne, small)
  await day.page.getByRole('heading', { name: 'My day' }).waitFor()
  await noViolations(t, day.page, 'the day on a telephone')
  await nothingCutOff(t, day.page, 'the day on a telephone')
  await shoot(day.page, 'appointment-day-telephone', { fullPage: true })
})
