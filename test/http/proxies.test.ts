import { once } from 'node:events'
import { request } from 'node:http'
import { pino } from 'pino'
import t from 'tap'
import { createServer } from '../../src/http/server.ts'

const silent = pino({ level: 'silent' })
const forwarded = {
  'x-forwarded-for': '203.0.113.7',
  'x-forwarded-host': 'visavis.example.org',
  'x-forwarded-proto': 'https',
}
const believed = { ip: '203.0.113.7', host: 'visavis.example.org', protocol: 'https' }

/** What the server believes about a request that comes from 127.0.0.1 with these headers. */
async function believes(trustedProxies: readonly string[], headers: Record<string, string>) {
  const server = await createServer({ log: silent, version: '0', trustedProxies })
  server.get('/who', async ({ ip, host, protocol }) => ({ ip, host, protocol }))
  const address = await server.listen({ host: '127.0.0.1', port: 0 })
  const [response] = await once(request(`${address}/who`, { headers }).end(), 'response')
  const text = (await response.toArray()).join('')
  await server.close()
  return { seen: JSON.parse(text), own: { ip: '127.0.0.1', host: new URL(address).host, protocol: 'http' } }
}

t.test('nobody is believed about addresses unless named', async (t) => {
  for (const trusted of [[], ['10.0.0.1'], ['10.0.0.0/8', 'fd00::/8']]) {
    const { seen, own } = await believes(trusted, forwarded)
    t.same(seen, own, trusted.join(' ') || 'none')
  }
})

t.test('a proxy that is named is believed, by address, range or as loopback', async (t) => {
  for (const trusted of [['127.0.0.1'], ['127.0.0.0/8'], ['loopback'], ['10.0.0.1', 'loopback']])
    t.same((await believes(trusted, forwarded)).seen, believed, trusted.join(' '))
})

t.test('what a client writes before the proxy adds its own is not believed', async (t) => {
  const chain = {
    ...forwarded,
    'x-forwarded-for': '198.51.100.1, 203.0.113.7',
    'x-forwarded-host': 'evil.example, visavis.example.org',
  }
  t.same((await believes(['loopback'], chain)).seen, believed)
})

t.test('a second proxy counts only when it is named too', async (t) => {
  const chain = { ...forwarded, 'x-forwarded-for': '203.0.113.7, 10.0.0.2' }
  t.equal((await believes(['loopback'], chain)).seen.ip, '10.0.0.2')
  t.equal((await believes(['loopback', '10.0.0.0/8'], chain)).seen.ip, '203.0.113.7')
})
