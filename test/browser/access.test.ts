/** What everybody must be able to do: by keyboard alone, on a small screen, in both languages, with a screen reader. */
import type { Page } from 'playwright-core'
import t, { type Test } from 'tap'
import { type TestNode, testNode } from '../support/node.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, closePages, jeanne, openBrowser, openPage, shoot, signIn } from './chromium.ts'
import { tabTo } from './keyboard.ts'

const browser = await openBrowser(t)

/** A conversation, an open callback and a talk, so that everything a page can show is there. */
async function withEverything(t: Test, node: TestNode, width: number, colorScheme: 'light' | 'dark') {
  t.teardown(() => closePages(browser))
  const options = { viewport: { width, height: 760 }, colorScheme, deviceScaleFactor: 1 }
  const [jobseeker, advisor] = await Promise.all([
    signIn(browser, node.url, jeanne, options),
    signIn(browser, node.url, anne, options),
  ])
  return { jobseeker: jobseeker.page, advisor: advisor.page, options }
}

t.test('chat and callback work by keyboard alone', async (t) => {
  const node = await testNode(t)
  t.teardown(() => closePages(browser))
  const [{ page: advisor }, { page }] = await Promise.all([signIn(browser, node.url, anne), openPage(browser)])
  await page.goto(node.url)
  await page.getByText(jeanne.name).waitFor()
  await tabTo(page, '.people__person')
  await page.keyboard.press('Enter')
  await page.getByText('Connecté').waitFor()

  await page.keyboard.press('Tab')
  t.ok(await page.evaluate(() => document.activeElement?.matches('.ds-skip-link')), 'the skip link comes first')
  await page.keyboard.press('Enter')
  t.equal(await page.evaluate(() => document.activeElement?.id), 'content')

  await tabTo(page, '.composer__text')
  await page.keyboard.type('Écrit sans souris')
  await page.keyboard.press('Enter')
  await page.locator('.message').getByText('Écrit sans souris').waitFor()

  await tabTo(page, 'input[type=tel]')
  await page.keyboard.type('0612345678')
  await page.keyboard.press('Tab')
  await page.keyboard.type('Par le clavier')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Retirer ma demande' }).waitFor()

  await tabTo(advisor, '.ticket[data-state=offered] .ds-button')
  await advisor.keyboard.press('Enter')
  await tabTo(advisor, '.ticket[data-state=active] form .ds-button')
  await advisor.keyboard.press('Enter')
  await page.getByText('Rappel terminé').waitFor()

  await tabTo(advisor, '.composer__text')
  await advisor.keyboard.type('Bien reçu')
  await advisor.keyboard.press('Enter')
  await page.locator('.message').getByText('Bien reçu').waitFor()
})

t.test('both languages: chosen by the browser, switched at once, remembered', async (t) => {
  const node = await testNode(t)
  t.teardown(() => closePages(browser))
  const { page } = await signIn(browser, node.url, jeanne, { locale: 'en-GB' })
  await page.getByRole('heading', { name: 'Call me back' }).waitFor()
  t.equal(await page.evaluate(() => document.documentElement.lang), 'en')
  await shoot(page, 'language-english')
  await page.getByRole('button', { name: 'Français' }).click()
  await page.getByRole('heading', { name: 'Me faire rappeler' }).waitFor()
  t.equal(await page.evaluate(() => document.documentElement.lang), 'fr')
  await page.reload()
  await page.getByRole('heading', { name: 'Me faire rappeler' }).waitFor()
  t.match(await page.title(), 'Mon accompagnement')
})

for (const [width, colorScheme] of [
  [1440, 'light'],
  [1440, 'dark'],
  [320, 'light'],
] as const) {
  t.test(`at ${width} px, ${colorScheme}: nothing is cut off and axe finds nothing`, async (t) => {
    const node = await testNode(t)
    const { jobseeker, advisor, options } = await withEverything(t, node, width, colorScheme)
    const check = async (page: Page, what: string) => {
      await nothingCutOff(t, page, what)
      // In the dark only the colours are others.
      await noViolations(t, page, what, colorScheme === 'dark' ? { rule: 'color-contrast' } : {})
      await shoot(page, `access-${width}-${colorScheme}-${what.replaceAll(' ', '-')}`, { fullPage: width < 600 })
    }
    const { page: signInPage } = await openPage(browser, options)
    await signInPage.goto(node.url)
    await signInPage.getByText(anne.name).waitFor()
    await check(signInPage, 'sign in')
    await check(jobseeker, 'jobseeker empty')
    await check(advisor, 'advisor empty')

    await jobseeker.getByLabel(/^Votre message/).fill(`Un lien : https://example.org/${'tres-long-'.repeat(12)}fin`)
    await jobseeker.keyboard.press('Enter')
    await jobseeker.getByLabel('Votre numéro de téléphone').fill('06 12 34 56 78')
    await jobseeker.getByLabel('À quel sujet').fill('Mon entretien de jeudi, à préparer ensemble')
    await jobseeker.getByRole('button', { name: 'Demander un rappel' }).click()
    await advisor.getByRole('button', { name: 'Prendre ce rappel' }).waitFor()
    await check(advisor, 'advisor offered')
    await advisor.getByRole('button', { name: 'Prendre ce rappel' }).click()
    await advisor.getByLabel(/^Votre message/).fill('Bonjour Jeanne, je vous rappelle tout de suite.')
    await advisor.keyboard.press('Enter')
    await jobseeker.locator('.message').getByText('je vous rappelle').waitFor()
    await check(jobseeker, 'jobseeker called')
    await check(advisor, 'advisor calling')

    await jobseeker.getByRole('button', { name: 'Entrer dans la salle' }).click()
    await advisor.getByRole('button', { name: 'Entrer dans la salle' }).click()
    for (const page of [jobseeker, advisor]) await page.locator('.stage__other[data-seen=true]').waitFor()
    await check(jobseeker, 'jobseeker in a talk')
    await check(advisor, 'advisor in a talk')
  })
}
