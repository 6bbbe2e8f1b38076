/** What a real browser makes of our headers: pages, WebSocket and documents under a prefix, and a stranger's page. */
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import t from 'tap'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { anne, jeanne, openBrowser, openPage, signIn } from './chromium.ts'

t.test('under a path prefix people sign in, talk and sign out, and the browser complains of nothing', async (t) => {
  const node = await testNode(t, { VISAVIS_PATH_PREFIX: '/emploi/visavis' })
  const browser = await openBrowser(t)
  const [jobseeker, advisor] = await Promise.all([
    signIn(browser, node.url, jeanne),
    signIn(browser, `${node.url}/`, anne),
  ])
  t.equal(jobseeker.page.url(), `${node.url}/jobseeker`)
  t.equal(advisor.page.url(), `${node.url}/advisor`)
  await jobseeker.page.getByLabel(/^Votre message/).fill('Sous un préfixe')
  await jobseeker.page.keyboard.press('Enter')
  await advisor.page
    .locator('.portfolio')
    .getByText('Sous un préfixe')
    .or(advisor.page.locator('.message').getByText('Sous un préfixe'))
    .first()
    .waitFor()
  t.same(await jobseeker.page.context().cookies(), [], 'nobody is known by a cookie')

  // Loads the media chunk, which no page has from the start.
  await jobseeker.page.getByRole('button', { name: 'Entrer dans la salle' }).click()
  await jobseeker.page.getByText(`Vous êtes dans la salle. ${anne.name} n’y est pas encore.`).waitFor()

  await jobseeker.page.getByRole('button', { name: 'Se déconnecter' }).click()
  await jobseeker.page.getByText(anne.name).waitFor()
  t.equal(jobseeker.page.url(), `${node.url}/`)
  for (const { complaints } of [jobseeker, advisor]) t.same(complaints, [])
})

for (const prefix of ['/', '/visavis']) {
  t.test(`the page that reads the OpenAPI document works under ${prefix}`, async (t) => {
    const node = await testNode(t, { VISAVIS_PATH_PREFIX: prefix })
    const { page, complaints } = await openPage(await openBrowser(t))
    await page.goto(`${node.url}/docs`)
    await page.getByRole('heading', { name: /Visavis/ }).waitFor()
    await page.getByText('/api/regions/{region}/people/{id}', { exact: true }).first().waitFor()
    await page.getByRole('cell', { name: 'UNSUPPORTED_VERSION' }).waitFor()
    await page.getByRole('button', { name: /^GET \/livez/ }).click()
    await page.getByRole('button', { name: 'Try it out' }).click()
    await page.getByRole('button', { name: 'Execute' }).click()
    await page.locator('.live-responses-table').getByText('alive', { exact: true }).waitFor()
    t.same(complaints, [])
  })
}

t.test('a stranger’s page gets no WebSocket', async (t) => {
  const node = await testNode(t)
  const stranger = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html').end('<!doctype html><title>stranger</title>')
  }).listen(0, '127.0.0.1')
  await once(stranger, 'listening')
  t.teardown(() => stranger.close())
  const { page } = await openPage(await openBrowser(t))
  const outcomeAt = (url: string) =>
    page.evaluate(
      (ws) =>
        new Promise<string>((resolve) => {
          const socket = new WebSocket(ws, 'visavis.v1')
          socket.onopen = () => resolve('open')
          socket.onclose = ({ code }) => resolve(`closed ${code}`)
        }),
      `${url.replace(/^http/, 'ws')}/ws`,
    )
  await page.goto(`http://127.0.0.1:${(stranger.address() as AddressInfo).port}/`)
  t.equal(await outcomeAt(node.url), 'closed 1006')
  await page.goto(`${node.url}/`)
  t.equal(await outcomeAt(node.url), 'open')
})

t.test('a page of ours may connect to its own node only, and run no script made of text', async (t) => {
  const node = await testNode(t)
  const { page } = await openPage(await openBrowser(t))
  await page.goto(`${node.url}/`)
  const refused: string[] = []
  await page.exposeFunction('refused', (directive: string) => refused.push(directive))
  await page.evaluate(() => {
    const told = globalThis as unknown as { refused: (directive: string) => void }
    document.addEventListener('securitypolicyviolation', ({ effectiveDirective }) => told.refused(effectiveDirective))
    new WebSocket('ws://127.0.0.1:9/').onerror = () => {}
    fetch('http://127.0.0.1:9/').catch(() => {})
    try {
      document.createElement('div').innerHTML = '<b>text</b>'
    } catch {}
  })
  await until(() => refused.length === 3, { what: 'three refusals' })
  t.same(refused.sort(), ['connect-src', 'connect-src', 'require-trusted-types-for'])
})
