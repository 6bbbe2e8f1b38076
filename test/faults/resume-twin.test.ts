/** The check of resume.test.ts finds what it is there to find, and finds nothing where nothing is wrong. */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import type { RecoveredStream } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { reached, type Step, type Truth, violations } from './heard.ts'
import { Resumer, type ResumerOptions } from './resumer.ts'
import { storedChannel, storedFeed } from './truth.ts'

const person = 'jobseeker-1'
const channel = `channel:${person}`
const feed = `person:${person}`

/** Ten messages and two events of the feed while the client is there, and as many while it is not. */
async function comeBack(t: Test, spoil: ResumerOptions['spoil']): Promise<{ steps: readonly Step[]; truth: Truth }> {
  const redis = await testRedis(t)
  await using node = await testNode(t, { REDIS_URL: redis.url })
  const token = await node.token(person)
  const options = { url: node.url, token, random: Math.random }
  using resumer = new Resumer(spoil === undefined ? options : { ...options, spoil })
  await using sender = await rawClient(node.url, token)
  const act = async () => {
    for (let n = 0; n < 10; n += 1) {
      await sender.result('chat.publish', { channel: person, key: randomUUID(), text: `message ${n}` })
    }
    const request = { key: randomUUID(), medium: 'room', reason: 'rappelez-moi' }
    const { callback } = (await sender.result('callback.request', request)) as { callback: { id: string } }
    await sender.result('callback.cancel', { callback: callback.id })
  }
  const readTruth = async (): Promise<Truth> =>
    new Map([
      [channel, await storedChannel(redis.client, person)],
      [feed, await storedFeed(redis.client, 'bretagne', person)],
    ])
  const isWhole = (truth: Truth) =>
    [...truth].every(([stream, { entries }]) => reached(resumer.steps, stream) === entries.length)

  await until(() => reached(resumer.steps, channel) === 0, { what: 'the client' })
  await act()
  const first = await readTruth()
  await until(() => isWhole(first), { what: 'everything live' })
  resumer.goTo('http://127.0.0.1:9')
  resumer.cut()
  await act()
  resumer.goTo(node.url)
  await until(() => resumer.figures.resumed === 1, { what: 'the session taken up again' })
  t.same(resumer.faults, [])
  return { steps: resumer.steps, truth: await readTruth() }
}

/** Changes the replay of one stream. */
const changing =
  (stream: string, change: (events: readonly Record<string, unknown>[]) => Record<string, unknown>[]) =>
  (streams: readonly RecoveredStream[]): readonly RecoveredStream[] =>
    streams.map((answer) =>
      answer.stream === stream && answer.recovered ? { ...answer, events: change(answer.events ?? []) } : answer,
    )

t.test('nothing is found in what an honest server told', async (t) => {
  const { steps, truth } = await comeBack(t, undefined)
  t.same(violations(steps, truth), [])
  t.equal(truth.get(channel)?.entries.length, 20)
  t.ok((truth.get(feed)?.entries.length ?? 0) >= 4)
})

for (const stream of [channel, feed]) {
  t.test(`twin: one replayed event that is skipped is found (${stream})`, async (t) => {
    const { steps, truth } = await comeBack(
      t,
      changing(stream, (events) => events.toSpliced(0, 1)),
    )
    t.match(violations(steps, truth), [new RegExp(`^${stream} .+ came after`)])
  })
}

t.test('twin: the last replayed event skipped, one told twice, and one altered, are each found', async (t) => {
  const skipped = await comeBack(
    t,
    changing(channel, (events) => events.slice(0, -1)),
  )
  t.same(violations(skipped.steps, skipped.truth), [`${channel} was told up to 19 of 20`])
  const repeated = await comeBack(
    t,
    changing(channel, (events) => events.flatMap((event, n) => (n === 3 ? [event, event] : [event]))),
  )
  t.equal(violations(repeated.steps, repeated.truth).length, 1)
  const altered = await comeBack(
    t,
    changing(channel, (events) => events.map((event, n) => (n === 3 ? { ...event, data: {} } : event))),
  )
  t.match(violations(altered.steps, altered.truth), [/is not what is stored/])
})
