/** Whether the other is there, as the pages of both say it. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { anne, jeanne, openBrowser, openPage, signIn } from './chromium.ts'

t.test('who is there is said in words, to the jobseeker and in the portfolio, and changes by itself', async (t) => {
  const node = await testNode(t, { VISAVIS_PRESENCE_GRACE_MS: '1000' })
  const browser = await openBrowser(t)
  const advisor = await signIn(browser, node.url, anne)
  const { page, complaints } = await signIn(browser, node.url, jeanne)
  const said = page.locator('.panel__title .presence')
  await said.getByText('En ligne').waitFor()
  await advisor.page.getByRole('button', { name: new RegExp(`${jeanne.name}.*En ligne`, 's') }).waitFor()
  await advisor.page.context().close()
  await said.getByText('Dernière connexion').waitFor()
  t.equal(await said.getAttribute('data-state'), 'offline')
  t.same([...complaints, ...advisor.complaints], [])
})

t.test('a device too many says why it waits, and opens by itself when another one is closed', async (t) => {
  const node = await testNode(t, { VISAVIS_PRESENCE_GRACE_MS: '1000', VISAVIS_SESSIONS_PER_PERSON: '1' })
  const browser = await openBrowser(t)
  const first = await signIn(browser, node.url, jeanne)
  const { page } = await openPage(browser)
  await page.goto(node.url)
  await page.getByRole('button', { name: jeanne.name }).click()
  await page.getByRole('status').getByText('déjà ouvert sur 1 de vos appareils').waitFor()
  await first.page.context().close()
  await page.locator('.composer__text').waitFor()
})
