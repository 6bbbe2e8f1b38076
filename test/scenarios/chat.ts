/** What everybody in a channel may rely on, wherever they are connected. */
import { randomUUID } from 'node:crypto'
import { reached, type Truth, violations } from '../faults/heard.ts'
import { Resumer } from '../faults/resumer.ts'
import { storedChannel } from '../faults/truth.ts'
import type { RawClient } from '../support/socket.ts'
import { eventOf } from '../support/socket.ts'
import { until } from '../support/until.ts'
import type { Scenario, Stage } from './stage.ts'

const channel = 'jobseeker-1'
const stream = `channel:${channel}`
const repairedWithinMs = 1_000

const publish = async (client: RawClient, text: string): Promise<number> => {
  const answer = await client.result('chat.publish', { channel, key: randomUUID(), text })
  return (answer as { position: { offset: number } }).position.offset
}

const truthOf = async ({ redis }: Stage): Promise<Truth> =>
  new Map([[stream, await storedChannel(redis.client, channel)]])

/** Clients that say what they were told, each at a place. */
async function watchers(stage: Stage, people: readonly string[], stack: DisposableStack): Promise<Resumer[]> {
  const started = await Promise.all(
    people.map(async (person, place) => {
      const options = { url: stage.url(place), token: await stage.token(person), random: Math.random }
      return stack.use(new Resumer(options))
    }),
  )
  await until(() => started.every(({ steps }) => reached(steps, stream) >= 0), { what: 'the watchers' })
  return started
}

const oneOrder: Scenario = {
  title: 'everybody is told the messages of a channel in the same order, each once, however many write at once',
  async play(t, stage) {
    using stack = new DisposableStack()
    const people = [channel, channel, 'advisor-anne', 'advisor-anne']
    const told = await watchers(stage, people, stack)
    const writers = await Promise.all(people.map((person, place) => stage.enter(person, place)))
    const each = 40
    await Promise.all(
      writers.map(async ({ client }, writer) => {
        for (let n = 0; n < each; n += 1) await publish(client, `${writer} ${n}`)
      }),
    )
    const truth = await truthOf(stage)
    t.equal(truth.get(stream)?.entries.length, writers.length * each)
    await until(() => told.every(({ steps }) => reached(steps, stream) === writers.length * each), {
      what: 'all of it',
    })
    for (const { steps, faults, figures } of told) {
      t.same(violations(steps, truth), [])
      t.same(faults, [])
      t.equal(figures.gaps, 0, 'without asking again')
    }
  },
}

const resumesElsewhere: Scenario = {
  title: 'a client that takes its session up elsewhere, again and again, loses nothing',
  async play(t, stage) {
    using stack = new DisposableStack()
    const [watcher] = await watchers(stage, [channel], stack)
    if (watcher === undefined) return
    const { client } = await stage.enter('advisor-anne', 1)
    let moving = true
    const moves = async () => {
      for (let place = 1; place <= 12; place += 1) {
        const { opened } = watcher.figures
        watcher.goTo(stage.url(place))
        watcher.cut()
        await until(() => watcher.figures.opened > opened, { what: 'the next connection' })
      }
      moving = false
    }
    let sent = 0
    const writes = async () => {
      // At a person's pace, or the client would be told by a snapshot.
      for (; moving; sent += 1) {
        await publish(client, `message ${sent}`)
        await new Promise((resolve) => setTimeout(resolve, 3))
      }
    }
    await Promise.all([moves(), writes()])
    await until(() => reached(watcher.steps, stream) === sent, { what: 'all of it' })
    t.same(violations(watcher.steps, await truthOf(stage)), [])
    t.same(watcher.faults, [])
    t.equal(watcher.figures.resumed, 12, 'always the same session')
    t.ok(watcher.figures.replayed > 0, 'something was missed and told again')
  },
}

const lostNudges: Scenario = {
  title: 'a message whose nudge was lost is there within a second',
  async play(t, stage) {
    const { client: writer } = await stage.enter('advisor-anne', 0)
    const { client: reader } = await stage.enter(channel, 1)
    const waits: number[] = []
    for (let n = 0; n < 5; n += 1) {
      const isFollowed = async () => {
        const clients = String(await stage.redis.client.call('CLIENT', 'LIST', 'TYPE', 'pubsub'))
        return clients.match(/^id=/gm)?.length === stage.nodes.length
      }
      await until(isFollowed, { what: 'the connections for nudges' })
      // No node hears of it: the connections over which Redis nudges are gone at that moment.
      const killed = stage.redis.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      const published = publish(writer, `message ${n}`)
      t.equal(Number(await killed), stage.nodes.length, 'one connection per node')
      const offset = await published
      const publishedAt = performance.now()
      const isIt = ({ message }: { message: { offset: number } }) => message.offset === offset
      await eventOf(reader, 'chat.messagePublished', isIt)
      waits.push(Math.round(performance.now() - publishedAt))
    }
    t.comment(`after ${waits.join(', ')} ms`)
    // A busy machine adds to any of them, but not to most.
    const median = waits.toSorted((a, b) => a - b)[2] ?? Number.NaN
    t.ok(median <= repairedWithinMs, `${median} ms`)
    t.equal(reader.events.filter(({ event }) => event === 'chat.messagePublished').length, 5, 'each once')
    const repaired = await Promise.all(stage.nodes.map(({ url }) => eventsRepaired(url)))
    t.ok(
      repaired.every((count) => count > 0),
      `found by reading: ${repaired.join(' and ')}`,
    )
  },
}

async function eventsRepaired(url: string): Promise<number> {
  const text = await (await fetch(`${url}/metrics`)).text()
  return Number(/^visavis_events_repaired(?:\{[^}]*\})? (\d+)/m.exec(text)?.[1])
}

export const chatScenarios: readonly Scenario[] = [oneOrder, resumesElsewhere, lostNudges]
