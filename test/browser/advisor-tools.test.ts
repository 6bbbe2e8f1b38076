/** What only advisors have: notes, canned replies, a search in everything, handing over; and who is who afterwards. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { connect } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { anne, jeanne, openBrowser, openPage, shoot, signIn } from './chromium.ts'

const bruno = { id: 'advisor-bruno', name: 'Bruno Le Gall' }
const agencyToken = 'agency'.repeat(8)
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
const browser = await openBrowser(t)

/** Everything the server tells a page. */
function framesOf(page: Page): string[] {
  const frames: string[] = []
  page.on('websocket', (socket) => {
    socket.on('framereceived', ({ payload }) => frames.push(String(payload)))
  })
  return frames
}

const { page: jobseeker, complaints: j } = await openPage(browser)
const told = framesOf(jobseeker)
await jobseeker.goto(node.url)
await jobseeker.getByRole('button', { name: jeanne.name }).click()
await jobseeker.locator('.composer__text').waitFor()
const [{ page: advisor, complaints: a }, { page: colleague, complaints: b }] = await Promise.all([
  signIn(browser, node.url, anne),
  signIn(browser, node.url, bruno),
])
const open = async (page: Page, name = jeanne.name) => {
  await page.locator('.portfolio__person').filter({ hasText: name }).click()
  await page.locator('.composer__text').waitFor()
}
await open(advisor)
const field = advisor.locator('.composer__text')
const message = (page: Page, text: string) => page.locator('.message').filter({ hasText: text })

t.test('a note is kept, changed and removed, and never reaches the jobseeker', async (t) => {
  const secret = 'Cherche un mi-temps, confidentiel-1'
  await advisor.getByRole('button', { name: 'Notes', exact: true }).click()
  await advisor.getByText('Jamais visibles pour').waitFor()
  await advisor.getByLabel('Nouvelle note').fill(secret)
  await advisor.getByRole('button', { name: 'Ajouter la note' }).click()
  const note = advisor.locator('.note')
  await note.getByText(secret).waitFor()
  await shoot(advisor, 'tools-notes')
  await note.getByRole('button').click()
  await advisor.getByRole('menuitem', { name: 'Modifier' }).click()
  await advisor.getByLabel('Modifier la note').fill('Cherche un plein temps, confidentiel-2')
  await note.getByRole('button', { name: 'Enregistrer' }).click()
  await note.getByText('confidentiel-2').waitFor()
  await note.getByRole('button').click()
  await advisor.getByRole('menuitem', { name: 'Versions' }).click()
  await advisor.locator('.versions').getByText('confidentiel-1').waitFor()
  await advisor.keyboard.press('Escape')

  await field.fill('Avez-vous du temps ?')
  await field.press('Enter')
  await message(jobseeker, 'Avez-vous du temps').waitFor()
  t.notMatch(told.join('\n'), /confidentiel/, 'in no frame')
  t.notMatch(await jobseeker.content(), /confidentiel/, 'nor in the page')
  t.equal(await jobseeker.getByRole('button', { name: 'Notes' }).count(), 0)
  t.ok(told.length > 3, 'frames were looked at')

  await note.getByRole('button').click()
  await advisor.getByRole('menuitem', { name: 'Supprimer' }).click()
  await advisor.locator('dialog').getByRole('button', { name: 'Supprimer' }).click()
  await note.waitFor({ state: 'detached' })
  await advisor.locator('.drawer__head button').click()
})

t.test('what is opened beside the messages leaves the portfolio as wide as it was, on a small desk too', async (t) => {
  const before = advisor.viewportSize()
  await advisor.setViewportSize({ width: 1280, height: 860 })
  const width = () => advisor.locator('.portfolio').evaluate((portfolio) => portfolio.getBoundingClientRect().width)
  const alone = await width()
  await advisor.locator('#tool-notes').click()
  await advisor.locator('.drawer').waitFor()
  t.equal(await width(), alone)
  await advisor.locator('.drawer__head button').click()
  if (before !== null) await advisor.setViewportSize(before)
})

t.test('a canned reply is made, found by a few letters after a slash, and completed before it goes', async (t) => {
  await advisor.getByRole('button', { name: 'Autres actions' }).click()
  await advisor.getByRole('menuitem', { name: 'Gérer les réponses types' }).click()
  await advisor.getByRole('button', { name: 'Nouvelle réponse type' }).click()
  await advisor.getByLabel('Titre').fill('Rendez-vous à l’été')
  await advisor.getByLabel('Texte').fill('Bonjour {{jobseeker.name}}, venez le {{?}}. {{advisor.name}}')
  await advisor.locator('dialog').getByRole('button', { name: 'Enregistrer' }).click()
  await advisor.locator('.reply bdi').getByText('Rendez-vous à l’été').waitFor()
  await advisor.locator('dialog').getByRole('button', { name: 'Fermer' }).click()

  await field.focus()
  await advisor.keyboard.press('/')
  await until(() => advisor.evaluate(() => document.activeElement?.role === 'combobox'), { what: 'the focus' })
  await advisor.keyboard.type('ete')
  await advisor.getByRole('option', { name: `Bonjour ${jeanne.name}, venez le {{?}}. ${anne.name}` }).waitFor()
  await shoot(advisor, 'tools-replies')
  await advisor.locator('.picker input').fill(jeanne.name)
  t.equal(await advisor.getByRole('option').count(), 1, 'it is found by what it will say')
  await advisor.keyboard.press('Enter')
  const filled = `Bonjour ${jeanne.name}, venez le {{?}}. ${anne.name}`
  await until(async () => (await field.inputValue()) === filled, { what: 'the reply with names' })
  await until(() => advisor.evaluate(() => String(getSelection()) === '{{?}}'), { what: 'the place is selected' })
  await advisor.keyboard.press('Enter')
  t.equal(await field.inputValue(), filled, 'it does not go before it is complete')
  await until(() => advisor.evaluate(() => String(getSelection()) === '{{?}}'), { what: 'the place is selected again' })
  await advisor.keyboard.type('3 mai')
  await advisor.keyboard.press('Enter')
  await message(jobseeker, 'venez le 3 mai').waitFor()

  await advisor.keyboard.press('/')
  await until(() => advisor.evaluate(() => document.activeElement?.role === 'combobox'), { what: 'the focus' })
  await advisor.keyboard.press('Escape')
  await until(async () => (await field.inputValue()) === '/', { what: 'the slash that was meant' })
  await field.fill('')
})

t.test('a search finds a word whatever its accents, and leads to it: here, and in another conversation', async (t) => {
  const visavis = connect({ url: node.url, token: () => node.token(anne.id) })
  t.teardown(() => visavis.close())
  await visavis.opened
  const karim = connect({ url: node.url, token: () => node.token('jobseeker-2') })
  t.teardown(() => karim.close())
  await karim.opened
  await karim.chat.channel('jobseeker-2').send('Je cherche un emploi de pâtissier')
  await visavis.chat.channel('jobseeker-2').send('Votre candidature à la boulangerie est acceptée')
  for (let n = 0; n < 60; n += 1) await visavis.chat.channel('jobseeker-2').send(`Suite ${n}`)
  await jobseeker.locator('.composer__text').fill('J’ai trouvé un stage à la mairie')
  await jobseeker.keyboard.press('Enter')
  await message(advisor, 'mairie').waitFor()

  await advisor.getByRole('button', { name: 'Rechercher', exact: true }).click()
  const query = advisor.locator('.drawer input[type=search]')
  await until(
    async () => {
      await query.fill('')
      await query.fill('trouve')
      return advisor
        .locator('.hit mark')
        .first()
        .waitFor({ timeout: 2_000 })
        .then(
          () => true,
          () => false,
        )
    },
    { what: 'the index has it', timeoutMs: 20_000 },
  )
  t.equal(await advisor.locator('.hit mark').first().innerText(), 'trouvé')
  await advisor.keyboard.press('ArrowDown')
  await advisor.keyboard.press('Enter')
  await advisor.locator('.message[data-found=true]').getByText('mairie').waitFor()

  await advisor.getByLabel('Dans tout le portefeuille').check()
  await query.fill('patissier')
  await advisor.locator('.hit').getByText('cherche un emploi').waitFor()
  t.match(await advisor.locator('.hit .card-row__head').innerText(), /^Karim Benali\n/, 'one name, and no id')
  await query.fill('acceptee')
  await advisor.locator('.hit').getByText('boulangerie').waitFor()
  await shoot(advisor, 'tools-search')
  await query.press('Enter')
  await advisor.getByRole('heading', { name: 'Karim Benali' }).waitFor()
  await advisor.locator('.message[data-found=true]').getByText('boulangerie').waitFor()
  t.ok(await advisor.locator('#message-1').isVisible(), 'older pages were loaded on the way')

  await advisor.locator('.portfolio').getByRole('button', { name: 'Rechercher dans tout' }).click()
  await advisor.locator('.portfolio input[type=search]').fill('mairie')
  await advisor.locator('.portfolio .hit').click()
  await advisor.getByRole('heading', { name: jeanne.name }).waitFor()
  await advisor.locator('.message[data-found=true]').getByText('mairie').waitFor()
  await advisor.locator('.portfolio').getByRole('button', { name: 'Rechercher dans tout' }).click()
})

t.test('while a colleague stands in, everybody sees who answers', async (t) => {
  const now = Date.now()
  const response = await fetch(`${node.url}/api/regions/bretagne/covers/c1`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
    body: JSON.stringify({ advisor: anne.id, cover: bruno.id, from: now - 1_000, until: now + 3_600_000 }),
  })
  t.ok(response.ok)
  await open(colleague)
  await colleague.getByText(`Vous remplacez ${anne.name}`).waitFor()
  await colleague.locator('.composer__text').fill('Anne revient lundi')
  await colleague.keyboard.press('Enter')
  const received = message(jobseeker, 'Anne revient lundi')
  await received.locator('.message__author').getByText(`${bruno.name}en remplacement`).waitFor()
  await jobseeker.getByText(`${bruno.name} remplace ${anne.name}`).waitFor()
  const seen = message(advisor, 'Anne revient lundi')
  await seen.locator('.message__author').getByText(bruno.name).waitFor()
  t.equal(await seen.getAttribute('data-ours'), 'true', 'it is of the advisor’s own side')
  await shoot(jobseeker, 'tools-cover')
})

t.test('a jobseeker is handed over, with a reason that only the colleague reads', async (t) => {
  await advisor.getByRole('button', { name: 'Autres actions' }).click()
  await advisor.getByRole('menuitem', { name: 'Confier' }).click()
  await advisor.getByLabel('À qui').selectOption({ label: bruno.name })
  await advisor.getByLabel('Pourquoi').fill('Je pars en congé, raison-secrète')
  await shoot(advisor, 'tools-transfer')
  await jobseeker.locator('.composer__text').fill('Je voulais')
  await jobseeker.keyboard.press('ArrowLeft')
  await advisor.getByRole('button', { name: 'Continuer' }).click()
  await advisor.locator('dialog').getByText(`${bruno.name} accompagnera ${jeanne.name}`).waitFor()
  await advisor.getByRole('button', { name: 'Confier le suivi' }).click()
  await advisor.getByRole('heading', { name: 'Ma journée' }).waitFor()
  await colleague.getByText('raison-secrète').waitFor()
  await jobseeker.locator('.panel__title').getByText(bruno.name).waitFor()
  await jobseeker.locator('.messages__said').getByText(`Désormais ${bruno.name} répond ici`).waitFor()
  t.notMatch(told.join('\n'), /raison-secrète/)
  await jobseeker.keyboard.type('-')
  t.equal(await jobseeker.locator('.composer__text').inputValue(), 'Je voulai-s', 'whoever is writing goes on')
  await jobseeker.locator('.panel__title .presence').getByText('En ligne').waitFor()
  await colleague.getByRole('button', { name: 'Ouvrir la conversation' }).click()
  await message(colleague, 'Avez-vous du temps').locator('.message__author').getByText(anne.name).waitFor()
  await shoot(colleague, 'tools-handed-over')
  t.same([...j, ...a, ...b], [])
})

t.test('how one wants to hear of messages by e-mail is kept', async (t) => {
  for (const page of [jobseeker, colleague]) {
    await page.getByRole('button', { name: 'Avis par e-mail' }).click()
    await page.getByLabel('Une fois par jour').check()
    await page.getByLabel('Pas d’e-mail pendant ces heures').check()
    await page.getByLabel('De', { exact: true }).fill('21:30')
    await page.getByRole('button', { name: 'Enregistrer' }).click()
    await page.locator('dialog').waitFor({ state: 'detached' })
    await page.reload()
    await page.getByRole('button', { name: 'Avis par e-mail' }).click()
    t.equal(await page.getByLabel('Une fois par jour').isChecked(), true)
    t.equal(await page.getByLabel('De', { exact: true }).inputValue(), '21:30')
    await page.keyboard.press('Escape')
  }
})
