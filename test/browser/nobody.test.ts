/** A jobseeker whom nobody follows: what was said stays, what is written is kept, and both are told who answers. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { nothingCutOff, noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'

const agency = 'agency'.repeat(8)

t.test('without an advisor the conversation is there, and says that nobody can answer at present', async (t) => {
  const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agency })
  const follow = async (advisor: string | undefined) => {
    const answer = await fetch(`${node.url}/api/regions/bretagne/people/${jeanne.id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${agency}`, 'content-type': 'application/json' },
      body: JSON.stringify({ role: 'jobseeker', name: jeanne.name, ...(advisor === undefined ? {} : { advisor }) }),
    })
    t.equal(answer.status, 200)
  }
  const browser = await openBrowser(t)
  const { page, complaints } = await signIn(browser, node.url, jeanne)
  const { page: advisor } = await signIn(browser, node.url, anne)
  const say = async (text: string) => {
    await page.getByLabel(/^Votre message/).fill(text)
    await page.keyboard.press('Enter')
    await page.locator('.message').getByText(text).waitFor()
  }
  await say('Avant')
  const person = advisor.locator('.portfolio__person', { hasText: jeanne.name })
  await person.waitFor()

  await follow(undefined)
  await page.getByText('Personne ne peut répondre pour le moment').waitFor()
  await person.waitFor({ state: 'detached' })
  await page.locator('.message').getByText('Avant').waitFor()
  await say('Pendant')
  await page.getByText('Envoyé').first().waitFor()
  await noViolations(t, page, 'without an advisor')
  await shoot(page, 'nobody')
  const small = { viewport: { width: 320, height: 700 }, locale: 'en-GB' }
  const { page: phone } = await signIn(browser, node.url, jeanne, small)
  await phone.getByText('Nobody can answer at present').waitFor()
  await phone.locator('.message').getByText('Pendant').waitFor()
  await nothingCutOff(t, phone, 'without an advisor, at 320 px')

  await follow('advisor-bruno')
  await page.getByText('Personne ne peut répondre pour le moment').waitFor({ state: 'detached' })
  await page.locator('.conversation__scroller').getByText(/Bruno/).first().waitFor()
  for (const text of ['Avant', 'Pendant']) await page.locator('.message').getByText(text).waitFor()
  t.same(complaints, [])
})
