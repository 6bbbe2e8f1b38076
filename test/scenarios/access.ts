/** Who is there, who may take a session up, and whose access ends: the same wherever people are connected. */
import { randomUUID } from 'node:crypto'
import { channelKeys } from '../../src/chat/keys.ts'
import { closeCodes, type Presence } from '../../src/protocol/index.ts'
import { eventOf, type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import type { Guest, Opened, Scenario } from './stage.ts'

const jobseeker = 'jobseeker-1'
const anne = 'advisor-anne'
const bruno = 'advisor-bruno'

/** How a person shows to a client now, by the newest it was told. */
const shown = ({ client, opened }: Guest, person: string): Presence['state'] | undefined => {
  const told = client.events.findLast(
    ({ event, data }) => event === 'presence.changed' && (data as Presence).person === person,
  )
  return (told?.data as Presence | undefined)?.state ?? opened.presence.find((one) => one.person === person)?.state
}

const shows = (guest: Guest, person: string, state: Presence['state']) =>
  until(() => shown(guest, person) === state, { what: `${person} ${state}` })

const leave = async ({ client }: Guest) => {
  client.socket.close(1000)
  await client.closed
}

const presence: Scenario = {
  title: 'a person is online while any device is looked at, away while none is, and offline without any',
  async play(_t, stage) {
    const watcher = await stage.enter(jobseeker, 0)
    const elsewhere = await stage.enter(jobseeker, 1)
    const everybody = (state: Presence['state']) =>
      Promise.all([watcher, elsewhere].map((guest) => shows(guest, anne, state)))
    await everybody('offline')
    const desk = await stage.enter(anne, 0)
    await everybody('online')
    const phone = await stage.enter(anne, 1)
    await desk.client.result('session.setPresence', { state: 'away' })
    await phone.client.result('session.setPresence', { state: 'away' })
    await everybody('away')
    await leave(desk)
    await phone.client.result('session.setPresence', { state: 'online' })
    await everybody('online')
    await leave(phone)
    await everybody('offline')
  },
}

const shortDrop: Scenario = {
  title: 'a session that comes back within the grace, anywhere, was never gone for the others',
  async play(t, stage) {
    const watcher = await stage.enter(jobseeker, 0)
    let advisor = await stage.enter(anne, 0)
    await shows(watcher, anne, 'online')
    for (let place = 1; place <= 4; place += 1) {
      advisor.client.socket.terminate()
      await advisor.client.closed
      const { session } = advisor.opened
      advisor = await stage.enter(anne, place, { session, streams: [] })
      t.match(advisor.opened, { session, resumed: true })
    }
    const told = watcher.client.events.filter(({ event }) => event === 'presence.changed')
    t.same(
      told.map(({ data }) => (data as Presence).state),
      ['online'],
    )
  },
}

const takenOver: Scenario = {
  title: 'a session that is taken up closes the connection that lingers, with 4502',
  async play(t, stage) {
    const old = await stage.enter(jobseeker, 0)
    const { session } = old.opened
    const next = await stage.enter(jobseeker, 1, { session, streams: [] })
    t.match(next.opened, { session, resumed: true })
    t.match(await old.client.closed, { code: closeCodes.REPLACED.code, reason: 'REPLACED' })
    t.equal(next.client.socket.readyState, next.client.socket.OPEN)
  },
}

const straightBack: Scenario = {
  title: 'a session that goes elsewhere and comes straight back stays, though news of its leaving is late',
  async play(t, stage) {
    let guest = await stage.enter(jobseeker, 0)
    const { session } = guest.opened
    for (let round = 0; round < 5; round += 1) {
      // What one node tells the other is found by reading, later than the session has come back.
      await stage.redis.client.call('CLIENT', 'KILL', 'TYPE', 'pubsub')
      for (const place of [1, 0]) guest = await stage.enter(jobseeker, place, { session, streams: [] })
      t.equal(guest.opened.resumed, true)
      const repaired = await stage.enter('jobseeker-2', 0)
      const advisor = await stage.enter(anne, 1)
      // Once this has come through, what was told before it has as well.
      await advisor.client.result('chat.publish', { channel: 'jobseeker-2', key: randomUUID(), text: 'later' })
      await eventOf(repaired.client, 'chat.messagePublished')
      await until(() => hasSeen(guest.client, anne), { what: 'presence of the advisor' })
      t.equal(guest.client.socket.readyState, guest.client.socket.OPEN, `round ${round + 1}`)
      await leave(repaired)
      await leave(advisor)
    }
  },
}

/** In the log of the region, as is the news of a session that was taken up. */
const hasSeen = (client: RawClient, person: string): boolean =>
  client.events.some(({ event, data }) => event === 'presence.changed' && (data as Presence).person === person)

const openedAgain: Scenario = {
  title: 'a session.open that failed halfway can be repeated on the same connection, and leaves nothing behind',
  async play(t, stage) {
    const watcher = await stage.enter(anne, 1)
    const first = await stage.enter(jobseeker, 0)
    const { session } = first.opened
    first.client.socket.terminate()
    await first.client.closed
    const { redis } = stage
    // What is missed cannot be read: its key holds something else.
    const meta = channelKeys(jobseeker).meta
    await redis.client.set(meta, 'not a hash')
    const client = await rawClient(stage.url(1))
    t.teardown(() => client[Symbol.asyncDispose]())
    const params = { token: await stage.token(jobseeker), versions: [1], resume: { session, streams: [] } }
    await t.rejects(client.result('session.open', params), { code: 'INTERNAL' })
    await redis.client.del(meta)
    const opened = (await client.result('session.open', params)) as Opened
    t.match(opened, { session, resumed: true })
    await shows(watcher, jobseeker, 'online')
    await leave({ client, opened })
    await shows(watcher, jobseeker, 'offline')
  },
}

const disabled: Scenario = {
  title: 'whoever is disabled loses every connection, with 4503, and cannot come back anywhere',
  async play(t, stage) {
    const devices = await Promise.all([0, 1].map((place) => stage.enter(jobseeker, place)))
    const bystander = await stage.enter(anne, 1)
    await stage.put(jobseeker, { role: 'jobseeker', name: 'Jeanne Martin', advisor: anne, disabled: true })
    for (const { client } of devices) t.match(await client.closed, { code: closeCodes.REMOVED.code })
    const token = await stage.token(jobseeker)
    for (const place of [0, 1]) {
      const again = await rawClient(stage.url(place))
      await t.rejects(again.result('session.open', { token, versions: [1] }), { code: 'UNAUTHENTICATED' })
      t.match(await again.closed, { code: closeCodes.UNAUTHORIZED.code })
    }
    t.equal(bystander.client.socket.readyState, bystander.client.socket.OPEN)
  },
}

const advisorChanged: Scenario = {
  title: 'when the advisor changes, the former one is told nothing more and the new one everything, wherever',
  async play(t, stage) {
    const author = await stage.enter(jobseeker, 0)
    const former = await Promise.all([0, 1].map((place) => stage.enter(anne, place)))
    const next = await Promise.all([0, 1].map((place) => stage.enter(bruno, place)))
    await publish(author.client, 'to Anne')
    await Promise.all(former.map(({ client }) => eventOf(client, 'chat.messagePublished')))
    await stage.put(jobseeker, { role: 'jobseeker', name: 'Jeanne Martin', advisor: bruno })
    // Its effect is told to both advisors in their feeds.
    const isOut = ({ client }: Guest) =>
      client.call('chat.history', { channel: jobseeker }).then((answer) => 'error' in answer)
    await until(async () => (await Promise.all(former.map(isOut))).every(Boolean), { what: 'the former one out' })
    const isIn = async (guest: Guest) => !(await isOut(guest))
    await until(async () => (await Promise.all(next.map(isIn))).every(Boolean), { what: 'the new one in' })
    await publish(author.client, 'to Bruno')
    await Promise.all(next.map(({ client }) => eventOf(client, 'chat.messagePublished')))
    // A message of their own people comes after it, so that what was to come has come.
    const other = await stage.enter('jobseeker-2', 1)
    await publish(other.client, 'to Anne as well', 'jobseeker-2')
    await Promise.all(
      former.map(({ client }) =>
        eventOf<{ channel: string }>(client, 'chat.messagePublished', ({ channel }) => channel === 'jobseeker-2'),
      ),
    )
    for (const { client } of former) t.same(textsOf(client), ['to Anne', 'to Anne as well'])
    for (const { client } of next) t.same(textsOf(client), ['to Bruno'])
  },
}

const publish = (client: RawClient, text: string, channel = jobseeker) =>
  client.result('chat.publish', { channel, key: randomUUID(), text })

const textsOf = ({ events }: RawClient): string[] =>
  events
    .filter(({ event }) => event === 'chat.messagePublished')
    .map(({ data }) => (data as { message: { text: string } }).message.text)
    // The service says who answers from now on, without words.
    .filter((text) => text !== '')

export const accessScenarios: readonly Scenario[] = [
  presence,
  shortDrop,
  takenOver,
  straightBack,
  openedAgain,
  disabled,
  advisorChanged,
]
