/** What may become of a callback besides the straight way, in real browsers. */
import t from 'tap'
import { until } from '../support/until.ts'
import { accept, ask, bruno, lookAt, openStage, recordMiss, setDesk, soundsOf } from './callback-stage.ts'
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
  await lookAt(t, jobseeker, 'paused')

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
  await lookAt(t, jobseeker, 'audio jobseeker')
  await advisor.getByRole('button', { name: 'Terminer le rappel' }).click()
  await advisor.locator('.stage').waitFor({ state: 'detached' })
  t.same([...j, ...a], [])
})

t.test('a team that picks has a list, in which of two who take the same one has it', async (t) => {
  const stage = await openStage(t)
  await stage.set('PATCH', 'teams/rennes/callback-settings', { mode: 'pick' })
  const colleague = await stage.as(bruno.id)
  const [{ page: jobseeker }, { page: advisor, complaints }] = await Promise.all([stage.open(jeanne), stage.open(anne)])
  await ask(jobseeker, { reason: 'Mon contrat' })
  const pick = advisor.getByRole('button', { name: `Rappeler ${jeanne.name}` })
  await pick.waitFor()
  await lookAt(t, advisor, 'pick')
  const [choice] = await colleague.callbacks.choices()
  await colleague.callbacks.pick(choice?.id ?? '')
  await advisor.getByText(`Chez ${bruno.name}`).waitFor()
  await colleague.callbacks.attempt(choice?.id ?? '', { outcome: 'busy' })
  await jobseeker.getByRole('button', { name: 'Changer l’heure ou le numéro' }).click()
  await jobseeker.locator('dialog').getByRole('button', { name: 'Enregistrer' }).click()
  await pick.click()
  await advisor.getByRole('link', { name: /^Appeler le/ }).waitFor()
  await advisor.getByRole('button', { name: 'Pas d’échange' }).click()
  await advisor.getByLabel('Souhaite un rappel plus tard').check()
  await lookAt(t, advisor, 'postponing')
  await advisor.getByLabel('À partir de').fill('2020-01-01T10:00')
  await advisor.getByRole('button', { name: 'Enregistrer l’essai' }).click()
  await advisor.getByText('Personne n’appelle à ce moment').waitFor()
  await advisor.getByLabel('À partir de').fill('')
  await advisor.getByRole('button', { name: 'Enregistrer l’essai' }).click()
  await jobseeker.getByText('reporté, comme demandé').waitFor()
  t.same(complaints, [])
})

t.test('whoever lets an offer run out is away until they say otherwise, and may mute its sound', async (t) => {
  const stage = await openStage(t, { VISAVIS_CALLBACK_LEASE_MS: '2000' })
  const { page: advisor, complaints } = await stage.open(anne)
  const jobseeker = await stage.as(jeanne.id)
  await advisor.getByRole('button', { name: 'Son des propositions : activé' }).click()
  await jobseeker.callbacks.request({ medium: 'audio', reason: 'Une question' })
  await advisor.getByRole('button', { name: 'Prendre ce rappel' }).waitFor()
  await advisor.getByText('Une proposition est restée sans réponse').waitFor()
  t.equal(await soundsOf(advisor), 0, 'it was muted')
  await lookAt(t, advisor, 'missed offer')
  await advisor.reload()
  await advisor.getByRole('button', { name: 'Son des propositions : coupé' }).click()
  await setDesk(advisor, 'Disponible')
  await until(async () => (await soundsOf(advisor)) > 0, { what: 'the sound of the next offer' })
  t.same(complaints, [])
})

t.test('advisors set their own hours, and jobseekers are offered windows within them only', async (t) => {
  const stage = await openStage(t)
  const { page: advisor, complaints } = await stage.open(anne)
  const jobseeker = await stage.as(jeanne.id)
  const all = (await jobseeker.callbacks.options()).windows.length
  await advisor.getByRole('button', { name: 'Mes heures de rappel' }).click()
  await advisor.getByLabel('À mes propres heures').check()
  await advisor.getByRole('button', { name: 'Retirer vendredi, 14:00' }).click()
  await advisor.getByRole('button', { name: 'Ajouter une plage, samedi' }).click()
  await lookAt(t, advisor, 'hours')
  await advisor.getByLabel('samedi, à').fill('')
  await advisor.locator('dialog').getByRole('button', { name: 'Enregistrer' }).click()
  await advisor.getByText('Deux plages se chevauchent').waitFor()
  await advisor.getByLabel('samedi, à').fill('11:00')
  await advisor.locator('dialog').getByRole('button', { name: 'Enregistrer' }).click()
  await advisor.locator('dialog').waitFor({ state: 'detached' })
  const { windows } = await jobseeker.callbacks.options()
  t.ok(windows.length > 0 && windows.length < all, `${windows.length} of ${all} windows are left`)
  const hourOf = new Intl.DateTimeFormat('en-GB', { timeZone: 'Europe/Paris', hour: '2-digit', minute: '2-digit' })
  const known = new Set(['09:00', '10:00', '11:00', '14:00', '15:00'])
  t.same(
    windows.map(({ from }) => hourOf.format(from)).filter((hour) => !known.has(hour)),
    [],
  )
  await advisor.reload()
  await advisor.getByRole('button', { name: 'Mes heures de rappel' }).click()
  t.equal(await advisor.getByLabel('samedi, à').inputValue(), '11:00')
  t.equal(await advisor.getByLabel('vendredi, de').count(), 1)
  t.same(complaints, [])
})
