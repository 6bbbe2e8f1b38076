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
import { agency, enrol, gatherCrowd, quantile, secret, tokenOf } from './crowd.ts'
import { dataFolder } from './data-folder.ts'

const long = process.env.VISAVIS_TEST_LONG === '1'
const turns = long ? 6 : 2
const turnMs = 5_000
const crowdSize = 500
/** Messages a second to the 500. */
const perSecond = 300
/** Messages a second to the one, of 12 kB each: a turn is far more than what one client may make the server keep. */
const floodPerSecond = 400
const floodInFlight = 50
const text = '€'.repeat(4_000)
const slow = 'slow'
const stream = `channel:${slow}`
/** How far the p99 of the 500 may rise, and by how much the server may grow, beside the same load with a reader. */
const mostRatio = 3
const mostGrowthBytes = 24 * 1_048_576

t.setTimeout(turns * 2 * (turnMs + 30_000) + 60_000)

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

/** The largest resident set while something runs. */
async function peakOf(pid: number, running: Promise<unknown>): Promise<number> {
  let over = false
  const ended = running.finally(() => {
    over = true
  })
  let peak = 0
  while (!over) {
    peak = Math.max(peak, await residentBytes(pid))
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  await ended
  return peak
}

const closedAsTooSlow = async (url: string): Promise<number> => {
  const metrics = await (await fetch(`${url}/metrics`)).text()
  return Number(/^visavis_connections_closed_total\{.*reason="TOO_SLOW".*\} (\d+)/m.exec(metrics)?.[1] ?? 0)
}

/** Opens the session of the one who floods or is flooded. */
async function enter(t: Test, url: string, position?: Position) {
  const client = await rawClient(url)
  t.teardown(async () => client.socket.terminate())
  const resume = { streams: position === undefined ? [] : [{ stream, position }] }
  const params = { token: tokenOf(slow, 'jobseeker'), versions: [1], resume }
  return { client, opened: (await client.result('session.open', params)) as ResultOf<'session.open'> }
}

/** At a steady rate, as far as the server can follow. @returns how many were acknowledged. */
async function flood(writer: RawClient, forMs: number): Promise<number> {
  const begunAt = performance.now()
  let [sent, acknowledged] = [0, 0]
  const publish = async () => {
    sent += 1
    await writer.result('chat.publish', { channel: slow, key: randomUUID(), text })
    acknowledged += 1
  }
  const running = new Set<Promise<void>>()
  while (performance.now() - begunAt < forMs) {
    const due = ((performance.now() - begunAt) * floodPerSecond) / 1_000
    while (sent < due && running.size < floodInFlight) {
      const one = publish().finally(() => running.delete(one))
      running.add(one)
    }
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  await Promise.all(running)
  return acknowledged
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
  await Promise.all([crowd.measure(2_000, perSecond), flood(writer, 2_000)])

  const waits = { reads: [] as number[], never: [] as number[] }
  const peaks = { reads: 0, never: 0 }
  let closed = 0
  for (let turn = 0; turn < 2 * turns; turn += 1) {
    const kind = turn % 2 === 0 ? 'reads' : 'never'
    const { client, opened } = await enter(t, node.url)
    const before = opened.streams.find((told) => told.stream === stream)?.position ?? { epoch: '', offset: 0 }
    if (kind === 'never') client.socket.pause()
    const both = Promise.all([crowd.measure(turnMs, perSecond), flood(writer, turnMs)])
    const peak = await peakOf(node.pid, both)
    const [measured, flooded] = await both
    waits[kind].push(...measured)
    peaks[kind] = Math.max(peaks[kind], peak)
    if (kind === 'reads') {
      const received = () => client.events.filter(({ event }) => event === 'chat.messagePublished').length
      await until(() => received() === flooded, { what: 'the flood, read' })
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
    t.ok(told.length < flooded, `${told.length} of ${flooded} had come through`)
    const again = await enter(t, node.url, { epoch: before.epoch, offset: reached })
    t.match(
      again.opened.streams.find((told) => told.stream === stream),
      { recovered: false, position: { offset: before.offset + flooded } },
    )
    const rest = await readOn(again.client, reached)
    t.same(
      [...told.map(({ position }) => position?.offset), ...rest.map(({ offset }) => offset)],
      Array.from({ length: flooded }, (_, n) => before.offset + n + 1),
      'with what it finds when it comes back it has everything, once, in order',
    )
    t.ok(rest.every((message) => message.text === text))
    again.client.socket.terminate()
  }

  const [with_, without] = [quantile(waits.never, 0.99), quantile(waits.reads, 0.99)]
  const growth = peaks.never - peaks.reads
  const mb = (bytes: number) => `${(bytes / 1_048_576).toFixed(1)} MB`
  t.comment(
    `${waits.never.length + waits.reads.length} messages to 500: p50 ${quantile(waits.never, 0.5).toFixed(1)} ms, ` +
      `p99 ${with_.toFixed(1)} ms beside one that never reads; p50 ${quantile(waits.reads, 0.5).toFixed(1)} ms, ` +
      `p99 ${without.toFixed(1)} ms beside one that reads; ratio ${(with_ / without).toFixed(2)}`,
  )
  t.comment(
    `largest resident set ${mb(peaks.never)} beside one that never reads, ${mb(peaks.reads)} beside one that reads`,
  )
  t.ok(with_ <= mostRatio * without, `the p99 of the 500 is at most ${mostRatio} times as long`)
  t.ok(growth <= mostGrowthBytes, `the server grew by at most ${mb(mostGrowthBytes)}`)
})

t.test('twin: with an outbox of 64 MB the server keeps the flood, and the same check sees it', async (t) => {
  const node = await start(t, { VISAVIS_OUTBOX_BYTES: String(64 * 1_048_576) })
  const writer = await rawClient(node.url, tokenOf('flooder', 'advisor'))
  t.teardown(async () => writer.socket.terminate())
  const reader = await enter(t, node.url)
  const reads = await peakOf(node.pid, flood(writer, turnMs))
  reader.client.socket.terminate()
  const { client } = await enter(t, node.url)
  client.socket.pause()
  // Two turns: 60 MB, of which a few lie in the buffers of the kernel.
  const never = await peakOf(node.pid, flood(writer, 2 * turnMs))
  t.comment(`grew by ${((never - reads) / 1_048_576).toFixed(1)} MB`)
  t.equal(await closedAsTooSlow(node.url), 0)
  t.ok(never - reads > mostGrowthBytes)
})
