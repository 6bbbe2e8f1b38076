import { existsSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { connect } from '../../client/index.ts'
import { withoutPrefix } from '../../src/http/prefix.ts'
import { testNode } from '../support/node.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

t.test('only whole segments count as the prefix', async (t) => {
  for (const [url, seen] of [
    ['/visavis/', '/'],
    ['/visavis/ws?x', '/ws?x'],
    ['/visavis//ws', '//ws'],
    ['/visavis', '/.entrance'],
    ['/visavis?x', '/.entrance'],
    ['/visavisser/ws', '/.outside'],
    ['/', '/.outside'],
    ['/ws', '/.outside'],
    ['//visavis/ws', '/.outside'],
    ['/%76isavis/ws', '/.outside'],
    ['http://host/visavis/ws', '/.outside'],
  ] as const)
    t.equal(withoutPrefix(url, '/visavis'), seen, url)
  t.equal(withoutPrefix('/ws', ''), '/ws')
})

t.test('under a path prefix everything is served below it and nothing beside it', async (t) => {
  const node = await testNode(t, { VISAVIS_PATH_PREFIX: '/emploi/visavis' })
  t.match(node.url, /:\d+\/emploi\/visavis$/, 'the URL to open has it')
  const { origin } = new URL(node.url)
  for (const path of [
    '/livez',
    '/readyz',
    '/metrics',
    '/config.json',
    '/docs/',
    '/docs/json',
    '/asyncapi.json',
    '/dev/people',
  ]) {
    t.equal((await fetch(node.url + path)).status, 200, path)
    const beside = await fetch(origin + path)
    t.equal(beside.status, 404, `not beside it: ${path}`)
    t.match(await beside.json(), { error: { code: 'NOT_FOUND', message: `there is nothing at GET ${path}` } })
  }
  const entrance = await fetch(node.url, { redirect: 'manual' })
  t.equal(entrance.status, 308)
  t.equal(entrance.headers.get('location'), '/emploi/visavis/')
  const reader = await fetch(`${node.url}/docs`, { redirect: 'manual' })
  t.equal(new URL(reader.headers.get('location') ?? '', `${node.url}/docs`).href, `${node.url}/docs/`)
  const { servers } = (await (await fetch(`${node.url}/docs/json`)).json()) as { servers: unknown }
  t.same(servers, [{ url: '/emploi/visavis' }])
})

t.test('under a path prefix the WebSocket is below it too, for raw clients and for the SDK', async (t) => {
  const node = await testNode(t, { VISAVIS_PATH_PREFIX: '/visavis' })
  await using client = await rawClient(node.url, await node.token('jobseeker-1'))
  t.match(await client.result('chat.channels', {}), { channels: [{ channel: 'jobseeker-1' }] })
  await t.rejects(rawClient(new URL(node.url).origin), 'beside it there is none')

  const visavis = connect({ url: `${node.url}/`, token: () => node.token('jobseeker-1') })
  t.teardown(() => visavis.close())
  await until(() => visavis.state === 'open', { what: 'the SDK to be connected' })
})

t.test('the built pages refer to everything by relative links', { skip: !builtPages() && 'not built' }, async (t) => {
  const node = await testNode(t, { VISAVIS_PATH_PREFIX: '/visavis' })
  for (const page of ['/', '/jobseeker', '/advisor', '/supervisor']) {
    const html = await (await fetch(node.url + page)).text()
    const links = [...html.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, link = '']) => link)
    t.ok(links.length >= 3, page)
    for (const link of links) {
      t.match(link, /^\.\//, link)
      t.equal((await fetch(new URL(link, node.url + page))).status, 200, link)
    }
  }
})

function builtPages(): boolean {
  return existsSync(join(import.meta.dirname, '..', '..', 'dist', 'web', 'index.html'))
}
