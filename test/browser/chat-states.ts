/** Everything the chat can show, opened one after the other, for files that look at it on one screen or another. */
import type { Browser, Page } from 'playwright-core'
import type { Test } from 'tap'
import { connect } from '../../client/index.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'

/** What is opened, and how; each begins where the one before has ended. */
const advisorStates: readonly (readonly [string, (page: Page) => Promise<unknown>])[] = [
  ['conversation', (page) => page.locator('.portfolio__person').filter({ hasText: jeanne.name }).click()],
  ['menu', (page) => openMenu(page)],
  ['versions', (page) => page.getByRole('menuitem', { name: 'Versions' }).click()],
  ['edit', (page) => closeThen(page, () => choose(page, 'Modifier'))],
  ['deletion', (page) => page.keyboard.press('Escape').then(() => choose(page, 'Supprimer'))],
  ['search', (page) => closeThen(page, () => search(page))],
  ['notes', (page) => page.locator('#tool-notes').click()],
  ['pinned', (page) => page.locator('#tool-pinned').click()],
  [
    'replies',
    (page) =>
      page
        .locator('#tool-pinned')
        .click()
        .then(() => pick(page)),
  ],
  ['manager', (page) => page.getByRole('button', { name: 'Gérer', exact: true }).click()],
  ['reply', (page) => page.getByRole('button', { name: 'Nouvelle réponse type' }).click()],
  ['transfer', (page) => closeThen(page, () => closeThen(page, () => transfer(page)))],
  ['notices', (page) => closeThen(page, () => page.getByRole('button', { name: 'Avis par e-mail' }).click())],
]

async function openMenu(page: Page): Promise<void> {
  await page.locator('#message-1').hover()
  await page.locator('#message-1 .message__more').click()
  await page.getByRole('menu').waitFor()
}

async function choose(page: Page, item: string): Promise<void> {
  await openMenu(page)
  await page.getByRole('menuitem', { name: item }).click()
}

async function closeThen(page: Page, next: () => Promise<unknown>): Promise<void> {
  const dialog = page.locator('dialog h2')
  const title = await dialog.innerText()
  await page.keyboard.press('Escape')
  await dialog.filter({ hasText: title }).waitFor({ state: 'detached' })
  await next()
}

async function search(page: Page): Promise<void> {
  await page.locator('#tool-search').click()
  await page.locator('.drawer input[type=search]').fill('vendredi')
  await page.locator('.hit').first().waitFor()
}

async function pick(page: Page): Promise<void> {
  await page.locator('.composer__text').press('/')
  await page.getByRole('option').first().waitFor()
}

async function transfer(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Autres actions' }).click()
  await page.getByRole('menuitem', { name: 'Confier' }).click()
}

export interface Look {
  readonly width: number
  readonly colorScheme: 'light' | 'dark'
  /** Axe takes its time: which states it looks at; nothing may be cut off in any. */
  readonly axe: RegExp
}

/** A conversation in which there is everything, and a way to look at it. */
export async function openChat(t: Test): Promise<(t: Test, look: Look) => Promise<void>> {
  const node = await testNode(t)
  const browser = await openBrowser(t)
  const as = async (person: string) => {
    const visavis = connect({ url: node.url, token: () => node.token(person) })
    await visavis.opened
    t.teardown(() => visavis.close())
    return visavis
  }
  const [advisorSdk, jobseekerSdk] = await Promise.all([as(anne.id), as(jeanne.id)])
  const mine = advisorSdk.chat.channel(jeanne.id)
  const theirs = jobseekerSdk.chat.channel(jeanne.id)
  const first = await mine.send('Rendez-vous jeudi à 10 h')
  await mine.edit(first.offset, 'Rendez-vous vendredi à 10 h')
  await mine.pin(first.offset, true)
  const wrong = await theirs.send('pour quelqu’un d’autre')
  await theirs.delete(wrong.offset)
  const name = `${'tres-long-nom-de-fichier-'.repeat(4)}.txt`
  const file = await jobseekerSdk.attachments.upload(jeanne.id, new Blob(['Mon CV']), { name })
  await theirs.send(`Voici ${'anticonstitutionnellement'.repeat(6)}`, { replyTo: first.offset, attachments: [file] })
  await advisorSdk.notes.of(jeanne.id).add('Mobilité 20 km')
  await advisorSdk.replies.put({ scope: 'team', title: 'Documents', text: 'Merci d’apporter {{?}}' })
  if (first.offset !== 1) throw new Error('the pinned message is not the first')
  return (t, look) => lookAt(t, { node, browser, look })
}

async function lookAt(
  t: Test,
  { node, browser, look }: { node: TestNode; browser: Browser; look: Look },
): Promise<void> {
  const { width, colorScheme } = look
  const options = { viewport: { width, height: 760 }, colorScheme }
  const [{ page: advisor }, { page: jobseeker }] = await Promise.all([
    signIn(browser, node.url, anne, options),
    signIn(browser, node.url, jeanne, options),
  ])
  const check = async (page: Page, what: string) => {
    await nothingCutOff(t, page, what)
    if (!look.axe.test(what)) return
    const dialog = (await page.locator('dialog').count()) > 0
    // Colours are all that is different in the dark.
    const dark = colorScheme === 'dark' ? { rule: 'color-contrast' } : {}
    await noViolations(t, page, what, { within: dialog ? 'dialog' : '.conversation', ...dark })
    await shoot(page, `chat-${width}-${colorScheme}-${what.replaceAll(' ', '-')}`)
  }
  for (const [what, open] of advisorStates) {
    await open(advisor)
    await (what === 'menu' || what === 'edit' || what === 'conversation'
      ? advisor.locator('.message').first().waitFor()
      : advisor.locator('dialog form, dialog ul, dialog ol, dialog p, .drawer__body > *, .picker').first().waitFor())
    await check(advisor, `advisor ${what}`)
  }
  await jobseeker.locator('.message__more').last().click()
  await check(jobseeker, 'jobseeker menu')
  await jobseeker.getByRole('menuitem', { name: 'Répondre' }).click()
  await jobseeker.locator('input[type=file]').setInputFiles(
    ['a.txt', 'b.exe'].map((name) => ({
      name,
      mimeType: '',
      buffer: Buffer.from(name === 'a.txt' ? 'a' : [0x4d, 0x5a, 0x90, 0]),
    })),
  )
  await jobseeker.locator('.upload[data-state=failed]').waitFor()
  await check(jobseeker, 'jobseeker files')
  for (let left = 2; left > 0; left -= 1) await jobseeker.locator('.upload button').first().click()
  await jobseeker.locator('.composer__text').fill('a'.repeat(3_900))
  await jobseeker.getByText('100 caractères restants').waitFor()
  await jobseeker.locator('.composer__text').fill('')
  await jobseeker.locator('.message__more').last().click()
  await jobseeker.getByRole('menuitem', { name: 'non lu' }).click()
  await check(jobseeker, 'jobseeker unread')
  await Promise.all([advisor.context().close(), jobseeker.context().close()])
}
