/** Sign-in by the agency's own site, as in production: there and back, renewed unseen, and left again. */
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import t, { type Test } from 'tap'
import { audience, identityProvider, issuer, signingKey, tokenOf } from '../auth/identity-provider.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { noViolations } from './axe.ts'
import { anne, jeanne, openBrowser, openPage, shoot } from './chromium.ts'

t.setTimeout(240_000)
const agencyToken = 'agency'.repeat(8)
const key = signingKey('EdDSA', 'agency')

/** Its cookie says who is signed in: the id of a person. */
async function agencySite(t: Test) {
  let pages = ''
  let roles: Readonly<Record<string, string>> = {}
  let asked = 0
  let livesS = 600
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://agency')
    const person = /\bperson=([\w-]+)/.exec(request.headers.cookie ?? '')?.[1]
    if (pathname === '/sign-in') {
      const back = searchParams.get('return') ?? ''
      const links = Object.keys(roles).map((id) => `<a href="/in?${new URLSearchParams({ id, back })}">${id}</a>`)
      response.setHeader('content-type', 'text/html').end(`<!doctype html><title>Agence</title>${links.join(' ')}`)
      return
    }
    if (pathname === '/in') {
      const cookie = `person=${searchParams.get('id')}; HttpOnly; SameSite=Lax; Path=/`
      response.writeHead(302, { 'set-cookie': cookie, location: searchParams.get('back') ?? '' }).end()
      return
    }
    response.setHeader('access-control-allow-origin', pages)
    response.setHeader('access-control-allow-credentials', 'true')
    if (pathname !== '/token' || person === undefined) {
      response.writeHead(pathname === '/token' ? 401 : 404).end()
      return
    }
    asked += 1
    const exp = Math.floor(Date.now() / 1_000) + livesS
    const token = await tokenOf(key, { sub: person, name: person, role: roles[person] ?? '', exp })
    response.setHeader('content-type', 'application/json').end(JSON.stringify({ token }))
  }
  const server = createServer((request, response) => void answer(request, response))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    serves(url: string, people: Readonly<Record<string, string>>) {
      pages = url
      roles = people
    },
    /** Of tokens from now on. */
    live(seconds: number) {
      livesS = seconds
    },
    get asked() {
      return asked
    },
  }
}

t.test('pages without a trial sign-in take whoever is signed in at the agency', async (t) => {
  const provider = await identityProvider(t, key)
  const agency = await agencySite(t)
  const node = await testNode(t, {
    ...{ VISAVIS_DEV_SIGN_IN: 'false', VISAVIS_AGENCY_TOKEN: agencyToken },
    ...{ VISAVIS_JWKS_URL: provider.url, VISAVIS_JWT_ISSUER: issuer, VISAVIS_JWT_AUDIENCE: audience },
    ...{ VISAVIS_SIGN_IN_URL: `${agency.url}/sign-in`, VISAVIS_TOKEN_URL: `${agency.url}/token` },
  })
  agency.serves(node.url, { [jeanne.id]: 'jobseeker', [anne.id]: 'advisor', 'advisor-nobody': 'visitor' })
  const tell = async (method: string, path: string, body: object) => {
    const { status } = await fetch(`${node.url}/api/regions/bretagne/${path}`, {
      method,
      headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    })
    t.ok(status < 300, `${method} ${path}`)
  }
  await tell('PATCH', 'scheme', { joinFirst: false })
  await tell('PUT', `people/${anne.id}`, { role: 'advisor', name: anne.name })
  await tell('PUT', `people/${jeanne.id}`, { role: 'jobseeker', name: jeanne.name, advisor: anne.id })
  const browser = await openBrowser(t)
  const { page, complaints } = await openPage(browser)
  const there = page.getByRole('link', { name: 'Se connecter' })
  const connected = page.getByText('Connecté', { exact: true })

  await t.test('there, and back to where they wanted to go', async (t) => {
    await page.goto(`${node.url}/jobseeker#notices`)
    await there.waitFor()
    await noViolations(t, page, 'the sign-in of the agency')
    await shoot(page, 'agency-sign-in')
    await there.click()
    await page.getByRole('link', { name: jeanne.id }).click()
    await connected.waitFor()
    t.equal(page.url(), `${node.url}/jobseeker#notices`)
  })

  await t.test('whoever comes signed in is let in without a click', async (t) => {
    const { page: other } = await openPage(browser)
    await other.context().addCookies(await page.context().cookies())
    await other.goto(node.url)
    await other.getByText('Connecté', { exact: true }).waitFor()
    t.equal(other.url(), `${node.url}/jobseeker`)
    await other.context().close()
  })

  await t.test('a token that ends is renewed unseen', async (t) => {
    agency.live(40)
    await page.evaluate(() => sessionStorage.clear())
    await page.goto(node.url)
    await connected.waitFor()
    // This one ends too soon to be used at all, and so on with each.
    const before = agency.asked
    agency.live(600)
    await page.reload()
    await connected.waitFor()
    await until(() => agency.asked > before, { what: 'another token' })
    const [, stored] = await page.evaluate(
      () => Object.entries(sessionStorage).find(([name]) => name === 'visavis.signed-in') ?? [],
    )
    t.ok((JSON.parse(stored ?? '{}') as { expiresAt: number }).expiresAt > Date.now() + 300_000)
  })

  await t.test('who has signed out stays out until they ask', async (t) => {
    await page.goto(`${node.url}/?out`)
    await there.waitFor()
    t.equal(await page.evaluate(() => sessionStorage.getItem('visavis.signed-in')), null)
  })

  await t.test('the cookie of one is no way in for another; a token that is refused is told', async (t) => {
    await there.click()
    await page.getByRole('link', { name: anne.id }).click()
    await connected.waitFor()
    t.equal(page.url(), `${node.url}/advisor`)
    await page.goto(`${node.url}/?out`)
    await there.click()
    await page.getByRole('link', { name: 'advisor-nobody' }).click()
    await page.getByRole('alert').waitFor()
    await shoot(page, 'agency-sign-in-refused')
    t.match(await page.getByRole('alert').innerText(), /^Ce compte n’ouvre pas Visavis/)
    t.ok(await there.isVisible(), 'with another account')
  })
  // The browser itself tells of every answer 401.
  t.same(
    complaints.filter((text) => !text.includes('401')),
    [],
  )
})
