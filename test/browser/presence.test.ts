/** Whether the other is there, as the pages of both say it. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { anne, jeanne, openBrowser, signIn } from './chromium.ts'

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
