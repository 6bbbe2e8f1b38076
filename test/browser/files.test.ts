/** Files between two pages: chosen, dropped and pasted, refused in words, saved on the other side as they were. */
import { readFile } from 'node:fs/promises'
import type { Page } from 'playwright-core'
import t from 'tap'
import { testNode } from '../support/node.ts'
import { anne, jeanne, openBrowser, shoot, signIn } from './chromium.ts'

const node = await testNode(t, { VISAVIS_ATTACHMENT_BYTES: '200000' })
const browser = await openBrowser(t)
const [{ page: jobseeker }, { page: advisor }] = await Promise.all([
  signIn(browser, node.url, jeanne),
  signIn(browser, node.url, anne),
])
await advisor.locator('.portfolio__person', { hasText: jeanne.name }).click()

const file = (name: string, content: string | Buffer) => ({
  name,
  mimeType: 'application/octet-stream',
  buffer: Buffer.from(content),
})
const ready = (page: Page) => page.locator('.upload[data-state=sent]')

/** As a browser hands over what is dropped or pasted. */
const handOver = (page: Page, selector: string, kind: 'drop' | 'paste', name: string, content: string) =>
  page.evaluate(
    ({ selector, kind, name, content }) => {
      const data = new DataTransfer()
      data.items.add(new File([content], name))
      const options = { bubbles: true, cancelable: true }
      const target = document.querySelector(selector)
      if (kind === 'paste') return target?.dispatchEvent(new ClipboardEvent(kind, { ...options, clipboardData: data }))
      for (const type of ['dragenter', 'dragover', kind])
        target?.dispatchEvent(new DragEvent(type, { ...options, dataTransfer: data }))
      return true
    },
    { selector, kind, name, content },
  )

t.test('several files, however they came in, go with one message, and arrive as they were', async (t) => {
  await jobseeker.locator('input[type=file]').setInputFiles([file('lettre.txt', 'Madame, Monsieur, été')])
  await handOver(jobseeker, '.conversation', 'drop', 'diplôme.txt', 'Licence')
  await handOver(jobseeker, '.composer__text', 'paste', 'capture.txt', 'Une image')
  await ready(jobseeker).nth(2).waitFor()
  await shoot(jobseeker, 'files-ready')
  await jobseeker.locator('.composer__text').fill('Voici tout')
  await jobseeker.keyboard.press('Enter')
  await jobseeker.locator('.upload').first().waitFor({ state: 'detached' })
  const arrived = advisor.locator('.message').filter({ hasText: 'Voici tout' }).locator('.file')
  await arrived.nth(2).waitFor()
  const wanted = { 'lettre.txt': 'Madame, Monsieur, été', 'diplôme.txt': 'Licence', 'capture.txt': 'Une image' }
  for (const [name, content] of Object.entries(wanted)) {
    const [download] = await Promise.all([advisor.waitForEvent('download'), arrived.filter({ hasText: name }).click()])
    t.equal(download.suggestedFilename(), name)
    t.equal(await readFile(await download.path(), 'utf8'), content)
  }
})

t.test('a file may go without words', async () => {
  await advisor.locator('input[type=file]').setInputFiles([file('convocation.txt', 'Le 3 mai')])
  await ready(advisor).waitFor()
  await advisor.getByRole('button', { name: 'Envoyer', exact: true }).click()
  await jobseeker.locator('.file').filter({ hasText: 'convocation.txt' }).waitFor()
})

t.test('a refusal says why, and nothing is sent until the file is removed', async (t) => {
  const refused: readonly (readonly [string, string | Buffer, RegExp])[] = [
    ['gros.txt', 'a'.repeat(300_000), /trop volumineux : 200/],
    ['programme.exe', Buffer.from([0x4d, 0x5a, 0x90, 0, 3, 0, 0, 0]), /Ce type de fichier/],
    ['page.html', '<!doctype html><html><script>1</script></html>', /pages web|Ce type/],
    ['vieux.txt', Buffer.from('caf\u00e9 cr\u00e8me', 'latin1'), /UTF-8/],
    ['vide.txt', '', /vide/],
  ]
  for (const [name, content, words] of refused) {
    await jobseeker.locator('input[type=file]').setInputFiles([file(name, content)])
    const item = jobseeker.locator('.upload[data-state=failed]')
    await item.waitFor()
    t.match((await item.innerText()).replaceAll('\u00a0', ' '), words, name)
    t.equal(await jobseeker.locator('.composer__send').isDisabled(), true)
    if (name === 'gros.txt') await shoot(jobseeker, 'files-refused')
    await item.getByRole('button', { name: `Retirer ${name}` }).click()
    await item.waitFor({ state: 'detached' })
  }
  await jobseeker
    .locator('input[type=file]')
    .setInputFiles(Array.from({ length: 12 }, (_, index) => file(`${index}.txt`, 'x')))
  await jobseeker.getByText('10 fichiers au plus').waitFor()
  t.equal(await jobseeker.locator('.upload').count(), 10)
  for (let left = 10; left > 0; left -= 1) await jobseeker.locator('.upload button').first().click()
})

t.test('a file on its way shows how far it is, and can be given up', async (t) => {
  await jobseeker.route('**/attachments?*', () => {})
  await jobseeker.locator('input[type=file]').setInputFiles([file('lent.txt', 'x')])
  await jobseeker.getByRole('progressbar', { name: 'Envoi de lent.txt' }).waitFor()
  await jobseeker.getByText('Un fichier est encore en route').waitFor()
  await jobseeker.getByRole('button', { name: 'Ne pas envoyer lent.txt' }).click()
  await jobseeker.locator('.upload').waitFor({ state: 'detached' })
  await jobseeker.unroute('**/attachments?*')
  t.equal(await jobseeker.evaluate(() => document.activeElement?.className), 'ds-input composer__text')
})
