/**
 * One client that never reads costs nobody else anything: 500 that do keep their latency, the server's memory stays
 * bounded, the one is closed as too slow and finds everything when it comes back. The same flood to somebody who reads is
 * what it is compared with, in turns, on the same server.
 */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import type { Message, Position, ResultOf } from '../../src/protocol/index.ts'
import { type NodeProcess, startProcess } from '../support/process.ts'
import { type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { agency, enrol, gatherCrowd, publish, quantile, secret, tokenOf } from './crowd.ts'
import { dataFolder } from './data-folder.ts'

const long = process.env.VISAVIS_TEST_LONG === '1'
/** Of each kind. */
const turns = long ? 12 : 4
const turnMs = 4_000
const crowdSize = 500
/** Messages a second to the 500. */
const perSecond = 300
/** Messages a second to the one, of 12 kB each, and how many: the buffers of both kernels hold some 300, the outbox 80. */
const floodPerSecond = 400
const floodInFlight = 50
const floodMessages = (turnMs * floodPerSecond) / 1_000
const text = '€'.repeat(4_000)
const slow = 'slow'
const stream = `channel:${slow}`
/** How far the p99 of the 500 may rise, beside the same load with a reader. */
const mostRatio = 4
/** So many clients that read nothing make the server grow by at most so much beside as many that read. */
const silentClients = 8
const mostGrowthBytes = 64 * 1_048_576

t.setTimeout(turns * 2 * (turnMs + 15_000) + 220_000)

const settings = {
  VISAVIS_JWT_SECRET: secret,
  VISAVIS_AGENCY_TOKEN: agency,
  VISAVIS_CONNECTIONS_PER_ADDRESS: '2000',
  VISAVIS_REQUESTS_PER_SECOND: '100000',
  VISAVIS_REQUEST_BURST: '100000',
  VISAVIS_MAX_IN_FLIGHT: '1000',
  // The outbox is to find the slow one, and not the heartbeat.
  VISAVIS_HEARTBEAT_MS: '120000',
}

async function start(t: Test, env: Readonly<Record<string, string>> = {}): Promise<NodeProcess> {
  const node = await startProcess({ ...settings, ...env, VISAVIS_DATA_DIR: await dataFolder(t) })
  t.teardown(() => node.kill('SIGTERM'))
  await enrol(node.url, 'flooder', { role: 'advisor' })
  await enrol(node.url, slow, { role: 'jobseeker', advisor: 'flooder' })
  return node
}

const residentBytes = async (pid: number): Promise<number> =>
  Number((await readFile(`/proc/${pid}/statm`, 'utf8')).split(' ')[1]) * 4_096

/** The largest of a figure while something runs. */
async function largest(read: () => Promise<number>, running: Promise<unknown>): Promise<number> {
  let over = false
  const ended = running.finally(() => {
    over = true
  })
  let most = 0
  while (!over) {
    most = Math.max(most, await read())
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await ended
  return most
}

const peakOf = (pid: number, running: Promise<unknown>) => largest(() => residentBytes(pid), running)

const mb = (bytes: number): string => `${(bytes / 1_048_576).toFixed(1)} MB`

async function metricOf(url: string, line: RegExp): Promise<number> {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(line.exec(metrics)?.[1] ?? 0)
}

const closedAsTooSlow = (url: string): Promise<number> =>
  metricOf(url, /^visavis_connections_closed_total\{.*reason="TOO_SLOW".*\} (\d+)/m)

/** What waits for all clients together. */
const waitingBytes = (url: string): Promise<number> => metricOf(url, /^visavis_outbox_bytes\{.*\} (\d+)/m)

/** Opens the session of the one who is flooded. */
async function enter(t: Test, url: string, position?: Position) {
  const client = await rawClient(url)
  t.teardown(async () => client.socket.terminate())
  const resume = { streams: position === undefined ? [] : [{ stream, position }] }
  const params = { token: tokenOf(slow, 'jobseeker'), versions: [1], resume }
  return { client, opened: (await client.result('session.open', params)) as ResultOf<'session.open'> }
}

/** At a steady rate, as far as the server can follow, until all are acknowledged. */
async function flood(writer: RawClient, messages: number): Promise<void> {
  const begunAt = performance.now()
  const running = new Set<Promise<unknown>>()
  for (let sent = 0; sent < messages; ) {
    const due = Math.min(messages, ((performance.now() - begunAt) * floodPerSecond) / 1_000)
    for (; sent < due && running.size < floodInFlight; sent += 1) {
      const params = { channel: slow, key: randomUUID(), text }
      const one: Promise<unknown> = publish(writer, params).finally(() => running.delete(one))
      running.add(one)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await Promise.all(running)
}

/** Everything from an offset on, as a client does that was told a snapshot. */
async function readOn(client: RawClient, from: number): Promise<Message[]> {
  const messages: Message[] = []
  for (;;) {
    const after = messages.at(-1)?.offset ?? from
    const answer = await client.result('chat.history', { channel: slow, after, limit: 50 })
    const page = answer as ResultOf<'chat.history'>
    messages.push(...page.messages)
    if (!page.more) return messages
  }
}

t.test('one client that never reads, and 500 that do', async (t) => {
  const node = await start(t)
  await using crowd = await gatherCrowd(node.url, crowdSize)
  const writer = await rawClient(node.url, tokenOf('flooder', 'advisor'))
  t.teardown(async () => writer.socket.terminate())
  await Promise.all([crowd.measure(2_000, perSecond), flood(writer, floodMessages)])

  const waits = { reads: [] as number[][], never: [] as number[][] }
  const peaks = { reads: 0, never: 0 }
  let closed = 0
  for (let turn = 0; turn < 2 * turns; turn += 1) {
    // reads, never, never, reads …: what grows or wears off with time falls to both.
    const kind = turn % 4 === 0 || turn % 4 === 3 ? 'reads' : 'never'
    const { client, opened } = await enter(t, node.url)
    const before = opened.streams.find((told) => told.stream === stream)?.position ?? { epoch: '', offset: 0 }
    if (kind === 'never') client.socket.pause()
    const both = Promise.all([crowd.measure(turnMs, perSecond), flood(writer, floodMessages)])
    const peak = await peakOf(node.pid, both)
    const [measured] = await both
    waits[kind].push(measured)
    peaks[kind] = Math.max(peaks[kind], peak)
    if (kind === 'reads') {
      const received = () => client.events.filter(({ event }) => event === 'chat.messagePublished').length
      await until(() => received() === floodMessages, { what: 'the flood, read' })
      client.socket.terminate()
      continue
    }
    closed += 1
    t.equal(await closedAsTooSlow(node.url), closed, 'closed with TOO_SLOW')
    // What had come as far as this machine is read now, and then the end.
    client.socket.resume()
    const { code } = await client.closed
    t.ok(code < 4_500, `the close code ${code} lets it come back`)
    const told = client.events.filter(({ event }) => event === 'chat.messagePublished')
    const reached = before.offset + told.length
    t.ok(told.length < floodMessages, `${told.length} of ${floodMessages} had come through`)
    const again = await enter(t, node.url, { epoch: before.epoch, offset: reached })
    t.match(
      again.opened.streams.find((told) => told.stream === stream),
      { recovered: false, position: { offset: before.offset + floodMessages } },
    )
    const rest = await readOn(again.client, reached)
    t.same(
      [...told.map(({ position }) => position?.offset), ...rest.map(({ offset }) => offset)],
      Array.from({ length: floodMessages }, (_, n) => before.offset + n + 1),
      'with what it finds when it comes back it has everything, once, in order',
    )
    t.ok(rest.every((message) => message.text === text))
    again.client.socket.terminate()
  }

  const told = (kind: 'reads' | 'never') => {
    const all = waits[kind].flat()
    const [p50, p99] = [quantile(all, 0.5), quantile(all, 0.99)]
    return `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms, quietest turn ${quietest(waits[kind]).toFixed(1)} ms`
  }
  const ratio = quietest(waits.never) / quietest(waits.reads)
  t.comment(`beside one that never reads: ${told('never')}; largest resident set ${mb(peaks.never)}`)
  t.comment(`beside one that reads: ${told('reads')}; largest resident set ${mb(peaks.reads)}`)
  t.comment(`ratio of the quietest p99: ${ratio.toFixed(2)}, of ${waits.never.flat().length} messages each`)
  t.ok(ratio <= mostRatio, `the p99 of the 500 is at most ${mostRatio} times as long`)
})

/** p99 of the best turn: other programs of the machine come and go and only add, a cost of the server's own stays. */
const quietest = (turns: readonly (readonly number[])[]): number =>
  Math.min(...turns.map((waits) => quantile(waits, 0.99)))

/** What waits at most in the server, and by how much it grows, while several are flooded who never read. */
async function flooded(t: Test, env: Readonly<Record<string, string>>) {
  const node = await start(t, { VISAVIS_SESSIONS_PER_PERSON: '50', ...env })
  const writer = await rawClient(node.url, tokenOf('flooder', 'advisor'))
  t.teardown(async () => writer.socket.terminate())
  const several = () => Promise.all(Array.from({ length: silentClients }, () => enter(t, node.url)))
  const readers = await several()
  const reads = await peakOf(node.pid, flood(writer, floodMessages))
  for (const { client } of readers) client.socket.terminate()
  for (const { client } of await several()) client.socket.pause()
  const flooding = flood(writer, floodMessages)
  const [never, waiting] = await Promise.all([
    peakOf(node.pid, flooding),
    largest(() => waitingBytes(node.url), flooding),
  ])
  t.comment(`${mb(waiting)} waited for ${silentClients} clients; the server grew by ${mb(never - reads)}`)
  return { waiting, grown: never - reads, closed: await closedAsTooSlow(node.url) }
}

/** Some frames are on their way to a client when it is closed. */
const mostWaitingBytes = silentClients * (1_048_576 + 2 * text.length * 3)

t.test('what clients do not read costs the server no memory', async (t) => {
  const { waiting, grown, closed } = await flooded(t, {})
  t.equal(closed, silentClients)
  t.ok(waiting > 0 && waiting <= mostWaitingBytes, `at most ${mb(mostWaitingBytes)} wait`)
  t.ok(grown <= mostGrowthBytes, `the server grows by at most ${mb(mostGrowthBytes)}`)
})

t.test('twin: with an outbox of 64 MB the server keeps the flood, and the same check sees it', async (t) => {
  const { waiting, closed } = await flooded(t, { VISAVIS_OUTBOX_BYTES: String(64 * 1_048_576) })
  t.equal(closed, 0)
  t.ok(waiting > mostWaitingBytes, `more than ${mb(mostWaitingBytes)} wait`)
})
