/** What two people do with the messages of their conversation: by keyboard, by mouse, and across a reload. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { connect } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'

const node = await testNode(t)
const browser = await openBrowser(t)
const [{ page: jobseeker, complaints: j }, { page: advisor, complaints: a }] = await Promise.all([
  signIn(browser, node.url, jeanne),
  signIn(browser, node.url, anne),
])
await advisor.context().grantPermissions(['clipboard-read', 'clipboard-write'])
await advisor.locator('.portfolio__person', { hasText: jeanne.name }).click()

const field = (page: Page) => page.locator('.composer__text')
const message = (page: Page, text: string | RegExp) => page.locator('.message').filter({ hasText: text })
const focused = (page: Page, selector: string) =>
  page.evaluate((wanted) => document.activeElement?.matches(wanted) ?? false, selector)

async function write(page: Page, text: string): Promise<void> {
  await field(page).fill(text)
  await page.keyboard.press('Enter')
  await message(page, text).locator('time').waitFor()
}

/** By mouse: what is hidden until the pointer is over the message. */
async function choose(page: Page, text: string | RegExp, item: string): Promise<void> {
  await message(page, text).last().hover()
  await message(page, text).last().locator('.message__more').click()
  await page.getByRole('menuitem', { name: item }).click()
}

t.test('by keyboard alone: from the list to a message, its menu, a reply, and back', async (t) => {
  await write(jobseeker, 'Quand puis-je venir ?')
  await write(jobseeker, 'Et avec quels papiers ?')
  await message(advisor, 'Et avec quels papiers').waitFor()
  await field(advisor).focus()
  await advisor.keyboard.press('Shift+Tab')
  t.ok(await focused(advisor, '.message__more'), 'one step back from the field is the menu of the newest message')
  await advisor.keyboard.press('ArrowUp')
  t.equal(
    await advisor.evaluate(() => document.activeElement?.closest('.message')?.id),
    'message-1',
    'the arrows go from message to message',
  )
  await advisor.keyboard.press('Enter')
  await advisor.getByRole('menuitem', { name: 'Répondre' }).waitFor()
  t.ok(await focused(advisor, '[role=menuitem]:first-child'))
  await advisor.keyboard.press('Escape')
  t.ok(await focused(advisor, '#message-1 .message__more'), 'Escape gives the focus back')
  await advisor.keyboard.press('Enter')
  await advisor.keyboard.press('Enter')
  await until(() => focused(advisor, '.composer__text'), { what: 'the field has the focus' })
  await advisor.keyboard.type('Jeudi à 10 h')
  await advisor.keyboard.press('Enter')
  t.ok(await focused(advisor, '.composer__text'), 'after sending one goes on writing')
  const answer = message(jobseeker, 'Jeudi à 10 h')
  await answer.locator('blockquote').getByText('Quand puis-je venir').waitFor()
  t.equal(await advisor.locator('.about').count(), 0, 'the next message answers nothing')
  await message(advisor, 'Jeudi à 10 h').locator('time').waitFor()
  await advisor.keyboard.press('Shift+Tab')
  t.ok(
    await message(advisor, 'Jeudi à 10 h').locator('.message__more:focus').isVisible(),
    'one step back is the menu of the newest message again, whatever was answered',
  )
  await field(advisor).focus()

  await answer.locator('.quote__jump').click()
  await jobseeker.locator('#message-1[data-found=true]').waitFor()
  t.ok(await focused(jobseeker, '#message-1'))
})

t.test('an own message is changed in the field; Escape leaves it as it was, and the draft too', async (t) => {
  await field(advisor).fill('un brouillon')
  await choose(advisor, 'Jeudi à 10 h', 'Modifier')
  await until(async () => (await field(advisor).inputValue()) === 'Jeudi à 10 h', { what: 'its text is in the field' })
  await field(advisor).fill('Non')
  await advisor.keyboard.press('Escape')
  await until(async () => (await field(advisor).inputValue()) === 'un brouillon', { what: 'the draft is back' })

  await choose(advisor, 'Jeudi à 10 h', 'Modifier')
  await field(advisor).fill('Vendredi à 10 h')
  await advisor.keyboard.press('Enter')
  await message(jobseeker, 'Vendredi à 10 h').getByText('modifié').waitFor()
  t.equal(await message(jobseeker, 'Jeudi à 10 h').count(), 0)
  t.equal(await field(advisor).inputValue(), 'un brouillon')

  await choose(advisor, 'Vendredi', 'Versions précédentes')
  await advisor.locator('.versions').getByText('Jeudi à 10 h').waitFor()
  await advisor.keyboard.press('Escape')
  await advisor.locator('dialog').waitFor({ state: 'detached' })
  await message(jobseeker, 'Vendredi').last().hover()
  await message(jobseeker, 'Vendredi').locator('.message__more').click()
  t.notMatch(await jobseeker.getByRole('menu').innerText(), /Versions|Modifier|Épingler|Supprimer/)
  await jobseeker.keyboard.press('Escape')
})

t.test('the draft waits while the advisor looks at somebody else', async (t) => {
  await advisor.getByRole('button', { name: /Karim Benali/ }).click()
  await advisor.getByRole('heading', { name: 'Karim Benali' }).waitFor()
  t.equal(await field(advisor).inputValue(), '')
  await advisor.locator('.portfolio__person', { hasText: jeanne.name }).click()
  t.equal(await field(advisor).inputValue(), 'un brouillon')
})

t.test('the draft outlives the page in its tab, until its author signs out', async (t) => {
  const { page } = await signIn(browser, node.url, anne)
  const look = async () => page.locator('.portfolio__person', { hasText: jeanne.name }).click()
  await look()
  t.equal(await field(page).inputValue(), '', 'another tab has its own')
  await field(page).fill('un autre brouillon')
  await page.reload()
  await look()
  await until(async () => (await field(page).inputValue()) === 'un autre brouillon', { what: 'the draft' })
  await page.getByRole('button', { name: 'Se déconnecter' }).click()
  await page.getByRole('button', { name: anne.name }).waitFor()
  t.same(await page.evaluate(() => Object.keys(sessionStorage).filter((key) => key.includes('draft'))), [])
  await page.context().close()
  await field(advisor).fill('')
})

t.test('a deleted message leaves its place, after a question, and the focus stays there', async (t) => {
  await write(jobseeker, 'Pour quelqu’un d’autre')
  await choose(jobseeker, 'Pour quelqu’un d’autre', 'Supprimer')
  await jobseeker.getByRole('button', { name: 'Annuler' }).click()
  t.equal(await message(jobseeker, 'Pour quelqu’un d’autre').count(), 1)
  await choose(jobseeker, 'Pour quelqu’un d’autre', 'Supprimer')
  await jobseeker.locator('dialog').getByRole('button', { name: 'Supprimer' }).click()
  await message(advisor, 'Ce message a été supprimé').waitFor()
  await until(() => focused(jobseeker, '.message[data-state=deleted]'), { what: 'the focus is at its place' })
})

t.test('what the advisor pins is at hand for both', async (t) => {
  await choose(advisor, 'Vendredi à 10 h', 'Épingler')
  await jobseeker.getByRole('button', { name: 'Épinglés (1)' }).click()
  await jobseeker.locator('.drawer').getByText('Vendredi à 10 h').click()
  await jobseeker.locator('.message[data-found=true]').getByText('Vendredi').waitFor()
  await advisor.getByRole('button', { name: 'Épinglés (1)' }).click()
  await advisor.locator('.drawer').getByRole('button', { name: 'Désépingler' }).click()
  await jobseeker.getByText('Aucun message épinglé').waitFor()
  for (const page of [advisor, jobseeker]) await page.locator('.drawer__head button').click()
  t.ok(await focused(jobseeker, '#tool-pinned'), 'the focus is where it came from')
})

t.test('a text is copied', async (t) => {
  await choose(advisor, 'Et avec quels papiers', 'Copier')
  await until(
    async () => (await advisor.evaluate(() => navigator.clipboard.readText())) === 'Et avec quels papiers ?',
    {
      what: 'the text is in the clipboard',
    },
  )
  t.pass()
})

t.test('marked as unread it stays so across a reload, for both, until they say or write something', async (t) => {
  await write(advisor, 'À lire plus tard')
  await choose(jobseeker, 'À lire plus tard', 'Marquer comme non lu')
  await jobseeker.getByText('Marqué comme non lu').waitFor({ state: 'attached' })
  await jobseeker.reload()
  await jobseeker.locator('.messages__new').waitFor()
  t.match(await jobseeker.locator('.messages__new + .message').innerText(), 'À lire plus tard')
  await jobseeker.getByRole('button', { name: 'Marquer comme lu' }).click()
  await jobseeker.locator('.messages__new').waitFor({ state: 'detached' })
  await until(async () => (await summaryOf(jeanne.id)).unread === 0, { what: 'the server knows' })

  await choose(advisor, 'Et avec quels papiers', 'Marquer comme non lu')
  const person = advisor.locator('.portfolio__person', { hasText: jeanne.name })
  await person.locator('.count').waitFor()
  await advisor.getByText('Marqué comme non lu').waitFor({ state: 'attached' })
  await advisor.reload()
  await person.locator('.count').waitFor()
  await person.click()
  await advisor.locator('.messages__new').waitFor()
  await person.locator('.count').waitFor({ state: 'detached' })
})

t.test('older messages come by scrolling, and new ones are counted while one reads them', async (t) => {
  const visavis = connect({ url: node.url, token: () => node.token('advisor-anne') })
  t.teardown(() => visavis.close())
  await visavis.opened
  const karim = visavis.chat.channel('jobseeker-2')
  await Promise.all(Array.from({ length: 70 }, (_, index) => karim.send(`Message ${index + 1}`)))
  const { page } = await signIn(browser, node.url, { id: 'jobseeker-2', name: 'Karim Benali' })
  await page.locator('.messages__new').waitFor()
  t.equal(await page.locator('#message-70').evaluate(isInSight), false, 'it begins where it is new')
  await page.locator('.conversation__end').click()
  const scroller = page.locator('.conversation__scroller')
  await until(
    async () => {
      await scroller.evaluate((element) => element.scrollTo({ top: 0 }))
      return (await page.locator('#message-1').count()) === 1
    },
    { what: 'the first message', everyMs: 50 },
  )
  await scroller.evaluate((element) => element.scrollTo({ top: 300 }))
  const before = await page.locator('#message-10').evaluate((element) => element.getBoundingClientRect().top)
  await karim.send('Encore un')
  await page.getByRole('button', { name: '1 nouveau message' }).waitFor()
  const after = await page.locator('#message-10').evaluate((element) => element.getBoundingClientRect().top)
  t.ok(Math.abs(after - before) <= 1, 'what is read does not move')
  await page.locator('.conversation__end').click()
  await page.locator('.message').getByText('Encore un').waitFor()
  await page.locator('.conversation__end').waitFor({ state: 'detached' })
  await page.context().close()
})

t.test('on a telephone whoever is chosen is before one’s eyes, and back leads to where one was', async (t) => {
  const { page } = await signIn(browser, node.url, anne, { viewport: { width: 320, height: 480 } })
  const person = page.locator('.portfolio__person').last()
  const name = await person.locator('.portfolio__name').innerText()
  await person.scrollIntoViewIfNeeded()
  t.ok(await page.evaluate(() => scrollY > 100), 'the list is further down')
  await person.click()
  const head = page.locator('.person').getByRole('heading', { name })
  await until(() => focused(page, '.person__back'), { what: 'the focus is in the conversation' })
  const top = await head.evaluate((element) => element.getBoundingClientRect().top)
  t.ok(top >= 0 && top < 240, `its head is at ${Math.round(top)} px`)
  await page.keyboard.press('Enter')
  await until(() => person.evaluate((element) => element === document.activeElement), { what: 'the focus is back' })
  await page.context().close()
})

t.test('who waits longest comes first on request, and both see until when there is to be an answer', async (t) => {
  await write(jobseeker, 'Êtes-vous là ?')
  await jobseeker.locator('.answer-clock time').waitFor()
  await advisor.locator('.answer-clock time').waitFor()
  t.match(await jobseeker.locator('.answer-clock').innerText(), /Réponse au plus tard .* à \d\d:\d\d/)
  await advisor.getByRole('button', { name: 'Plus longue attente' }).click()
  const names = advisor.locator('.portfolio__name')
  t.equal(await names.first().innerText(), jeanne.name)
  await advisor.locator('.portfolio__person .waiting').first().waitFor()
  await shoot(advisor, 'conversation-advisor')
  await write(advisor, 'Oui')
  await jobseeker.locator('.answer-clock').waitFor({ state: 'detached' })
  t.same([...j, ...a], [])
})

/** Runs in the page. */
function isInSight(element: Element): boolean {
  return element.getBoundingClientRect().top < (element.closest('section')?.getBoundingClientRect().bottom ?? 0)
}

async function summaryOf(person: string) {
  const visavis = connect({ url: node.url, token: () => node.token(person) })
  await visavis.opened
  const [summary] = visavis.chat.channels
  visavis.close()
  if (summary === undefined) throw new Error('no channel')
  return summary
}
