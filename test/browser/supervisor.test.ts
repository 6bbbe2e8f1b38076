/** The supervisor's page in a real browser: what happens is seen without a reload, and what is done there has its effect. */
import t from 'tap'
import { until } from '../support/until.ts'
import { anne, jeanne, shoot } from './chromium.ts'
import { bruno, claire, karim, nolwenn, supervisorStage, yves } from './supervisor-stage.ts'

t.test('a team live: who waits, another priority, another advisor, a pause that jobseekers read', async (t) => {
  const stage = await supervisorStage(t)
  const { page, complaints } = await stage.open(claire)
  await page.getByText('Personne n’attend', { exact: true }).waitFor()
  const [anneHere, jeanneHere, claireHere] = await Promise.all([anne.id, jeanne.id, claire.id].map(stage.as))
  if (anneHere === undefined || jeanneHere === undefined || claireHere === undefined) throw new Error('nobody is here')
  await anneHere.callbacks.setDesk('busy')
  const row = (name: string) => page.locator('.board__advisors tr').filter({ hasText: name })
  await row(anne.name).getByText('occupé').waitFor()

  const id = await stage.ask(jeanneHere, 'Ma formation de soudeuse')
  const item = page.locator('.board__line .ticket').filter({ hasText: jeanne.name })
  await item.getByText('Ma formation de soudeuse').waitFor()
  const tile = (name: string) => page.locator('.tile').filter({ hasText: name }).locator('dd')
  await tile('En attente').getByText('1', { exact: true }).waitFor()
  await item.getByText(`File : ${anne.name}`).waitFor()
  await shoot(page, 'supervisor-board')

  await t.test('a priority needs a reason, and is on record with it', async (t) => {
    const button = item.getByRole('button', { name: /^Priorité/ })
    await button.focus()
    await page.keyboard.press('Enter')
    await page.getByLabel('Urgente').check()
    await page.getByRole('button', { name: 'Enregistrer' }).click()
    await page.getByText('Dites pourquoi en quelques mots').waitFor()
    await until(() => page.evaluate(() => document.activeElement?.matches('textarea')), { what: 'the focus' })
    await shoot(page, 'supervisor-raise')
    await page.getByLabel('Pourquoi').fill('Un entretien demain')
    await page.getByRole('button', { name: 'Enregistrer' }).click()
    await item.locator('.tag').getByText('Urgente').waitFor()
    t.ok(await button.evaluate((element) => element === document.activeElement), 'the focus is where it was')
    const history = await claireHere.callbacks.history(id)
    t.match(history.at(-1), { by: claire.id, why: 'priority 2', note: 'Un entretien demain' })
  })

  await t.test('a request given to a colleague is in their line', async () => {
    await item.getByRole('button', { name: /^Confier à/ }).click()
    await page.getByLabel('À qui').selectOption(bruno.id)
    await page.getByLabel('Pourquoi').fill('Anne est en réunion')
    await shoot(page, 'supervisor-reassign')
    await page.getByRole('button', { name: 'Confier', exact: true }).click()
    await item.getByText(`File : ${bruno.name}`).waitFor()
  })

  await t.test('a pause says why to whoever waits or is about to ask, until it goes on', async (t) => {
    await page.getByRole('button', { name: 'Mettre en pause l’équipe rennes' }).click()
    await page.getByRole('button', { name: 'Mettre en pause', exact: true }).click()
    await page.getByText('Dites aux personnes en attente').waitFor()
    const message = 'Réunion d’équipe jusqu’à 11 h'
    await page.getByLabel('Que lisent').fill(message)
    await page.getByRole('button', { name: 'Mettre en pause', exact: true }).click()
    await page.getByText('L’équipe rennes est en pause').waitFor()
    await shoot(page, 'supervisor-paused')
    t.equal((await jeanneHere.callbacks.place(id)).paused, message)
    t.equal((await (await stage.as(karim.id)).callbacks.options()).paused, message)
    await page.getByRole('button', { name: 'Reprendre' }).click()
    await page.getByRole('button', { name: 'Mettre en pause l’équipe rennes' }).waitFor()
    t.equal((await jeanneHere.callbacks.place(id)).paused, undefined)
  })

  await t.test('a call that is taken leaves the line and counts', async () => {
    const brunoHere = await stage.as(bruno.id)
    await until(() => brunoHere.callbacks.offerOf(id) !== undefined, { what: 'the offer' })
    await brunoHere.callbacks.accept(id)
    await page.getByText('Personne n’attend', { exact: true }).waitFor()
    await tile('Pris en charge').getByText('1', { exact: true }).waitFor()
    await tile('Dans le délai').getByText(/100/).waitFor()
    await row(bruno.name).locator('[data-name="En cours"]').getByText('1', { exact: true }).waitFor()
  })
  t.same(complaints, [])
})

t.test('answers that are due: live, handed over, covered', async (t) => {
  const stage = await supervisorStage(t)
  const { page, complaints } = await stage.open(claire)
  await page.getByRole('link', { name: 'Réponses' }).click()
  await page.getByText('Aucune réponse ne presse').waitFor()
  await page.getByText('Personne ne remplace personne').waitFor()
  await stage.wrote(jeanne.id, 50)
  await stage.wrote(karim.id, 80)
  await stage.wrote(yves.id, 1)
  const item = (name: string) => page.locator('.answer').filter({ hasText: name })
  await item(jeanne.name).getByText('À répondre avant').waitFor()
  await item(jeanne.name).getByText(`Peut répondre : ${anne.name}`).waitFor()
  await item(karim.name).getByText('En retard').waitFor()
  await item(yves.name).getByText('Personne ne peut répondre').waitFor()
  await page.getByRole('link', { name: /^Réponses 3/ }).waitFor()
  await shoot(page, 'supervisor-answers')

  await t.test('somebody whom nobody follows is handed over, and their alert ends', async (t) => {
    await item(yves.name).getByRole('button', { name: 'Confier à' }).click()
    await page.getByText('Personne n’assure l’accompagnement').waitFor()
    await page.getByLabel('À qui').selectOption(bruno.id)
    await shoot(page, 'supervisor-hand-over')
    await page.getByRole('button', { name: 'Confier', exact: true }).click()
    await page.getByRole('dialog').waitFor({ state: 'detached' })
    const yvesHere = await stage.as(yves.id)
    t.equal((await yvesHere.enrolment.advisor()).advisor?.id, bruno.id)
    await item(yves.name).waitFor({ state: 'detached' })
  })

  await t.test('a cover is named for the advisor of who waits, and ended', async (t) => {
    await item(jeanne.name).getByRole('button', { name: 'Nommer un remplacement' }).click()
    await page
      .getByLabel('Qui est absent')
      .and(page.locator(`:has(option[value="${anne.id}"]:checked)`))
      .waitFor()
    await page.getByLabel('Qui remplace').selectOption(bruno.id)
    await page.getByLabel('Au', { exact: true }).fill('2020-01-01T10:00')
    await page.getByRole('button', { name: 'Nommer', exact: true }).click()
    await page.getByText('La fin doit suivre le début').waitFor()
    const inTwoDays = new Date(Date.now() + 48 * 3_600_000).toISOString().slice(0, 16)
    await page.getByLabel('Au', { exact: true }).fill(inTwoDays)
    await shoot(page, 'supervisor-cover')
    await page.getByRole('button', { name: 'Nommer', exact: true }).click()
    await page.getByRole('listitem').getByText(`${bruno.name} remplace ${anne.name}`).waitFor()
    const jeanneHere = await stage.as(jeanne.id)
    t.same(
      (await jeanneHere.enrolment.advisor()).covers.map(({ id }) => id),
      [bruno.id],
    )
    await item(jeanne.name)
      .getByText(new RegExp(`${anne.name} ou ${bruno.name} \\(jusqu’à`))
      .waitFor()
    await page.getByRole('button', { name: 'Mettre fin' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Mettre fin' }).click()
    await page.getByText('Personne ne remplace personne').waitFor()
    t.same((await jeanneHere.enrolment.advisor()).covers, [])
  })

  await t.test('an answer makes the alert disappear', async () => {
    await (await stage.as(anne.id)).chat.channel(jeanne.id).send('Voici la réponse')
    await item(jeanne.name).waitFor({ state: 'detached' })
  })
  t.same(complaints, [])
})

t.test('a region: its teams side by side, and its settings, which only its supervisor may change', async (t) => {
  const stage = await supervisorStage(t)
  const { page, complaints } = await stage.open(nolwenn)
  const [jeanneHere, maudHere] = await Promise.all([stage.as(jeanne.id), stage.as('jobseeker-maud')])
  await stage.ask(jeanneHere, 'Mon entretien')
  await stage.ask(maudHere, 'Le permis de conduire')
  const teams = page.locator('.board__teams')
  await teams.getByRole('button', { name: 'brest' }).click()
  await page.locator('.board__line').getByText('Le permis de conduire').waitFor()
  await teams.getByRole('button', { name: 'rennes' }).click()
  await page.locator('.board__line').getByText('Mon entretien').waitFor()
  await page.getByRole('button', { name: 'Mettre en pause toute la région' }).waitFor()
  await shoot(page, 'supervisor-region')

  await page.getByRole('link', { name: 'Réglages' }).click()
  await page.getByLabel('Équipe', { exact: true }).selectOption('rennes')
  await page.getByLabel('Choisis dans la liste').check()
  const [team, region] = [page.getByRole('region', { name: 'Équipe' }), page.getByRole('region', { name: 'Région' })]
  await team.getByRole('button', { name: 'Enregistrer' }).click()
  await team.getByText('Enregistré', { exact: true }).waitFor()
  const most = page.getByLabel('Attente maximale quand')
  await most.fill('10')
  await region.getByRole('button', { name: 'Enregistrer' }).click()
  await region.getByText(/l’attente maximale doit être au moins égale/).waitFor()
  await shoot(page, 'supervisor-settings')
  await most.fill('240')
  await page.getByLabel('Sujets').fill('general, emploi')
  await region.getByRole('button', { name: 'Enregistrer' }).click()
  await region.getByText('Enregistré', { exact: true }).waitFor()
  await until(async () => (await jeanneHere.callbacks.options()).topics.join() === 'general,emploi', {
    what: 'the new topics',
  })

  const { page: ofTeam } = await stage.open(claire)
  await ofTeam.goto(`${stage.node.url}/supervisor#settings`)
  await ofTeam.reload()
  await ofTeam.getByText('Seule la supervision de toute la région').waitFor()
  await ofTeam.getByText('Question générale, Emploi').waitFor()
  t.equal(await ofTeam.getByLabel('Sujets').count(), 0, 'to be read only')
  t.ok(await ofTeam.getByLabel('Choisis dans la liste').isChecked(), 'what the other one has set')
  // What was refused is the browser's to tell.
  t.same(
    complaints.filter((text) => !text.includes('400')),
    [],
  )
})
