/** Messages between two real browsers. */
import t from 'tap'
import { connect } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'

t.test(
  'a message typed by one appears at the other, with unread counts, receipts and no HTML of the writer',
  async (t) => {
    const node = await testNode(t)
    const browser = await openBrowser(t)
    const [jobseeker, advisor] = await Promise.all([signIn(browser, node.url, jeanne), signIn(browser, node.url, anne)])
    await jobseeker.page.getByText('Pas encore de message').waitFor()
    await shoot(jobseeker.page, 'chat-jobseeker-empty')
    await shoot(advisor.page, 'chat-advisor-empty')

    const write = async (page: typeof advisor.page, text: string) => {
      await page.getByLabel(/^Votre message/).fill(text)
      await page.keyboard.press('Enter')
    }
    await write(jobseeker.page, 'Bonjour Anne, voici mon CV : https://example.org/cv?nom=martin.')
    const person = advisor.page.locator('.portfolio__person', { hasText: jeanne.name })
    await person.getByText('1 non lu').waitFor({ state: 'attached' })
    t.match(await advisor.page.title(), /^\(1\) /, 'so does the tab, for whoever looks at another one')
    await shoot(advisor.page, 'chat-advisor-unread')

    await person.click()
    const link = advisor.page.getByRole('link', { name: 'https://example.org/cv?nom=martin' })
    await link.waitFor()
    t.equal(
      await link.getAttribute('href'),
      'https://example.org/cv?nom=martin',
      'the full stop is no part of the address',
    )
    await jobseeker.page.getByText('Lu', { exact: true }).waitFor()
    await person.getByText('1 non lu').waitFor({ state: 'detached' })
    t.notMatch(await advisor.page.title(), /^\(/)

    const html = '<img src=x onerror="document.title=`broken`"> <b>gras</b>'
    await write(advisor.page, html)
    await jobseeker.page.locator('.message').getByText(html).waitFor()
    t.equal(await jobseeker.page.locator('.message img, .message b').count(), 0)

    await t.test('Shift + Enter starts a new line', async (t) => {
      const text = advisor.page.getByLabel(/^Votre message/)
      await text.pressSequentially('Une ligne')
      await advisor.page.keyboard.press('Shift+Enter')
      await text.pressSequentially('et une autre')
      t.equal(await text.inputValue(), 'Une ligne\net une autre')
      await advisor.page.keyboard.press('Enter')
      await jobseeker.page.locator('.message').getByText('et une autre').waitFor()
      t.equal(await text.inputValue(), '')
    })

    await t.test('what was written is there after loading the page again', async () => {
      await jobseeker.page.reload()
      await jobseeker.page.locator('.message').getByText('et une autre').waitFor()
      await shoot(jobseeker.page, 'chat-jobseeker')
      await shoot(advisor.page, 'chat-advisor')
    })
    t.same([...jobseeker.complaints, ...advisor.complaints], [])
  },
)

t.test(
  'what became of a message is shown: edited, deleted, answered, pinned, with a file, and who is writing',
  async (t) => {
    const node = await testNode(t)
    const browser = await openBrowser(t)
    const { page, complaints } = await signIn(browser, node.url, jeanne)
    const visavis = connect({ url: node.url, token: () => node.token(anne.id) })
    t.teardown(() => visavis.close())
    const channel = visavis.chat.channel(jeanne.id)
    const first = await channel.send('Rendez-vous jeudi à 10 h')
    await channel.edit(first.offset, 'Rendez-vous vendredi à 10 h')
    const wrong = await channel.send('pour quelqu’un d’autre')
    await channel.delete(wrong.offset)
    const file = new Blob(['Votre convocation'], { type: 'text/plain' })
    const attachment = await visavis.attachments.upload(jeanne.id, file, { name: 'convocation.txt' })
    await channel.send('La convocation est jointe', { replyTo: first.offset, attachments: [attachment] })
    await channel.pin(first.offset, true)

    const messages = page.locator('.message')
    await messages.getByText('modifié').waitFor()
    await messages.getByText('épinglé').waitFor()
    await page.getByText('Ce message a été supprimé').waitFor()
    t.equal(await page.getByText('jeudi').count(), 0)
    t.equal(await page.getByText('pour quelqu').count(), 0)
    await page.locator('blockquote').getByText('Rendez-vous vendredi').waitFor()
    const saved = page.waitForEvent('download')
    await page.getByRole('button', { name: /convocation\.txt/ }).click()
    t.equal((await saved).suggestedFilename(), 'convocation.txt')
    channel.type()
    await page.getByText('Anne Kermarrec écrit …').waitFor()
    await shoot(page, 'chat-changes')
    t.same(complaints, [])
  },
)
