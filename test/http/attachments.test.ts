/** Files over HTTP, at a whole node. */
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import fc from 'fast-check'
import t, { type Test } from 'tap'
import type { Attachment } from '../../src/protocol/index.ts'
import { testClamd } from '../attachments/clamd.ts'
import { compoundFile, executable, inParts, openXml, pdf } from '../attachments/samples.ts'
import { type TestNode, testNode } from '../support/node.ts'
import { type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

const agencyToken = 'agency'.repeat(8)
let made = 0
const newKey = () => `test-key-${++made}`

interface Sent {
  readonly status: number
  readonly headers: Headers
  readonly body: Attachment & { readonly error: { readonly code: string; readonly details: Record<string, unknown> } }
}

interface Sending {
  readonly token?: string
  readonly key?: string
  readonly name?: string
  readonly headers?: Record<string, string>
  readonly body?: Buffer | AsyncIterable<Uint8Array>
}

async function send(
  node: { url: string },
  channel: string,
  { token, key = newKey(), name = 'cv.pdf', headers = {}, body = pdf }: Sending,
): Promise<Sent> {
  const url = `${node.url}/api/channels/${channel}/attachments?${new URLSearchParams({ name, key })}`
  const streamed = !Buffer.isBuffer(body)
  const response = await fetch(url, {
    method: 'POST',
    headers: { ...(token === undefined ? {} : { authorization: `Bearer ${token}` }), ...headers },
    body: streamed ? (Readable.toWeb(Readable.from(body)) as ReadableStream) : new Uint8Array(body),
    ...(streamed ? { duplex: 'half' } : {}),
  } as RequestInit)
  return { status: response.status, headers: response.headers, body: (await response.json()) as Sent['body'] }
}

async function filesOf(node: TestNode): Promise<string[]> {
  const found = await readdir(join(node.dataDir, 'attachments'), { recursive: true, withFileTypes: true }).catch(
    () => [],
  )
  return found.filter((entry) => entry.isFile()).map(({ name }) => name)
}

const linkOf = async (client: RawClient, channel: string, attachment: string) =>
  (await client.result('attachment.link', { channel, attachment })) as { url: string; expiresAt: number }

/** A node with the jobseeker and the advisor of a channel. */
async function stage(t: Test, env: Record<string, string> = {}) {
  const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken, ...env })
  const tokens = { jeanne: await node.token('jobseeker-1'), anne: await node.token('advisor-anne') }
  const jeanne = await rawClient(node.url, tokens.jeanne)
  t.teardown(() => jeanne[Symbol.asyncDispose]())
  const put = async (id: string, person: object) => {
    const response = await fetch(`${node.url}/api/regions/bretagne/people/${id}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(person),
    })
    if (!response.ok) throw new Error(await response.text())
  }
  return { node, tokens, jeanne, put }
}

t.test('a file is sent, linked and fetched, as it was and to be saved', async (t) => {
  const { node, tokens, jeanne } = await stage(t)
  const name = 'Attestation d’été "2026".pdf'
  const sent = await send(node, 'jobseeker-1', { token: tokens.jeanne, name })
  t.match(sent, {
    status: 200,
    body: { name: 'Attestation d’été _2026_.pdf', mediaType: 'application/pdf', bytes: pdf.length },
  })
  const { url, expiresAt } = await linkOf(jeanne, 'jobseeker-1', sent.body.id)
  t.match(url, /^attachments\/jobseeker-1\//)
  t.ok(Math.abs(expiresAt - Date.now() - 300_000) < 10_000)
  const response = await fetch(`${node.url}/${url}`)
  t.equal(response.status, 200)
  t.ok(Buffer.from(await response.arrayBuffer()).equals(pdf))
  t.match(Object.fromEntries(response.headers), {
    'content-type': 'application/pdf',
    'content-length': String(pdf.length),
    'content-disposition': `attachment; filename="Attestation d__t_ _2026_.pdf"; filename*=UTF-8''Attestation%20d%E2%80%99%C3%A9t%C3%A9%20_2026_.pdf`,
    'content-security-policy': "sandbox; default-src 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'private, no-store',
  })
  t.equal((await fetch(`${node.url}/${url}`, { method: 'HEAD' })).status, 404)
})

t.test('any content type, none, and a body that does not say how long it is', async (t) => {
  const { node, tokens } = await stage(t)
  for (const headers of [
    {},
    { 'content-type': 'application/json' },
    { 'content-type': 'text/plain' },
    { 'content-type': 'multipart/form-data; boundary=x' },
  ])
    t.match(
      await send(node, 'jobseeker-1', { token: tokens.jeanne, headers }),
      { status: 200, body: { bytes: pdf.length } },
      JSON.stringify(headers),
    )
  t.match(await send(node, 'jobseeker-1', { token: tokens.jeanne, body: inParts(pdf, 10) }), { status: 200 })
  const large = Buffer.alloc(5_000_000, 'larger than any other body. ')
  t.match(await send(node, 'jobseeker-1', { token: tokens.jeanne, body: large }), {
    status: 200,
    body: { bytes: 5_000_000, name: 'cv.pdf.txt' },
  })
  t.match(await send(node, 'jobseeker-1', { token: tokens.jeanne, body: Buffer.alloc(0) }), {
    status: 400,
    body: { error: { code: 'BAD_REQUEST' } },
  })
})

t.test('only who may converse in the channel sends there', async (t) => {
  const { node, tokens } = await stage(t)
  const refused = async (token: string | undefined, channel = 'jobseeker-1') => {
    const { status, body } = await send(node, channel, token === undefined ? {} : { token })
    return [status, body.error.code]
  }
  t.same(await refused(undefined), [401, 'UNAUTHENTICATED'])
  t.same(await refused('nonsense'), [401, 'UNAUTHENTICATED'])
  t.same(await refused(`${tokens.jeanne.slice(0, -2)}AA`), [401, 'UNAUTHENTICATED'])
  t.same(await refused(agencyToken), [401, 'UNAUTHENTICATED'], 'the agency is nobody of a conversation')
  for (const person of ['jobseeker-2', 'advisor-bruno', 'supervisor-claire', 'operator-denis'])
    t.same(await refused(await node.token(person)), [403, 'FORBIDDEN'], person)
  t.same(await refused(tokens.anne, 'jobseeker-4'), [403, 'FORBIDDEN'], 'another’s portfolio')
  t.same(await refused(tokens.anne, 'nobody'), [403, 'FORBIDDEN'], 'as for a stranger')
  t.same(await refused(tokens.anne, 'advisor-anne'), [403, 'FORBIDDEN'])
  t.same(await filesOf(node), [])
})

t.test('a former advisor neither sends, nor gets a link, nor uses one', async (t) => {
  const { node, tokens, jeanne, put } = await stage(t)
  const { body } = await send(node, 'jobseeker-1', { token: tokens.anne })
  const anne = await rawClient(node.url, tokens.anne)
  const { url } = await linkOf(anne, 'jobseeker-1', body.id)
  t.equal((await fetch(`${node.url}/${url}`)).status, 200)
  await put('jobseeker-1', { role: 'jobseeker', name: 'Jeanne Martin', advisor: 'advisor-bruno' })
  t.match(await (await fetch(`${node.url}/${url}`)).json(), { error: { code: 'FORBIDDEN' } })
  t.match(await send(node, 'jobseeker-1', { token: tokens.anne }), { status: 403 })
  const refused = async () => {
    const answer = await anne.call('attachment.link', { channel: 'jobseeker-1', attachment: body.id })
    return 'error' in answer && answer.error.code
  }
  await until(async () => (await refused()) === 'FORBIDDEN', { what: 'the end of access' })
  const own = await send(node, 'jobseeker-1', { token: tokens.jeanne })
  const link = await linkOf(jeanne, 'jobseeker-1', own.body.id)
  t.equal((await fetch(`${node.url}/${link.url}`)).status, 200)
  await put('jobseeker-1', { role: 'jobseeker', name: 'Jeanne Martin', advisor: 'advisor-bruno', disabled: true })
  t.equal((await fetch(`${node.url}/${link.url}`)).status, 403)
  await anne[Symbol.asyncDispose]()
})

t.test('a link that was changed anywhere, or is over, is refused; so is what was never one', async (t) => {
  const { node, tokens, jeanne } = await stage(t)
  const { body } = await send(node, 'jobseeker-1', { token: tokens.jeanne })
  const { url } = await linkOf(jeanne, 'jobseeker-1', body.id)
  const statusOf = async (path: string) => (await fetch(`${node.url}/${path}`)).status
  const [path = '', query = ''] = url.split('?')
  const other = await send(node, 'jobseeker-1', { token: tokens.jeanne })
  t.equal(await statusOf(url.replace(body.id, other.body.id)), 403, 'another file of the same channel')
  t.equal(await statusOf(url.replace('attachments/jobseeker-1', 'attachments/jobseeker-2')), 403)
  for (const [name, value] of new URLSearchParams(query)) {
    const changed = (to: string) => {
      const fields = new URLSearchParams(query)
      fields.set(name, to)
      return `${path}?${fields}`
    }
    const spoilt = [
      `${value}0`,
      `0${value}`,
      ` ${value}`,
      value.slice(1),
      value.toUpperCase() === value ? `+${value}` : value.toUpperCase(),
      'x',
    ]
    for (const text of spoilt) t.equal(await statusOf(changed(text)), 403, `${name} ${text}`)
    t.equal(await statusOf(changed('')), 400, `${name} is empty`)
  }
  t.equal(await statusOf(path), 400)
  await fc.assert(
    fc.asyncProperty(fc.nat(), fc.constantFrom(...'azAZ09-_.'), async (at, character) => {
      // In the values, where a change is none of the form.
      const from = url.indexOf('=') + 1
      const place = from + (at % (url.length - from))
      if (/[=&]/.test(url[place] ?? '') || url[place] === character) return true
      const name = url.slice(url.lastIndexOf('&', place) + 1, place)
      const changed = `${url.slice(0, place)}${character}${url.slice(place + 1)}`
      // In the name of a field it is a field less, and in a value another value.
      return (await statusOf(changed)) === (name.includes('=') || place < url.indexOf('&') ? 403 : 400)
    }),
    { numRuns: 60 },
  )
  t.equal(await statusOf(url), 200, 'the link itself still holds')
})

t.test('a link ends by itself', async (t) => {
  const { node, tokens, jeanne } = await stage(t, { VISAVIS_ATTACHMENT_LINK_MS: '10000' })
  const { body } = await send(node, 'jobseeker-1', { token: tokens.jeanne })
  const { url, expiresAt } = await linkOf(jeanne, 'jobseeker-1', body.id)
  const statusOf = async () => (await fetch(`${node.url}/${url}`)).status
  t.equal(await statusOf(), 200)
  await until(async () => (await statusOf()) === 403, { timeoutMs: 15_000, everyMs: 100, what: 'the end of the link' })
  t.ok(Date.now() >= expiresAt)
})

t.test('a path leads to nothing but a file of the channel', async (t) => {
  const { node, tokens, jeanne } = await stage(t)
  for (const id of ['..', '../..', 'development-secret', 'a/b', 'f'.repeat(32), ''])
    t.match(
      await jeanne.call('attachment.link', { channel: 'jobseeker-1', attachment: id }),
      { error: { code: /NOT_FOUND|BAD_REQUEST/ } },
      id,
    )
  for (const path of ['..%2f..%2fdevelopment-secret', '%2e%2e', '..', '%00', 'f'.repeat(200)]) {
    const response = await fetch(`${node.url}/attachments/jobseeker-1/${path}?reader=a&region=b&expires=9&signature=c`)
    t.ok([400, 403, 404].includes(response.status), `${path} ${response.status}`)
  }
  t.match(await send(node, '..%2f..', { token: tokens.jeanne }), { status: 403 })
  t.match(await send(node, 'a%7Db', { token: tokens.jeanne }), { status: 403 })
  const sent = await send(node, 'jobseeker-1', { token: tokens.jeanne, name: '../../../etc/cron.d/x' })
  t.match(sent.body, { name: 'x.pdf' })
  t.same(await filesOf(node), [sent.body.id], 'no part of the name is on disk')
})

t.test('what is refused is refused with its reason, and leaves nothing', async (t) => {
  const { node, tokens } = await stage(t)
  const reasonOf = async (body: Buffer, name: string) => {
    const sent = await send(node, 'jobseeker-1', { token: tokens.jeanne, body, name })
    return [sent.status, sent.body.error.code, sent.body.error.details.reason]
  }
  t.same(await reasonOf(executable, 'cv.pdf'), [400, 'UNSUPPORTED', 'type'])
  t.same(await reasonOf(Buffer.from('<!doctype html><script>'), 'photo.png'), [400, 'UNSUPPORTED', 'markup'])
  t.same(await reasonOf(compoundFile, 'lettre.doc'), [400, 'UNSUPPORTED', 'legacy-office'])
  t.same(await reasonOf(await openXml('docx', { 'word/vbaProject.bin': 'x' }), 'lettre.docx'), [
    400,
    'UNSUPPORTED',
    'macros',
  ])
  t.same(await reasonOf(Buffer.concat([executable, Buffer.alloc(8_000_000)]), 'large.pdf'), [
    400,
    'UNSUPPORTED',
    'type',
  ])
  t.same(await filesOf(node), [])
})

t.test('a file that is too large is refused by what it says, and by what comes', async (t) => {
  const { node, tokens } = await stage(t, { VISAVIS_ATTACHMENT_BYTES: '100000' })
  const tooLarge = {
    status: 413,
    body: { error: { code: 'TOO_LARGE', retryable: false, details: { maxBytes: 100_000 } } },
  }
  t.match(await send(node, 'jobseeker-1', { token: tokens.jeanne, body: Buffer.alloc(100_001, 'a') }), tooLarge)
  t.match(
    await send(node, 'jobseeker-1', { token: tokens.jeanne, body: inParts(Buffer.alloc(300_000, 'a'), 10_000) }),
    tooLarge,
  )
  t.match(
    await send(node, 'jobseeker-1', { token: tokens.jeanne, body: inParts(Buffer.alloc(100_000, 'a'), 10_000) }),
    { status: 200 },
  )
  const metrics = await (await fetch(`${node.url}/metrics`)).text()
  t.match(metrics, /visavis_limits_reached_total\{limit="attachmentBytes"[^}]*\} 2/)
})

t.test('a repeat gets the first answer; too many in an hour are told when to come back', async (t) => {
  const { node, tokens } = await stage(t, { VISAVIS_ATTACHMENTS_PER_HOUR: '2' })
  const first = await send(node, 'jobseeker-1', { token: tokens.jeanne, key: 'the-same-key' })
  t.equal(first.status, 200)
  t.same(
    (await send(node, 'jobseeker-1', { token: tokens.jeanne, key: 'the-same-key', name: 'another.pdf' })).body,
    first.body,
  )
  await send(node, 'jobseeker-1', { token: tokens.jeanne })
  const refused = await send(node, 'jobseeker-1', { token: tokens.jeanne })
  t.match(refused, { status: 429, body: { error: { code: 'RATE_LIMITED', retryable: true, retryAfterMs: Number } } })
  t.ok(Number(refused.headers.get('retry-after')) > 3_500)
  t.equal((await send(node, 'jobseeker-1', { token: tokens.anne })).status, 200, 'another person of the same channel')
  t.equal((await send(node, 'jobseeker-1', { token: tokens.jeanne, key: 'short' })).status, 400)
})

t.test('with a scanner everything is scanned, and nothing goes past it', async (t) => {
  await using clamd = await testClamd(t)
  const { node, tokens } = await stage(t, { VISAVIS_CLAMAV: clamd.address })
  t.equal((await send(node, 'jobseeker-1', { token: tokens.jeanne })).status, 200)
  t.ok(clamd.scanned[0]?.equals(pdf))
  const infected = Buffer.from('this is an EICAR test')
  t.match(await send(node, 'jobseeker-1', { token: tokens.jeanne, body: infected }), {
    status: 400,
    body: { error: { code: 'UNSUPPORTED', details: { reason: 'infected' } } },
  })
  clamd.answer = 'hang-up'
  t.match(await send(node, 'jobseeker-1', { token: tokens.jeanne }), {
    status: 503,
    body: { error: { code: 'UNAVAILABLE', retryable: true } },
  })
  t.equal((await filesOf(node)).length, 1)
})

t.test('sending and every refusal are on record, without the name of the file', async (t) => {
  const { node, tokens, jeanne } = await stage(t)
  const sent = await send(node, 'jobseeker-1', { token: tokens.jeanne, name: 'MARKER.pdf' })
  await send(node, 'jobseeker-1', { token: await node.token('jobseeker-2') })
  const { url } = await linkOf(jeanne, 'jobseeker-1', sent.body.id)
  await fetch(`${node.url}/${url}0`)
  const linesOf = async (path: string) => {
    const response = await fetch(`${node.url}/api/${path}`, { headers: { authorization: `Bearer ${agencyToken}` } })
    return response.text()
  }
  const region = await until(async () => {
    const text = await linesOf('regions/bretagne/audit')
    return text.includes('attachment.link') && text
  })
  const subject = { kind: 'channel', id: 'jobseeker-1' }
  const entries = (text: string) =>
    text
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { entry?: { act: string } }).entry)
  const of = (text: string, act: string) => entries(text).filter((entry) => entry?.act === act)
  t.match(of(region, 'POST /api/channels/:channel/attachments'), [
    { actor: { person: 'jobseeker-1', role: 'jobseeker' }, subject, outcome: 'ok' },
    { actor: { person: 'jobseeker-2' }, subject, outcome: 'FORBIDDEN' },
  ])
  t.match(of(region, 'attachment.link'), [{ subject, outcome: 'ok', details: { attachment: sent.body.id } }])
  const nowhere = await until(async () => {
    const text = await linesOf('audit')
    return text.includes('/attachments/') && text
  })
  t.match(of(nowhere, 'GET /attachments/:channel/:id'), [{ actor: 'unknown', subject, outcome: 'FORBIDDEN' }])
  t.notMatch(region + nowhere, /MARKER/)
})

t.test('pages of origins that may connect may send; a browser’s question is not put on record', async (t) => {
  const portal = 'https://portal.example.org'
  const { node, tokens } = await stage(t, { VISAVIS_ALLOWED_ORIGINS: portal })
  const url = `${node.url}/api/channels/jobseeker-1/attachments`
  const asks = (origin: string) =>
    fetch(url, {
      method: 'OPTIONS',
      headers: { origin, 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    })
  const allowed = await asks(portal)
  t.equal(allowed.status, 204)
  t.match(Object.fromEntries(allowed.headers), {
    'access-control-allow-origin': portal,
    'access-control-allow-methods': 'POST',
    'access-control-allow-headers': /authorization/,
  })
  t.equal((await asks('https://evil.example')).headers.get('access-control-allow-origin'), null)
  const sent = await send(node, 'jobseeker-1', { token: tokens.jeanne, headers: { origin: portal } })
  t.equal(sent.headers.get('access-control-allow-origin'), portal)
  const refused = await send(node, 'jobseeker-1', {
    token: tokens.jeanne,
    headers: { origin: portal },
    body: executable,
  })
  t.equal(refused.headers.get('access-control-allow-origin'), portal, 'the page can read why')
  const closed = await stage(t)
  t.equal(
    (
      await fetch(`${closed.node.url}/api/channels/jobseeker-1/attachments`, {
        method: 'OPTIONS',
        headers: { origin: portal },
      })
    ).status,
    404,
  )
})

t.test('under a path prefix links lead below it', async (t) => {
  const { node, tokens, jeanne } = await stage(t, { VISAVIS_PATH_PREFIX: '/emploi' })
  const { body } = await send(node, 'jobseeker-1', { token: tokens.jeanne })
  const { url } = await linkOf(jeanne, 'jobseeker-1', body.id)
  t.equal((await fetch(new URL(url, `${node.url}/`))).status, 200)
})
