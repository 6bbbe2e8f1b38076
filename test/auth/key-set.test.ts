/** The issuer's keys over real HTTP: rotation, outages, floods, and an issuer that misbehaves. */
import type { RequestListener } from 'node:http'
import { pino } from 'pino'
import t from 'tap'
import { KeySet, type KeySetOptions } from '../../src/auth/key-set.ts'
import { until } from '../support/until.ts'
import { identityProvider, type SigningKey, signingKey } from './identity-provider.ts'

const log = pino({ level: 'silent' })
const keySet = (url: string, options: Partial<KeySetOptions> = {}) =>
  new KeySet({ url, log, refreshMs: 60_000, maxStaleMs: 600_000, cooldownMs: 20, ...options })
const find = (keys: KeySet, { algorithm, id }: SigningKey) => keys.find(algorithm, id)

const old = signingKey('RS256', 'old')
const fresh = signingKey('ES256', 'fresh')

t.test('keys are fetched once, however many tokens arrive at the same time', async (t) => {
  const provider = await identityProvider(t, old, fresh)
  const keys = keySet(provider.url)
  const found = await Promise.all(Array.from({ length: 200 }, (_, i) => find(keys, i % 2 === 0 ? old : fresh)))
  t.ok(found.every((key) => key !== undefined))
  t.equal(provider.requests, 1)
})

t.test('a new key is found without a restart, and the old one stays as long as it is published', async (t) => {
  const provider = await identityProvider(t, old)
  const keys = keySet(provider.url)
  t.ok(await find(keys, old))
  provider.publish(old, fresh)
  t.ok(await find(keys, fresh))
  t.ok(await find(keys, old))
  t.equal(provider.requests, 2)
})

t.test('a withdrawn key is used until the keys are fetched again, and then no more', async (t) => {
  const provider = await identityProvider(t, old)
  const keys = keySet(provider.url, { refreshMs: 400 })
  t.ok(await find(keys, old))
  const askedAt = performance.now()
  provider.publish(fresh)
  await until(async () => (await find(keys, old)) === undefined, { what: 'the old key to be gone' })
  t.ok(performance.now() - askedAt < 400 + 2_000, 'soon after the period')
  t.ok(await find(keys, fresh))
})

t.test('a busy node fetches behind and in time, so that nobody waits for old keys', async (t) => {
  const provider = await identityProvider(t, old)
  const keys = keySet(provider.url, { refreshMs: 300, cooldownMs: 100 })
  t.ok(await find(keys, old))
  let slowest = 0
  await until(
    async () => {
      const startedAt = performance.now()
      await find(keys, old)
      slowest = Math.max(slowest, performance.now() - startedAt)
      return provider.requests >= 3
    },
    { everyMs: 1 },
  )
  t.ok(slowest < 200, `${slowest} ms`)
})

t.test('through an outage the keys at hand are used, without waiting, up to the stated age', async (t) => {
  const provider = await identityProvider(t, old)
  const keys = keySet(provider.url, { refreshMs: 100, maxStaleMs: 1_500 })
  t.ok(await find(keys, old))
  const fetchedAt = performance.now()
  await provider.stop()
  await until(
    async () => {
      const key = await find(keys, old).catch(() => undefined)
      const ageMs = performance.now() - fetchedAt
      if (ageMs < 1_000) t.ok(key, `after ${ageMs} ms`)
      return key === undefined
    },
    { everyMs: 100 },
  )
  t.ok(performance.now() - fetchedAt > 1_400, 'not before its time')
  await t.rejects(find(keys, old), { code: 'UNAVAILABLE', retryable: true })
  await provider.start()
  t.ok(await until(() => find(keys, old).catch(() => undefined)), 'and it recovers by itself')
})

t.test('an issuer that was never there makes tokens UNAVAILABLE, with a time to come back', async (t) => {
  const provider = await identityProvider(t)
  await provider.stop()
  const keys = keySet(provider.url, { cooldownMs: 500 })
  const error = await find(keys, old).then(
    () => undefined,
    (error: { code: string; retryAfterMs: number }) => error,
  )
  t.equal(error?.code, 'UNAVAILABLE')
  t.ok(error !== undefined && error.retryAfterMs > 0 && error.retryAfterMs <= 500)
  await provider.start()
  provider.publish(old)
  t.ok(await until(() => find(keys, old).catch(() => undefined)))
})

t.test('in an outage an unknown key is UNAVAILABLE and a known one is found', async (t) => {
  const provider = await identityProvider(t, old)
  const keys = keySet(provider.url)
  t.ok(await find(keys, old))
  await provider.stop()
  await until(async () => (await find(keys, fresh).catch((error: { code: string }) => error.code)) === 'UNAVAILABLE')
  t.ok(await find(keys, old))
})

t.test('a flood of unknown keys costs the issuer one fetch per pause, and hides no new key', async (t) => {
  const provider = await identityProvider(t, old)
  const cooldownMs = 300
  const keys = keySet(provider.url, { cooldownMs })
  t.ok(await find(keys, old))
  const startedAt = performance.now()
  let sent = 0
  let rotated = false
  await until(
    async () => {
      const flood = Array.from({ length: 100 }, () => {
        sent += 1
        return keys.find('RS256', `unknown-${sent}`)
      })
      const real = rotated ? find(keys, fresh) : undefined
      if (sent >= 300 && !rotated) {
        provider.publish(old, fresh)
        rotated = true
      }
      t.ok((await Promise.all(flood)).every((key) => key === undefined))
      if (real !== undefined) t.ok(await real, 'the new key is found in the midst of the flood')
      return sent >= 1_000
    },
    { everyMs: 0, timeoutMs: 30_000 },
  )
  const pauses = Math.ceil((performance.now() - startedAt) / cooldownMs)
  t.ok(provider.requests <= pauses + 2, `${provider.requests} fetches in ${pauses} pauses for ${sent} tokens`)
})

t.test('of those who wait for the next fetch there is a maximum', async (t) => {
  const provider = await identityProvider(t, old)
  const keys = keySet(provider.url, { cooldownMs: 500, maxWaiting: 10 })
  t.ok(await find(keys, old))
  const answers = await Promise.allSettled(Array.from({ length: 50 }, (_, i) => keys.find('RS256', `unknown-${i}`)))
  t.equal(answers.filter(({ status }) => status === 'fulfilled').length, 10, 'refused for good, after the fetch')
  for (const answer of answers) if (answer.status === 'rejected') t.match(answer.reason, { code: 'UNAVAILABLE' })
})

t.test('a token without kid has the only key there is, and none when there are more', async (t) => {
  const provider = await identityProvider(t, old)
  t.ok(await keySet(provider.url).find('RS256', undefined))
  t.equal(await keySet(provider.url).find('ES256', undefined), undefined)
  provider.publish(old, fresh)
  t.equal(await keySet(provider.url).find('RS256', undefined), undefined)
})

t.test('a key is never given for another algorithm than its own, and asking for it costs no fetch', async (t) => {
  const provider = await identityProvider(t, old, fresh)
  const keys = keySet(provider.url)
  t.equal(await keys.find('ES256', old.id), undefined)
  t.equal(await keys.find('EdDSA', old.id), undefined)
  t.equal(await keys.find('RS256', fresh.id), undefined)
  t.equal(provider.requests, 1)
})

const good = JSON.stringify({ keys: [old.jwk] })
const misbehaviour: Record<string, RequestListener> = {
  'an error page': (_, response) => response.writeHead(500).end(good),
  'no content': (_, response) => response.writeHead(204).end(),
  'no JSON': (_, response) => response.end('<html></html>'),
  'half of the JSON': (_, response) => response.end(good.slice(0, -3)),
  'JSON of another shape': (_, response) => response.end('{"key":[]}'),
  'bytes that are no UTF-8': (_, response) => response.end(Buffer.concat([Buffer.from(good), Buffer.from([0xff])])),
  'a connection cut in the middle': (_, response) => {
    response.writeHead(200, { 'content-length': '10000' })
    response.write(good, () => response.destroy())
  },
  'an endless answer': (_, response) => {
    const more = () => {
      while (!response.destroyed && response.write(' '.repeat(65_536)));
      if (!response.destroyed) response.once('drain', more)
    }
    more()
  },
  'an answer that never comes': () => {},
  'an answer a byte at a time': (_, response) => {
    response.writeHead(200)
    const timer = setInterval(() => response.write(' '), 20)
    response.on('close', () => clearInterval(timer))
  },
  'a compressed answer that becomes large': (_, response) => {
    void import('node:zlib').then(({ gzipSync }) =>
      response
        .setHeader('content-encoding', 'gzip')
        .end(gzipSync(Buffer.concat([Buffer.alloc(50_000_000, ' '), Buffer.from(good)]))),
    )
  },
}
for (const [what, listener] of Object.entries(misbehaviour)) {
  t.test(`an issuer that answers with ${what} is away; the keys at hand stay`, async (t) => {
    const provider = await identityProvider(t, old)
    const keys = keySet(provider.url, { timeoutMs: 300, cooldownMs: 10 })
    t.ok(await find(keys, old))
    provider.answer(listener)
    await t.rejects(find(keys, fresh), { code: 'UNAVAILABLE' })
    t.ok(await find(keys, old))
    provider.publish(fresh)
    t.ok(await until(() => find(keys, fresh).catch(() => undefined)), 'and it recovers')
  })
}

t.test('a redirect is not followed', async (t) => {
  const elsewhere = await identityProvider(t, fresh)
  const provider = await identityProvider(t)
  for (const status of [301, 302, 307, 308]) {
    provider.answer((_, response) => response.writeHead(status, { location: elsewhere.url }).end())
    await t.rejects(find(keySet(provider.url), fresh), { code: 'UNAVAILABLE' })
  }
  t.equal(elsewhere.requests, 0)
})

t.test('an issuer that withdraws every key is obeyed', async (t) => {
  const provider = await identityProvider(t, old)
  const keys = keySet(provider.url, { refreshMs: 50 })
  t.ok(await find(keys, old))
  provider.publish()
  await until(async () => (await find(keys, old)) === undefined)
})
