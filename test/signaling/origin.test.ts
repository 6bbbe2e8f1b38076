import t from 'tap'
import { type Asker, mayConnect, type Origins, originOf } from '../../src/signaling/origin.ts'

const nothingSet: Origins = { publicUrl: undefined, allowed: [] }
const published: Origins = { publicUrl: 'https://visavis.example.org/app', allowed: [] }
const asked = (origin: string | undefined, host = 'visavis.example.org', protocol = 'https'): Asker => ({
  origin,
  protocol,
  host,
})

t.test('the node’s own pages may connect, whatever its port', async (t) => {
  t.ok(mayConnect(asked('https://visavis.example.org'), nothingSet))
  t.ok(mayConnect(asked('http://127.0.0.1:3000', '127.0.0.1:3000', 'http'), nothingSet))
  t.ok(mayConnect(asked('http://[::1]:3000', '[::1]:3000', 'http'), nothingSet))
  t.ok(mayConnect(asked('https://visavis.example.org'), published))
})

t.test('a default port written in the Host header or in the public URL is the same origin', async (t) => {
  t.ok(mayConnect(asked('https://visavis.example.org', 'visavis.example.org:443'), nothingSet))
  t.ok(mayConnect(asked('http://visavis.example.org', 'visavis.example.org:80', 'http'), nothingSet))
  t.ok(mayConnect(asked('https://a.org', 'x', 'http'), { publicUrl: 'https://a.org:443/', allowed: [] }))
  t.notOk(mayConnect(asked('http://visavis.example.org', 'visavis.example.org:443', 'http'), nothingSet))
})

t.test('a request without the header comes from no page and may connect', async (t) => {
  t.ok(mayConnect(asked(undefined), nothingSet))
  t.ok(mayConnect(asked(undefined), published))
})

t.test('with a public URL the Host header counts for nothing', async (t) => {
  t.notOk(mayConnect(asked('https://evil.example', 'evil.example'), published))
})

const strangers: Readonly<Record<string, string>> = {
  'no text at all': '',
  'a page without an origin': 'null',
  'another scheme': 'http://visavis.example.org',
  'a WebSocket scheme': 'wss://visavis.example.org',
  'another port': 'https://visavis.example.org:8443',
  'the default port, which no browser writes': 'https://visavis.example.org:443',
  'an empty port': 'https://visavis.example.org:',
  'ours as a prefix': 'https://visavis.example.org.evil.example',
  'ours as a suffix': 'https://evilvisavis.example.org',
  'a subdomain': 'https://a.visavis.example.org',
  'a parent domain': 'https://example.org',
  'ours as the user': 'https://visavis.example.org@evil.example',
  'a user before ours': 'https://evil@visavis.example.org',
  'a trailing dot': 'https://visavis.example.org.',
  'a trailing slash': 'https://visavis.example.org/',
  'a path': 'https://visavis.example.org/app',
  'a query': 'https://visavis.example.org?',
  'a fragment': 'https://visavis.example.org#',
  'a backslash': 'https://visavis.example.org\\.evil.example',
  'upper case, which no browser writes': 'HTTPS://Visavis.Example.org',
  'a look-alike letter': 'https://visаvis.example.org',
  'its punycode': 'https://xn--visvis-5nf.example.org',
  'full-width letters': 'https://ｖisavis.example.org',
  'ours among others': 'https://visavis.example.org, https://evil.example',
  'two with a space': 'https://evil.example https://visavis.example.org',
  'a space after it': 'https://visavis.example.org ',
  'no scheme': 'visavis.example.org',
  'a file': 'file://',
  'an extension': 'chrome-extension://abcdefghijklmnop',
}

for (const [what, origin] of Object.entries(strangers)) {
  t.test(`refused: ${what}`, async (t) => {
    t.notOk(mayConnect(asked(origin), nothingSet), 'by the Host header')
    t.notOk(mayConnect(asked(origin), published), 'by the public URL')
    const allowed = ['https://agency.example.org', 'https://visavis.example.org']
    t.notOk(mayConnect(asked(origin, 'other.example'), { publicUrl: undefined, allowed }), 'by the list')
  })
}

t.test('a listed origin may connect, "null" only when it is listed', async (t) => {
  const origins: Origins = { publicUrl: undefined, allowed: ['https://agency.example.org', 'null'] }
  t.ok(mayConnect(asked('https://agency.example.org', 'other.example'), origins))
  t.ok(mayConnect(asked('null'), origins))
  t.notOk(mayConnect(asked('https://agency.example.org.evil.example'), origins))
})

t.test('a Host header that is no host is nobody’s origin', async (t) => {
  for (const host of ['', 'a b', 'visavis.example.org:99999', '[', '%', '..//']) {
    t.notOk(mayConnect(asked('https://visavis.example.org', host), nothingSet), host)
    t.notOk(mayConnect(asked('null', host), nothingSet), host)
  }
})

t.test('an origin is written as a browser writes it', async (t) => {
  t.equal(originOf('HTTPS://Emploi-Été.Example.org:443/pages?x#y'), 'https://xn--emploi-t-h1ab.example.org')
  t.equal(originOf('https://user@example.org:8443'), 'https://example.org:8443')
  t.equal(originOf('file:///etc/passwd'), undefined)
  t.equal(originOf('not a URL'), undefined)
})
