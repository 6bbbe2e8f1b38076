/** A callback from the request to the end of it, through two advisors and two attempts, on the pages of all three. */
import t from 'tap'
import { until } from '../support/until.ts'
import { accept, ask, bruno, desk, karim, lookAt, openStage, recordMiss, setDesk, soundsOf } from './callback-stage.ts'
import { anne, jeanne } from './chromium.ts'

t.test('a callback, as all who have to do with it see it', async (t) => {
  const stage = await openStage(t)
  await stage.set('PATCH', 'teams/rennes/callback-settings', { wrapUpMs: 600_000 })
  // Free, but not for what is asked here: there is somebody to wait for.
  await stage.set('PUT', `people/${bruno.id}/callback-abilities`, { topics: ['benefits'] })
  const before = await stage.as(karim.id)
  const [{ page: jobseeker, complaints: j }, { page: first, complaints: a }] = await Promise.all([
    stage.open(jeanne),
    stage.open(anne),
  ])
  const { page: second, complaints: b } = await stage.open(bruno)
  await setDesk(first, 'Pas libre')

  await t.test('it is asked for at a time that is offered', async (t) => {
    await jobseeker.getByLabel('Au moment de mon choix').check()
    const days = jobseeker.getByLabel('Jour')
    await days.selectOption({ index: 1 })
    await jobseeker.getByLabel('Entre', { exact: true }).selectOption({ index: 1 })
    await lookAt(t, jobseeker, 'request form')
    await ask(jobseeker, { reason: 'Ma formation de soudeur', topic: 'Formation' })
    await jobseeker.getByText('Votre rappel est prévu').waitFor()
    await jobseeker.getByText(/^On vous appelle.*demain, \d\d:\d\d – \d\d:\d\d/).waitFor()
    await lookAt(t, jobseeker, 'planned')
    await first.getByText('Prévus (1)').click()
    await first.locator('.planned').getByText('Ma formation de soudeur').waitFor()
    await first.getByText('Prévus (1)').click()
  })

  await t.test('put off to now, it tells what is before it and how long that may take', async (t) => {
    await before.callbacks.request({ medium: 'audio', reason: 'Ma formation', topic: 'training' })
    await jobseeker.getByRole('button', { name: 'Changer l’heure ou le numéro' }).click()
    await jobseeker.locator('dialog').getByLabel('Dès que possible').check()
    await jobseeker.locator('dialog').getByRole('button', { name: 'Enregistrer' }).click()
    await jobseeker.getByText('Vous êtes dans la file').waitFor()
    await jobseeker.getByText('1 demande est avant la vôtre dans votre région.').waitFor()
    await jobseeker.getByText(/^Appel attendu vers/).waitFor()
    await jobseeker.getByText(/entre .+ et .+ dans 8 cas sur 10/).waitFor()
    await lookAt(t, jobseeker, 'waiting')
    const [ahead] = before.callbacks.list
    await before.callbacks.cancel(ahead?.id ?? '')
    // Whoever comes back to the page sees it as it is now.
    await jobseeker.evaluate(() => document.dispatchEvent(new Event('visibilitychange')))
    await jobseeker.getByText('Votre demande est la prochaine dans votre région.').waitFor()
  })

  await t.test('an offer is told by the tab and by a sound, and can be declined', async (t) => {
    await setDesk(first, 'Disponible')
    await first.getByRole('button', { name: 'Prendre ce rappel' }).waitFor()
    t.equal(await first.title(), '(1) Mon portefeuille · Visavis')
    await until(async () => (await soundsOf(first)) > 0, { what: 'a sound' })
    await jobseeker.getByText(`${anne.name} reçoit votre demande à l’instant`).waitFor()
    await lookAt(t, first, 'offered')
    await first.getByRole('button', { name: 'Refuser' }).focus()
    await first.keyboard.press('Enter')
    await until(() => first.evaluate(() => document.activeElement?.textContent === 'Je suis en entretien'), {
      what: 'the first reason has the focus',
    })
    await lookAt(t, first, 'declining')
    await first.keyboard.press('Enter')
    await first.getByText('Prendre ce rappel').waitFor({ state: 'detached' })
    t.equal(await first.title(), 'Mon portefeuille · Visavis')
    await setDesk(first, 'En pause')
  })

  await t.test('the next advisor takes it, and does not reach them', async (t) => {
    await stage.set('PUT', `people/${bruno.id}/callback-abilities`, {})
    await second.getByRole('button', { name: 'Prendre ce rappel' }).waitFor()
    await first.getByText(`Chez ${bruno.name}`).waitFor()
    await accept(second)
    await second.getByText('Hors de votre portefeuille').waitFor()
    t.equal(await second.getByRole('link', { name: /^Appeler le/ }).getAttribute('href'), 'tel:0612345678')
    await jobseeker.getByText(`${bruno.name} prend votre appel`).waitFor()
    await recordMiss(second, 'Pas de réponse', 'Répondeur, message laissé')
    await second.getByText(/^Enregistré\. Prochain essai/).waitFor()
    await setDesk(second, 'En pause')
    await jobseeker.getByText('Nous réessaierons').waitFor()
    await jobseeker.getByText('pas de réponse').waitFor()
    await lookAt(t, jobseeker, 'missed')
  })

  await t.test('called again, they talk, and the call is wrapped up', async (t) => {
    await jobseeker.getByRole('button', { name: 'Changer l’heure ou le numéro' }).click()
    await jobseeker.locator('dialog').getByRole('button', { name: 'Enregistrer' }).click()
    await setDesk(first, 'Disponible')
    await accept(first)
    await first.locator('.conversation').getByRole('heading', { name: jeanne.name }).waitFor()
    await first.getByText('Répondeur, message laissé').waitFor()
    await lookAt(t, first, 'calling')
    await first.getByLabel('Orientation vers un autre service').check()
    await first.getByLabel('Proposer un rendez-vous').check()
    await first.getByLabel(/^Note/).fill('Dossier transmis au centre de formation')
    await first.getByRole('button', { name: 'Terminer le rappel' }).click()
    await first.locator('dialog').getByText(`Fixer un rendez-vous avec ${jeanne.name}`).waitFor()
    await lookAt(t, first, 'appointment after it')
    await first.locator('dialog').getByRole('button', { name: 'Retour' }).click()
    await first.getByText(/^Finalisation.*encore \d+:\d\d/).waitFor()
    await lookAt(t, first, 'wrap-up')
    await setDesk(first, 'Disponible')
    await first.getByText(/^Finalisation/).waitFor({ state: 'detached' })
  })

  await t.test('the jobseeker sees the end of it and every attempt', async (t) => {
    await jobseeker.getByText('Rappel terminé').waitFor()
    await jobseeker.getByText('Un rendez-vous vous sera proposé').waitFor()
    t.same(await jobseeker.locator('.attempts__list li > :last-child').allInnerTexts(), ['pas de réponse', 'échange'])
    t.notMatch(await jobseeker.content(), /Répondeur|Dossier transmis/, 'notes stay at the agency')
    await lookAt(t, jobseeker, 'ended')
    await jobseeker.getByRole('button', { name: 'Demander un autre rappel' }).click()
    await jobseeker.getByText('Rappels précédents (1)').click()
    await jobseeker.locator('.earlier').getByText('Ma formation de soudeur').waitFor()
    await lookAt(t, jobseeker, 'earlier')
  })
  t.equal(await desk(first, 'Disponible').getAttribute('aria-pressed'), 'true')
  t.same([...j, ...a, ...b], [])
})
