/** Whatever people write stays text: in messages, names, files, notes, canned replies, search results and notices. */
import type { Page } from 'playwright-core'
import t from 'tap'
import { connect } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { anne, openBrowser, shoot, signIn } from './chromium.ts'

const agencyToken = 'agency'.repeat(8)
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken })
const browser = await openBrowser(t)

const attack = (where: string) =>
  `<img src=x onerror="window.broken='${where}'"><script>window.broken='${where}'</script>`
const bidi = '\u202Eالسلام عليكم\u202C <b>gras</b>'
/** Without isolation it would read as gro.knab and so on, from right to left. */
const turned = '\u202Ehttps://example.org/knab'
const mallory = { id: 'jobseeker-x', name: `<img src=x onerror=alert(1)> \u202Edrowssap` }

const response = await fetch(`${node.url}/api/regions/bretagne/people/${mallory.id}`, {
  method: 'PUT',
  headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
  body: JSON.stringify({ role: 'jobseeker', name: mallory.name, advisor: anne.id, disabled: false }),
})
if (!response.ok) throw new Error(await response.text())

const as = async (person: string) => {
  const visavis = connect({ url: node.url, token: () => node.token(person) })
  await visavis.opened
  t.teardown(() => visavis.close())
  return visavis
}

/** Nothing ran, and nothing that people wrote became an element. */
async function harmless(page: Page, what: string): Promise<void> {
  t.equal(await page.evaluate(() => (globalThis as { broken?: string }).broken), undefined, `nothing ran: ${what}`)
  t.equal(await page.locator('#page img, #page script, #page b').count(), 0, `no element: ${what}`)
}

t.test('nothing that is written becomes markup, at either side', async (t) => {
  const [sdk, other] = await Promise.all([as(anne.id), as(mallory.id)])
  const [mine, theirs] = [sdk.chat.channel(mallory.id), other.chat.channel(mallory.id)]
  const file = await other.attachments.upload(mallory.id, new Blob(['x']), { name: attack('file') })
  const first = await theirs.send(`chercheznous ${attack('message')} javascript:alert(1) https://example.org/"onx=1`)
  await theirs.send(bidi, { attachments: [file] })
  await theirs.send(turned)
  await mine.send(attack('answer'), { replyTo: first.offset })
  await mine.pin(first.offset, true)
  await theirs.edit(first.offset, `chercheznous ${attack('edited')}`)
  await sdk.notes.of(mallory.id).add(attack('note'))
  await sdk.replies.put({ scope: 'own', title: attack('title'), text: `${attack('reply')} {{jobseeker.name}}` })

  const { page: advisor, complaints: a } = await signIn(browser, node.url, anne)
  await advisor.locator('.portfolio__person').filter({ hasText: '<img' }).click()
  await advisor.locator('.message').getByText('<script>').first().waitFor()
  await harmless(advisor, 'the conversation')
  t.equal(await advisor.locator('a[href^="javascript"]').count(), 0)
  t.equal(await advisor.locator('.message__text').getByText('السلام').getAttribute('dir'), 'auto')
  const link = advisor.locator('.message__link', { hasText: 'knab' })
  const [start, end] = await link.evaluate((element) => {
    const text = element.firstChild as Text
    return [0, text.length - 1].map((at) => {
      const range = document.createRange()
      range.setStart(text, at)
      range.setEnd(text, at + 1)
      return range.getBoundingClientRect().left
    })
  })
  t.ok(Number(start) < Number(end), 'an address is read from left to right, whatever stands before it')

  await advisor.getByRole('button', { name: 'Épinglés (1)' }).click()
  await advisor.locator('.drawer').getByText('chercheznous').waitFor()
  await harmless(advisor, 'the pinned messages')
  await advisor.getByRole('button', { name: 'Notes', exact: true }).click()
  await advisor.locator('.note').getByText('<script>').waitFor()
  await harmless(advisor, 'the notes')
  await advisor.getByRole('button', { name: 'Rechercher', exact: true }).click()
  const query = advisor.locator('.drawer input[type=search]')
  await until(
    async () => {
      await query.fill('')
      await query.fill('chercheznous')
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
  await harmless(advisor, 'the search')
  await shoot(advisor, 'markup-advisor')

  await advisor.locator('.composer__text').press('/')
  await advisor.getByRole('option').getByText('<script>').first().waitFor()
  await harmless(advisor, 'the canned replies')
  await advisor.keyboard.press('Enter')
  await until(async () => (await advisor.locator('.composer__text').inputValue()).includes(mallory.name), {
    what: 'the name as it is',
  })
  await advisor.locator('#message-1').hover()
  await advisor.locator('#message-1 .message__more').click()
  await advisor.getByRole('menuitem', { name: 'Versions' }).click()
  await advisor.locator('.versions').getByText('<script>').first().waitFor()
  await harmless(advisor, 'the versions')
  await advisor.keyboard.press('Escape')
  await advisor.getByRole('button', { name: 'Autres actions' }).click()
  await advisor.getByRole('menuitem', { name: 'Confier' }).click()
  await advisor.locator('dialog h2').getByText('<img').waitFor()
  await harmless(advisor, 'handing over')

  const { page, complaints } = await signIn(browser, node.url, mallory)
  await page.locator('.message').getByText('<script>').first().waitFor()
  await harmless(page, 'the jobseeker’s page')
  const [download] = await Promise.all([page.waitForEvent('download'), page.locator('.file').click()])
  t.match(download.suggestedFilename(), /\.txt$/)
  await shoot(page, 'markup-jobseeker')
  t.same([...complaints, ...a], [])
})
