import t from 'tap'
import { ConfigError, isLoopback, loadConfig } from '../../config/load.ts'
import { schema } from '../../config/schema.ts'

const mistakesOf = (env: Record<string, string>): readonly string[] => {
  try {
    loadConfig(env)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
}

t.test('an empty environment gives the defaults of a development machine', async (t) => {
  const config = loadConfig({})
  t.equal(config.host, '127.0.0.1')
  t.equal(config.devSignIn, true)
  t.equal(config.redisFsync, 'always')
  t.match(config.dataDir, /\/data$/)
})

t.test('all mistakes are reported at once, with name, value and expectation', async (t) => {
  const mistakes = mistakesOf({ VISAVIS_PORT: 'eighty', VISAVIS_LOG_LEVEL: 'loud', VISAVIS_HEARTBEAT_MS: '-1' })
  t.equal(mistakes.length, 3)
  t.match(mistakes[0], /^VISAVIS_PORT: "eighty", expected a whole number from 0 to 65535/)
  t.match(mistakes[1], /^VISAVIS_LOG_LEVEL: "loud", expected one of fatal, error/)
  t.match(mistakes[2], /^VISAVIS_HEARTBEAT_MS: "-1", expected/)
})

t.test('a secret is never shown, whatever is wrong with it', async (t) => {
  for (const [name, setting] of Object.entries(schema)) {
    if (!setting.secret) continue
    const value = 'hunter2'
    const [mistake] = mistakesOf({ [setting.env]: value })
    t.match(mistake, new RegExp(`^${setting.env}: `), name)
    t.notMatch(mistake, /hunter2/, name)
  }
})

t.test('a misspelt setting is a mistake and not silently ignored', async (t) => {
  t.match(mistakesOf({ VISAVIS_PROT: '1' })[0], /VISAVIS_PROT: there is no such setting/)
  t.match(mistakesOf({ VISAVIS_MEDIA_WORKER: '1' })[0], /perhaps VISAVIS_MEDIA_WORKERS/)
})

t.test('development sign-in is impossible on a public address without a second setting', async (t) => {
  const env = { VISAVIS_HOST: '0.0.0.0', VISAVIS_DEV_SIGN_IN: 'true' }
  t.match(mistakesOf(env)[0], /VISAVIS_DEV_SIGN_IN_ON_PUBLIC_ADDRESS/)
  t.same(mistakesOf({ ...env, VISAVIS_DEV_SIGN_IN_ON_PUBLIC_ADDRESS: 'true' }), [])
})

t.test('browsers are told an address they can reach, for each on which media is received', async (t) => {
  const both = { VISAVIS_MEDIA_LISTEN_IP: '0.0.0.0, ::' }
  t.match(mistakesOf(both), [/^VISAVIS_MEDIA_ANNOUNCED_ADDRESS: is not set, .* listens on 0\.0\.0\.0$/])
  const one = { ...both, VISAVIS_MEDIA_ANNOUNCED_ADDRESS: '203.0.113.7' }
  t.match(mistakesOf(one), [/^VISAVIS_MEDIA_ANNOUNCED_ADDRESS: 1 addresses, expected one for each/])
  const two = { ...both, VISAVIS_MEDIA_ANNOUNCED_ADDRESS: '203.0.113.7, 2001:db8::7' }
  t.same(loadConfig(two).mediaAnnouncedAddresses, ['203.0.113.7', '2001:db8::7'])
  t.match(mistakesOf({ VISAVIS_MEDIA_LISTEN_IP: 'eth0' }), [/^VISAVIS_MEDIA_LISTEN_IP: "eth0", expected IP addresses/])
})

t.test('a TURN server and its secret come together', async (t) => {
  const turn = { VISAVIS_ICE_SERVERS: 'stun:a.example.org, turns:a.example.org:443?transport=tcp' }
  t.match(mistakesOf(turn), [/^VISAVIS_TURN_SECRET: is not set, .* has turns:a\.example\.org/])
  const secret = { VISAVIS_TURN_SECRET: 'sixteen letters and more' }
  t.match(mistakesOf(secret), [/^VISAVIS_ICE_SERVERS: has no turn: URL/])
  t.same(mistakesOf({ ...turn, ...secret }), [])
  t.notMatch(mistakesOf({ ...turn, VISAVIS_TURN_SECRET: 'short' })[0], /short/, 'never shown')
})

const production = { VISAVIS_HOST: '0.0.0.0', VISAVIS_JWKS_URL: 'https://identity.example.org/keys?policy=a' }

t.test('on a public address development sign-in is off and the identity provider’s keys are needed', async (t) => {
  t.match(mistakesOf({ VISAVIS_HOST: '0.0.0.0' }), [/^VISAVIS_JWKS_URL: is not set/])
  t.match(mistakesOf({ VISAVIS_DEV_SIGN_IN: 'false' }), [/^VISAVIS_JWKS_URL: is not set/])
  t.match(mistakesOf({ VISAVIS_HOST: '0.0.0.0', VISAVIS_JWKS_URL: 'nonsense' }), [/^VISAVIS_JWKS_URL: "nonsense"/])
  const config = loadConfig(production)
  t.equal(config.devSignIn, false)
  t.equal(config.jwksUrl, production.VISAVIS_JWKS_URL)
})

t.test('the agency’s sign-in and its tokens come together, over https', async (t) => {
  const signIn = { VISAVIS_SIGN_IN_URL: 'https://agency.example.org/sign-in' }
  const token = { VISAVIS_TOKEN_URL: 'https://agency.example.org/token' }
  t.match(mistakesOf(signIn), [/^VISAVIS_TOKEN_URL: is not set, expected a URL, for VISAVIS_SIGN_IN_URL is set/])
  t.match(mistakesOf(token), [/^VISAVIS_SIGN_IN_URL: is not set/])
  t.same(mistakesOf({ ...signIn, ...token }), [])
  t.match(mistakesOf({ ...signIn, VISAVIS_TOKEN_URL: 'http://agency.example.org/token' }), [
    /^VISAVIS_TOKEN_URL: .*https/,
  ])
})

t.test('a shared secret is for development sign-in only', async (t) => {
  const secret = { VISAVIS_JWT_SECRET: 'x'.repeat(32) }
  t.match(mistakesOf({ ...production, ...secret }), [/^VISAVIS_JWT_SECRET: is set while development sign-in is off/])
  t.same(mistakesOf(secret), [])
  t.same(mistakesOf({ ...secret, VISAVIS_JWKS_URL: production.VISAVIS_JWKS_URL }), [], 'both, in development')
})

t.test('keys come over https, or from this very machine', async (t) => {
  const secure = [
    'https://identity.example.org',
    'https://10.0.0.1:8443/keys',
    'http://localhost:8080/keys',
    'http://127.0.0.1/keys',
    'http://[::1]:8080/keys',
  ]
  for (const url of secure) t.same(mistakesOf({ VISAVIS_JWKS_URL: url }), [], url)
  const insecure = [
    'http://identity.example.org/keys',
    'http://10.0.0.1/keys',
    'http://localhost.example.org/keys',
    'http://127.0.0.1.example.org/keys',
    'https://user:password@identity.example.org/keys',
    'https://identity.example.org/keys#part',
    'ftp://identity.example.org/keys',
    'file:///etc/keys',
    'https://',
  ]
  for (const url of insecure) t.match(mistakesOf({ VISAVIS_JWKS_URL: url }), [/^VISAVIS_JWKS_URL: /], url)
})

t.test('stale keys are kept at least as long as fresh ones', async (t) => {
  const env = { VISAVIS_JWKS_REFRESH_MS: '60000', VISAVIS_JWKS_MAX_STALE_MS: '59999' }
  t.match(mistakesOf(env), [/^VISAVIS_JWKS_MAX_STALE_MS: 59999, expected not less than/])
})

t.test('only loopback addresses count as loopback', async (t) => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost']) t.ok(isLoopback(host), host)
  for (const host of ['0.0.0.0', '10.0.0.1', '128.0.0.1', '::', 'localhost.example.org', '127.0.0.1.example.org']) {
    t.notOk(isLoopback(host), host)
  }
})

t.test('every default satisfies its own shape', async (t) => {
  for (const [name, { default: value, shape, env }] of Object.entries(schema)) {
    if (value === undefined || Array.isArray(value)) continue
    t.equal(shape.parse(String(value)), value, `${name} (${env})`)
  }
})

t.test('allowed origins are kept as browsers write them; patterns and paths are mistakes', async (t) => {
  const config = loadConfig({
    VISAVIS_ALLOWED_ORIGINS: 'HTTPS://Agence.Example.org:443/, http://émploi.example:8080, null',
  })
  t.same(config.allowedOrigins, ['https://agence.example.org', 'http://xn--mploi-9ra.example:8080', 'null'])
  for (const wrong of [
    '*',
    'https://*.example.org',
    'https://a.org/path',
    'https://u@a.org',
    'wss://a.org',
    'a.org',
    '',
  ])
    t.match(mistakesOf({ VISAVIS_ALLOWED_ORIGINS: `https://a.org,${wrong}` })[0], /^VISAVIS_ALLOWED_ORIGINS: /, wrong)
})

t.test('trusted proxies are named one by one, never everybody', async (t) => {
  const named = ['10.0.0.1', '10.1.0.0/16', 'fd00::/8', '::1', 'loopback']
  t.same(loadConfig({ VISAVIS_TRUSTED_PROXIES: named.join(', ') }).trustedProxies, named)
  for (const wrong of [
    'true',
    '*',
    '0.0.0.0/0',
    '::/0',
    '10.0.0.0/33',
    '10.0.0.0/8/8',
    'proxy.example.org',
    '300.0.0.1',
  ])
    t.match(mistakesOf({ VISAVIS_TRUSTED_PROXIES: wrong })[0], /^VISAVIS_TRUSTED_PROXIES: /, wrong)
})

t.test('a path prefix begins with a slash and ends without one', async (t) => {
  t.equal(loadConfig({}).pathPrefix, '')
  for (const right of ['/visavis', '/a/b-c/d_e.f'])
    t.equal(loadConfig({ VISAVIS_PATH_PREFIX: right }).pathPrefix, right)
  for (const wrong of ['visavis', '/visavis/', '//visavis', '/a/../b', '/..', '/a b', '/a?b', 'https://a.org/b'])
    t.match(mistakesOf({ VISAVIS_PATH_PREFIX: wrong })[0], /^VISAVIS_PATH_PREFIX: /, wrong)
})

t.test('mail needs a sender and the address of the pages', async (t) => {
  const smtp = { VISAVIS_SMTP_URL: 'smtps://user:secret@mail.example.org:465' }
  const right = { ...smtp, VISAVIS_MAIL_FROM: 'visavis@example.org', VISAVIS_PUBLIC_URL: 'https://visavis.example.org' }
  t.same(mistakesOf(right), [])
  t.match(mistakesOf(smtp), [/^VISAVIS_MAIL_FROM: is not set/, /^VISAVIS_PUBLIC_URL: is not set/])
  t.same(mistakesOf({ VISAVIS_MAIL_FROM: 'visavis@example.org' }), [], 'a sender alone harms nobody')
  for (const url of ['smtp://mail.example.org', 'smtp://127.0.0.1:2525', 'smtp://[::1]:25', 'smtp://relay:25?tls=no'])
    t.same(mistakesOf({ ...right, VISAVIS_SMTP_URL: url }), [], url)
  const wrong = [
    'mail.example.org',
    'http://mail.example.org',
    'smtp://',
    'smtp://host/path',
    'smtp://host?logger=true',
  ]
  for (const url of wrong) t.match(mistakesOf({ ...right, VISAVIS_SMTP_URL: url }), [/^VISAVIS_SMTP_URL: /], url)
})

t.test('the sender of mail is one mailbox', async (t) => {
  const mistakes = (from: string) => mistakesOf({ VISAVIS_MAIL_FROM: from })
  for (const from of [
    'visavis@example.org',
    'Visavis <visavis@example.org>',
    'Agence de l’emploi <no-reply@a.example>',
  ])
    t.same(mistakes(from), [], from)
  for (const from of ['Visavis', 'a@b, c@d', 'a <b@c> d', 'A\r\nBcc: x <a@b>', '"A" <a@b>', '<a@b>', 'a b@c'])
    t.match(mistakes(from), [/^VISAVIS_MAIL_FROM: /], from)
})

t.test('a time of day has two digits for each part', async (t) => {
  t.equal(loadConfig({ VISAVIS_MAIL_DAILY_AT: '07:30' }).mailDailyAt, '07:30')
  for (const time of ['7:30', '24:00', '12:60', '0730', '07:30:00'])
    t.match(mistakesOf({ VISAVIS_MAIL_DAILY_AT: time }), [/^VISAVIS_MAIL_DAILY_AT: /], time)
})

t.test('certificate and key belong together', async (t) => {
  t.match(mistakesOf({ VISAVIS_TLS_CERT: 'cert.pem' })[0], /^VISAVIS_TLS_KEY: is not set/)
  t.match(mistakesOf({ VISAVIS_TLS_KEY: 'key.pem' })[0], /^VISAVIS_TLS_CERT: is not set/)
  t.same(mistakesOf({ VISAVIS_TLS_CERT: 'cert.pem', VISAVIS_TLS_KEY: 'key.pem' }), [])
})

t.test('files are in the data folder, or where they are told to be', async (t) => {
  t.match(loadConfig({ VISAVIS_DATA_DIR: '/srv/visavis' }).attachmentsDir, /^\/srv\/visavis\/attachments$/)
  t.equal(loadConfig({ VISAVIS_ATTACHMENTS_DIR: '/mnt/files' }).attachmentsDir, '/mnt/files')
  const { attachmentBytes, attachmentsPerHour, attachmentLinkMs, clamav } = loadConfig({})
  t.same([attachmentBytes, attachmentsPerHour, attachmentLinkMs, clamav], [10 * 1024 * 1024, 60, 300_000, undefined])
})

t.test('the scanner is a host with a port or a socket', async (t) => {
  for (const address of ['127.0.0.1:3310', 'clamd.internal:3310', '[::1]:3310', '/run/clamav/clamd.ctl'])
    t.equal(loadConfig({ VISAVIS_CLAMAV: address }).clamav, address)
  for (const address of ['localhost', '3310', ':3310', 'clamd:port', 'http://clamd:3310', 'run/clamd.ctl', '::1:3310'])
    t.match(mistakesOf({ VISAVIS_CLAMAV: address }), [/^VISAVIS_CLAMAV: /], address)
})
