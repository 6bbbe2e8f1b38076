import { once } from 'node:events'
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises'
import { get } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type TLSSocket } from 'node:tls'
import t, { type Test } from 'tap'
import { WebSocket } from 'ws'
import { subprotocol } from '../../src/protocol/index.ts'
import { selfSigned, type TestCertificate } from '../support/certificate.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'

async function files(t: Test, { cert, key }: TestCertificate) {
  const folder = await mkdtemp(join(tmpdir(), 'visavis-tls-'))
  t.teardown(() => rm(folder, { recursive: true, force: true }))
  const env = { VISAVIS_TLS_CERT: join(folder, 'cert.pem'), VISAVIS_TLS_KEY: join(folder, 'key.pem') }
  const replace = async (path: string, text: string) => {
    await writeFile(`${path}.new`, text)
    await rename(`${path}.new`, path)
  }
  await replace(env.VISAVIS_TLS_CERT, cert)
  await replace(env.VISAVIS_TLS_KEY, key)
  return { env, replace }
}

/** The name in the certificate that a new connection is shown. */
async function shownName(url: string): Promise<string> {
  const socket = connect({ port: Number(new URL(url).port), host: '127.0.0.1', rejectUnauthorized: false })
  await once(socket, 'secureConnect')
  const name = String(socket.getPeerCertificate().subject.CN)
  socket.destroy()
  return name
}

async function handshake(url: string, options: object): Promise<string> {
  const { port } = new URL(url)
  const socket: TLSSocket = connect({ port: Number(port), host: '127.0.0.1', rejectUnauthorized: false, ...options })
  return once(socket, 'secureConnect')
    .then(
      () => socket.getProtocol() ?? '',
      (error: NodeJS.ErrnoException) => error.code ?? '',
    )
    .finally(() => socket.destroy())
}

t.test(
  'with a certificate the node serves https and wss, from TLS 1.2, and tells browsers to stay with it',
  async (t) => {
    const certificate = selfSigned('visavis.test')
    const { env } = await files(t, certificate)
    const node = await testNode(t, env)
    t.match(node.url, /^https:/)
    const [response] = await once(get(`${node.url}/livez`, { ca: certificate.cert }), 'response')
    response.resume()
    t.equal(response.statusCode, 200)
    t.equal(response.headers['strict-transport-security'], 'max-age=31536000')
    t.equal(await handshake(node.url, {}), 'TLSv1.3')
    t.equal(await handshake(node.url, { maxVersion: 'TLSv1.2' }), 'TLSv1.2')
    t.match(
      await handshake(node.url, { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }),
      /ALERT_PROTOCOL_VERSION/,
    )

    const socket = new WebSocket(`${node.url.replace('https', 'wss')}/ws`, subprotocol, {
      ca: certificate.cert,
      origin: node.url,
    })
    await once(socket, 'open')
    socket.close()
    await once(socket, 'close')
  },
)

t.test('a renewed certificate is shown to new connections, and those that stand go on', async (t) => {
  const { env, replace } = await files(t, selfSigned('first.test'))
  const node = await testNode(t, env)
  t.equal(await shownName(node.url), 'first.test')
  const standing = new WebSocket(`${node.url.replace('https', 'wss')}/ws`, subprotocol, { rejectUnauthorized: false })
  await once(standing, 'open')
  const lost: number[] = []
  standing.on('close', (code) => lost.push(code))

  const second = selfSigned('second.test')
  await replace(env.VISAVIS_TLS_CERT, second.cert)
  process.emit('SIGHUP', 'SIGHUP')
  t.equal(await shownName(node.url), 'first.test', 'a certificate without its key changes nothing')
  await replace(env.VISAVIS_TLS_KEY, second.key)
  await until(async () => (await shownName(node.url)) === 'second.test', { what: 'the new certificate, by looking' })

  const third = selfSigned('third.test')
  await replace(env.VISAVIS_TLS_CERT, third.cert)
  await replace(env.VISAVIS_TLS_KEY, third.key)
  process.emit('SIGHUP', 'SIGHUP')
  await until(async () => (await shownName(node.url)) === 'third.test', { what: 'the new certificate, by the signal' })

  standing.send(JSON.stringify({ id: 1, method: 'chat.channels', params: {} }))
  const [answer] = await once(standing, 'message')
  t.match(JSON.parse(String(answer)), { id: 1, error: { code: 'UNAUTHENTICATED' } })
  t.same(lost, [])
  standing.close()
})

t.test('a node does not start with a key that is not the certificate’s, or with none', async (t) => {
  const { env, replace } = await files(t, selfSigned('visavis.test'))
  await replace(env.VISAVIS_TLS_KEY, selfSigned('other.test').key)
  await t.rejects(testNode(t, env), /key values mismatch/)
  await rm(env.VISAVIS_TLS_KEY)
  await t.rejects(testNode(t, env), { code: 'ENOENT' })
})

t.test('without a certificate nothing is said about TLS', async (t) => {
  const node = await testNode(t)
  const { headers } = await fetch(`${node.url}/livez`)
  t.equal(headers.get('strict-transport-security'), null)
  t.notMatch(headers.get('content-security-policy'), /upgrade-insecure-requests/)
})
