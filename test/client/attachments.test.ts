import { once } from 'node:events'
import { readdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import t, { type Test } from 'tap'
import { connect, developmentToken } from '../../client/index.ts'
import { executable, pdf } from '../attachments/samples.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { cuttableNetwork } from './cuttable.ts'

const blob = (bytes: Buffer) => new Blob([new Uint8Array(bytes)], { type: 'text/html' })

async function signIn(t: Test, url: string, tokensOf = url) {
  let tokens = 0
  const token = async () => {
    tokens += 1
    return (await developmentToken(tokensOf, 'jobseeker-1')).token
  }
  const visavis = connect({ url, token })
  t.teardown(() => visavis.close())
  await visavis.opened
  return { visavis, tokens: () => tokens }
}

t.test('a file is sent with one call and fetched by its link, also under a prefix', async (t) => {
  const node = await testNode(t, { VISAVIS_PATH_PREFIX: '/emploi' })
  const { visavis } = await signIn(t, `${node.url.replace(/^http/, 'ws')}/`, node.url)
  const told: number[] = []
  const sent = await visavis.attachments.upload('jobseeker-1', blob(pdf), {
    name: 'cv.pdf',
    onProgress: (share) => told.push(share),
  })
  t.match(sent, { name: 'cv.pdf', mediaType: 'application/pdf', bytes: pdf.length })
  t.equal(told.at(-1), 1)
  const { url, expiresAt } = await visavis.attachments.link('jobseeker-1', sent.id)
  t.ok(expiresAt > visavis.now())
  t.ok(Buffer.from(await (await fetch(url)).arrayBuffer()).equals(pdf))
})

t.test('a refusal is the server’s own error, and is not tried again', async (t) => {
  const node = await testNode(t)
  const { visavis, tokens } = await signIn(t, node.url)
  const before = tokens()
  await t.rejects(visavis.attachments.upload('jobseeker-1', blob(executable), { name: 'cv.pdf' }), {
    code: 'UNSUPPORTED',
    details: { reason: 'type', detected: 'application/x-msdownload' },
  })
  t.equal(tokens(), before + 1)
  await t.rejects(visavis.attachments.upload('jobseeker-2', blob(pdf), { name: 'x' }), { code: 'FORBIDDEN' })
  await t.rejects(visavis.attachments.link('jobseeker-1', 'f'.repeat(32)), { code: 'NOT_FOUND' })
})

t.test('an answer that was lost is asked for again with the same key: one file, the same answer', async (t) => {
  const node = await testNode(t)
  await using network = await cuttableNetwork(node.url)
  const { visavis } = await signIn(t, network.url, node.url)
  // The connection that fetch keeps for the next request, on which the answer breaks off in its first line.
  await (await fetch(`${network.url}/livez`)).text()
  network.cutAfter(5)
  const before = network.connections
  const sent = await visavis.attachments.upload('jobseeker-1', blob(pdf), { name: 'cv.pdf' })
  t.ok(network.connections > before)
  t.match(await visavis.attachments.link('jobseeker-1', sent.id), { url: new RegExp(sent.id) })
  const found = await readdir(join(node.dataDir, 'attachments'), { recursive: true, withFileTypes: true })
  t.same(
    found.filter((entry) => entry.isFile()).map(({ name }) => name),
    [sent.id],
  )
})

/** A server that answers uploads as it is told, in order; and knows their keys. */
async function answering(t: Test, answers: readonly { status: number; body: string }[]) {
  const keys: (string | null)[] = []
  const server = createServer((request, response) => {
    // The connection of the client, which is of no interest here.
    if (request.method !== 'POST') return response.writeHead(404).end()
    const answer = answers[Math.min(keys.length, answers.length - 1)]
    keys.push(new URL(request.url ?? '', 'http://x').searchParams.get('key'))
    request.resume().once('end', () => response.writeHead(answer?.status ?? 500).end(answer?.body))
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => {
    server.closeAllConnections()
    server.close()
  })
  const visavis = connect({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, token: () => 'token' })
  visavis.opened.catch(() => {})
  t.teardown(() => visavis.close())
  return { visavis, keys }
}
const unavailable = JSON.stringify({ error: { code: 'UNAVAILABLE', message: 'away', details: {}, retryable: true } })
const attachment = { id: 'a'.repeat(32), name: 'cv.pdf', mediaType: 'application/pdf', bytes: 1 }

t.test('while the server is away, or a proxy answers for it, it tries again with the same key', async (t) => {
  const { visavis, keys } = await answering(t, [
    { status: 503, body: unavailable },
    { status: 502, body: '<html>bad gateway' },
    { status: 200, body: JSON.stringify(attachment) },
  ])
  t.same(await visavis.attachments.upload('x', blob(pdf), { name: 'cv.pdf' }), attachment)
  t.equal(keys.length, 3)
  t.equal(new Set(keys).size, 1)
})

t.test('what a proxy finds too large is told as such, and what means nothing as INTERNAL', async (t) => {
  const tooLarge = await answering(t, [{ status: 413, body: '<html>' }])
  await t.rejects(tooLarge.visavis.attachments.upload('x', blob(pdf), { name: 'x' }), { code: 'TOO_LARGE' })
  const strange = await answering(t, [{ status: 302, body: '' }])
  await t.rejects(strange.visavis.attachments.upload('x', blob(pdf), { name: 'x' }), { code: /INTERNAL|UNAVAILABLE/ })
})

t.test('an upload can be given up, also while it waits for the server', async (t) => {
  const { visavis, keys } = await answering(t, [{ status: 503, body: unavailable }])
  const abort = new AbortController()
  const uploading = visavis.attachments.upload('x', blob(pdf), { name: 'x', signal: abort.signal })
  await until(() => keys.length > 0)
  abort.abort(new Error('no longer wanted'))
  await t.rejects(uploading, { message: 'no longer wanted' })
  await t.rejects(visavis.attachments.upload('x', blob(pdf), { name: 'x', signal: abort.signal }), {
    message: 'no longer wanted',
  })
})
