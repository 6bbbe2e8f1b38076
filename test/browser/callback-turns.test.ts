/** What may become of a callback besides the straight way, in real browsers. */
import t from 'tap'
import { until } from '../support/until.ts'
import { accept, ask, bruno, lookAt, openStage, recordMiss } from './callback-stage.ts'
import { anne, framesShown, jeanne } from './chromium.ts'

t.test('a wrong number waits for another one; too many vain attempts end without blame', async (t) => {
  const stage = await openStage(t)
  await stage.set('PATCH', 'callback-settings', { attempts: 1 })
  const [{ page: jobseeker, complaints: j }, { page: advisor, complaints: a }] = await Promise.all([
    stage.open(jeanne),
    stage.open(anne),
  ])
  await ask(jobseeker, { reason: 'Mon dossier' })
  await accept(advisor)
  await recordMiss(advisor, 'Mauvais numéro')
  await jobseeker.getByText('Il nous faut un autre numéro').waitFor()
  await advisor.getByText('Prévus (1)').click()
  await advisor.getByText('attend un autre numéro').waitFor()
  await lookAt(t, jobseeker, 'number wanted')
  await jobseeker.getByRole('button', { name: 'Me rappeler à ce numéro' }).click()
  await jobseeker.getByText('Indiquez un numéro de téléphone').waitFor()
  await jobseeker.getByLabel('Votre numéro de téléphone').fill('07 00 00 00 00')
  await jobseeker.keyboard.press('Enter')

  await accept(advisor)
  t.equal(await advisor.getByRole('link', { name: /^Appeler le/ }).getAttribute('href'), 'tel:0700000000')
  await recordMiss(advisor, 'Ligne occupée')
  await jobseeker.getByText('Nous n’avons pas pu vous joindre').waitFor()
  await jobseeker.getByText('Cela ne compte jamais comme une absence').waitFor()
  t.same(await jobseeker.locator('.attempts__list li > :last-child').allInnerTexts(), [
    'mauvais numéro',
    'ligne occupée',
  ])
  await lookAt(t, jobseeker, 'unreachable')
  t.same([...j, ...a], [])
})

t.test('a paused queue says why, and a second request on the same topic shows the first', async (t) => {
  const stage = await openStage(t)
  const supervisor = await stage.as('supervisor-claire')
  await supervisor.callbackBoard.pause('rennes', 'Panne de téléphone jusqu’à 14 h')
  const { page: jobseeker, complaints } = await stage.open(jeanne)
  await jobseeker.getByText('Panne de téléphone jusqu’à 14 h').waitFor()
  await lookAt(t, jobseeker, 'paused form')
  await ask(jobseeker, { reason: 'Mes allocations', topic: 'Allocations' })
  await jobseeker.getByText('Votre demande garde sa place').waitFor()

  await jobseeker.getByRole('button', { name: 'Demander sur un autre thème' }).click()
  await ask(jobseeker, { reason: 'Encore mes allocations', topic: 'Allocations (déjà demandé)' })
  await jobseeker.getByText('Vous aviez déjà une demande sur ce thème').waitFor()
  t.equal(await jobseeker.getByText('Mes allocations').count(), 1)
  await jobseeker.getByRole('button', { name: 'Demander sur un autre thème' }).click()
  await ask(jobseeker, { reason: 'Une formation', topic: 'Formation' })
  await until(async () => (await jobseeker.locator('.request').count()) === 2, { what: 'two open requests' })
  await lookAt(t, jobseeker, 'two requests')

  await supervisor.callbackBoard.resume('rennes')
  await jobseeker.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
  await jobseeker.getByText('Panne de téléphone').first().waitFor({ state: 'detached' })
  for (let left = 2; left > 0; left -= 1) {
    await jobseeker.getByRole('button', { name: 'Retirer ma demande' }).first().click()
    await jobseeker.getByRole('button', { name: 'Retirer la demande' }).click()
    await until(async () => (await jobseeker.locator('.request').count()) === left - 1, { what: 'one is withdrawn' })
  }
  await jobseeker.getByRole('button', { name: 'Demander un rappel' }).waitFor()
  t.same(complaints, [])
})

t.test('a call by voice opens for both with one click, also to an advisor of others', async (t) => {
  const stage = await openStage(t)
  const [{ page: jobseeker, complaints: j }, { page: advisor, complaints: a }] = await Promise.all([
    stage.open(jeanne),
    stage.open(bruno),
  ])
  await ask(jobseeker, { reason: 'Une question', how: 'En audio, dans cette page' })
  await accept(advisor)
  await advisor.getByRole('button', { name: `Parler à ${jeanne.name} en audio` }).click()
  await jobseeker.getByRole('button', { name: 'Rejoindre l’appel' }).click()
  for (const page of [jobseeker, advisor]) await page.locator('.stage__other').waitFor()
  t.equal(await framesShown(jobseeker), 0, 'no camera is on')
  await lookAt(t, advisor, 'audio advisor')
  await advisor.getByRole('button', { name: 'Terminer le rappel' }).click()
  await advisor.locator('.stage').waitFor({ state: 'detached' })
  t.same([...j, ...a], [])
})
