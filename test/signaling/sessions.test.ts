/** Sessions over the socket: taking one up again, heartbeats, tokens, devices, limits, the end of access. */
import { randomUUID } from 'node:crypto'
import { Socket } from 'node:net'
import { Duplex } from 'node:stream'
import t, { type Test } from 'tap'
import { type Callback, closeCodes, type ResultOf, type StreamPosition } from '../../src/protocol/index.ts'
import { testNode } from '../support/node.ts'
import { eventOf, type RawClient, rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

type Opened = ResultOf<'session.open'>
const agency = 'agency'.repeat(8)
const node = await testNode(t, {
  VISAVIS_AGENCY_TOKEN: agency,
  // Long enough for a busy machine to come back in.
  VISAVIS_PRESENCE_GRACE_MS: '5000',
  VISAVIS_SESSIONS_PER_PERSON: '3',
})

async function open(
  t: Test,
  person: string,
  resume?: { session?: string; streams: readonly StreamPosition[] },
): Promise<{ client: RawClient; opened: Opened }> {
  const client = await rawClient(node.url)
  t.teardown(() => client[Symbol.asyncDispose]())
  const params = { token: await node.token(person), versions: [1], ...(resume === undefined ? {} : { resume }) }
  return { client, opened: (await client.result('session.open', params)) as Opened }
}
const publish = (client: RawClient, channel: string, text: string) =>
  client.result('chat.publish', { channel, key: randomUUID(), text }) as Promise<ResultOf<'chat.publish'>>
const streamOf = ({ streams }: Pick<Opened, 'streams'>, name: string) => streams.find(({ stream }) => stream === name)
const positionsOf = ({ streams }: Opened) => streams.map(({ stream, position }) => ({ stream, position }))
const putPerson = async (id: string, person: object) => {
  const response = await fetch(`${node.url}/api/regions/bretagne/people/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${agency}` },
    body: JSON.stringify(person),
  })
  if (!response.ok) throw new Error(await response.text())
}

for (const n of [7, 8])
  await putPerson(`jobseeker-${n}`, { role: 'jobseeker', name: `N° ${n}`, advisor: 'advisor-anne' })

t.test('whoever resumes gets everything missed, and only that', async (t) => {
  const { client: jeanne, opened } = await open(t, 'jobseeker-1', { streams: [] })
  t.equal(opened.resumed, false)
  t.match(streamOf(opened, 'channel:jobseeker-1'), { recovered: false, position: { epoch: '', offset: 0 } })
  const first = await publish(jeanne, 'jobseeker-1', 'un')
  jeanne.socket.terminate()
  await jeanne.closed
  const { client: anne } = await open(t, 'advisor-anne')
  for (const text of ['deux', 'trois']) await publish(anne, 'jobseeker-1', text)
  await anne.result('chat.read', { channel: 'jobseeker-1', offset: 2 })

  const positions = positionsOf(opened).map((place) =>
    place.stream === 'channel:jobseeker-1' ? { ...place, position: first.position } : place,
  )
  const { opened: again } = await open(t, 'jobseeker-1', { session: opened.session, streams: positions })
  t.match(again, { resumed: true, session: opened.session })
  const channel = streamOf(again, 'channel:jobseeker-1')
  t.match(channel, {
    recovered: true,
    position: { epoch: first.position.epoch, offset: 3 },
    events: [
      { event: 'chat.messagePublished', data: { message: { text: 'deux', offset: 2 } }, position: { offset: 2 } },
      { event: 'chat.messagePublished', data: { message: { text: 'trois', offset: 3 } }, position: { offset: 3 } },
    ],
  })
  t.equal(channel?.events?.length, 2)
  t.ok(channel?.readBy?.some(({ person, readOffset }) => person === 'advisor-anne' && readOffset === 3))
})

t.test('what cannot be told whole is told by a snapshot', async (t) => {
  const { client, opened } = await open(t, 'jobseeker-2', { streams: [] })
  for (let n = 1; n <= 30; n += 1) await publish(client, 'jobseeker-2', `message ${n}`)
  const { client: anne } = await open(t, 'advisor-anne')
  for (let n = 31; n <= 60; n += 1) await publish(anne, 'jobseeker-2', `message ${n}`)
  const resumeFrom = async (position: StreamPosition['position']) => {
    const streams = [{ stream: 'channel:jobseeker-2', position }]
    return streamOf((await open(t, 'jobseeker-2', { session: opened.session, streams })).opened, 'channel:jobseeker-2')
  }
  const whole = await resumeFrom({ epoch: '', offset: 0 })
  t.match(whole, { recovered: true })
  t.equal(whole?.events?.length, 60)
  const foreign = await resumeFrom({ epoch: 'lost', offset: 3 })
  t.match(foreign, {
    recovered: false,
    snapshot: { channel: { last: { offset: 60, text: 'message 60' }, unread: 30, readOffset: 30 } },
  })
  t.equal(foreign?.events, undefined, 'never a part')
  t.match(
    await resumeFrom({ epoch: whole?.position.epoch ?? '', offset: 61 }),
    { recovered: false },
    'a future position',
  )
})

t.test('the personal feed tells every step of a callback once, live or by resuming', async (t) => {
  const { client, opened } = await open(t, 'jobseeker-3', { streams: [] })
  const feed = 'person:jobseeker-3'
  t.match(streamOf(opened, feed), { recovered: false, snapshot: { callbacks: [] } })
  const request = { key: randomUUID(), medium: 'room', reason: 'Mon dossier' }
  const { callback } = (await client.result('callback.request', request)) as { callback: Callback }
  await until(() => client.events.some(({ stream }) => stream === feed), { what: 'the live event' })
  const live = client.events.filter(({ stream }) => stream === feed)
  t.match(live[0], { event: 'callback.changed', position: { offset: 1 }, data: { callback: { state: 'waiting' } } })
  client.socket.terminate()
  await client.closed
  const { client: other, opened: second } = await open(t, 'jobseeker-3')
  t.same(second.streams, [], 'without resume nothing is replayed')
  await other.result('callback.cancel', { callback: callback.id })
  const from = live.at(-1)?.position
  const { opened: again } = await open(t, 'jobseeker-3', {
    session: opened.session,
    streams: [{ stream: feed, position: from ?? { epoch: '', offset: 0 } }],
  })
  const replayed = streamOf(again, feed)
  t.equal(replayed?.recovered, true)
  t.match(replayed?.events?.at(-1), {
    event: 'callback.changed',
    data: { callback: { id: callback.id, state: 'cancelled' } },
  })
  const offsets = [...live, ...((replayed?.events ?? []) as unknown as typeof live)].map(
    ({ position }) => position?.offset,
  )
  t.same(
    offsets,
    offsets.map((_, n) => n + 1),
    'numbered without a gap',
  )
})

t.test('the answer to session.open is the first frame, whatever happens meanwhile', async (t) => {
  const { client: anne } = await open(t, 'advisor-anne')
  let stop = false
  const flood = (async () => {
    while (!stop) await publish(anne, 'jobseeker-7', 'x').catch(() => new Promise((resolve) => setTimeout(resolve, 20)))
  })()
  for (let round = 0; round < 10; round += 1) {
    const frames: unknown[] = []
    const client = await rawClient(node.url)
    client.socket.on('message', (data) => frames.push(JSON.parse(String(data))))
    const opened = (await client.result('session.open', {
      token: await node.token('jobseeker-7'),
      versions: [1],
      resume: { streams: [] },
    })) as Opened
    const from = streamOf(opened, 'channel:jobseeker-7')?.position.offset ?? 0
    await until(() => frames.length >= 4, { what: 'events after the answer' })
    t.match(frames[0], { result: { session: String } })
    const live = (frames.slice(1) as { stream?: string; position?: { offset: number } }[]).filter(
      ({ stream }) => stream,
    )
    t.same(
      live.map(({ position }) => position?.offset),
      live.map((_, n) => from + 1 + n),
      'and joins the events after it',
    )
    client.socket.close(1000)
    await client.closed
  }
  stop = true
  await flood
})

t.test('a session that is taken up closes the connection that lingers', async (t) => {
  const { client, opened } = await open(t, 'jobseeker-5')
  const { opened: again } = await open(t, 'jobseeker-5', { session: opened.session, streams: [] })
  t.equal(again.session, opened.session)
  t.equal((await client.closed).code, closeCodes.REPLACED.code)
})

t.test('another person’s session cannot be taken up', async (t) => {
  const { opened } = await open(t, 'jobseeker-6')
  const { opened: other } = await open(t, 'jobseeker-7', { session: opened.session, streams: [] })
  t.equal(other.resumed, false)
  t.not(other.session, opened.session)
})

t.test('streams of others are not told, however they are asked for', async (t) => {
  const stranger = { stream: 'channel:jobseeker-1', position: { epoch: '', offset: 0 } }
  const feed = { stream: 'person:jobseeker-1', position: { epoch: '', offset: 0 } }
  const { client, opened } = await open(t, 'jobseeker-6', { streams: [stranger, feed] })
  t.same(opened.streams.map(({ stream }) => stream).toSorted(), ['channel:jobseeker-6', 'person:jobseeker-6'])
  t.same(await client.result('session.recover', { streams: [stranger, feed] }), { streams: [] })
})

t.test('a gap is filled on request, within the same connection', async (t) => {
  const { client, opened } = await open(t, 'jobseeker-6', { streams: [] })
  const { position } = await publish(client, 'jobseeker-6', 'un')
  await publish(client, 'jobseeker-6', 'deux')
  const { streams } = (await client.result('session.recover', {
    streams: [{ stream: 'channel:jobseeker-6', position }],
  })) as Pick<Opened, 'streams'>
  t.match(streams, [{ stream: 'channel:jobseeker-6', recovered: true, events: [{ position: { offset: 2 } }] }])
  t.equal(streams.length, 1, 'and nothing else')
  t.ok(positionsOf(opened).length === 2)
})

t.test('a heartbeat comes at its interval; who answers nothing for two of them is let go', async (t) => {
  const quick = await testNode(t, { VISAVIS_HEARTBEAT_MS: '300' })
  const token = await quick.token('jobseeker-1')
  await using silent = await rawClient(quick.url)
  t.match(await silent.result('session.open', { token, versions: [1] }), { heartbeatMs: 300 })
  await eventOf(silent, 'session.heartbeat')
  t.equal((await silent.closed).code, closeCodes.IDLE.code)
})

t.test('who answers every heartbeat stays', async (t) => {
  // Slower: whoever is held up for two of them is let go, and that may be this process.
  const calm = await testNode(t, { VISAVIS_HEARTBEAT_MS: '1500' })
  await using alive = await rawClient(calm.url, await calm.token('jobseeker-1'))
  const beats = () => alive.events.filter(({ event }) => event === 'session.heartbeat').length
  for (let n = 1; n <= 5; n += 1) {
    await until(() => beats() >= n, { what: `heartbeat ${n}` })
    t.match(await alive.result('session.heartbeat', {}), { now: Number })
  }
})

t.test('presence follows the devices of a person', async (t) => {
  const watch = await rawClient(node.url, await node.token('advisor-bruno'))
  t.teardown(() => watch[Symbol.asyncDispose]())
  const { jobseekers } = (await watch.result('enrolment.portfolio', {})) as { jobseekers: { id: string }[] }
  const person = jobseekers[0]?.id ?? ''
  const states = () =>
    watch.events
      .filter(({ event, data }) => event === 'presence.changed' && (data as { person: string }).person === person)
      .map(({ data }) => (data as { state: string }).state)
  const one = await rawClient(node.url, await node.token(person))
  await until(() => states().at(-1) === 'online', { what: 'online' })
  const two = await rawClient(node.url, await node.token(person))
  await one.result('session.setPresence', { state: 'away' })
  await two.result('session.setPresence', { state: 'away' })
  await until(() => states().at(-1) === 'away', { what: 'away when none is looked at' })
  one.socket.close(1000)
  two.socket.terminate()
  await until(() => states().at(-1) === 'offline', { what: 'offline after the grace' })
  t.same(states(), ['online', 'away', 'offline'])
  const later = await rawClient(node.url)
  t.teardown(() => later[Symbol.asyncDispose]())
  const opened = (await later.result('session.open', {
    token: await node.token('advisor-bruno'),
    versions: [1],
  })) as Opened
  t.match(
    opened.presence.find((shown) => shown.person === person),
    { state: 'offline', lastSeenAt: Number },
  )
})

t.test(
  'who comes to follow somebody, or is followed by somebody else, is told at once whether they are there',
  async (t) => {
    await putPerson('jobseeker-9', { role: 'jobseeker', name: 'N° 9', advisor: 'advisor-anne' })
    const [{ client: jobseeker }, { client: bruno }] = await Promise.all([
      open(t, 'jobseeker-9'),
      open(t, 'advisor-bruno'),
      open(t, 'advisor-anne'),
    ])
    const shown = ({ events }: RawClient, person: string) =>
      events.findLast(
        ({ event, data }) => event === 'presence.changed' && (data as { person: string }).person === person,
      )
    await putPerson('jobseeker-9', { role: 'jobseeker', name: 'N° 9', advisor: 'advisor-bruno' })
    await until(() => shown(bruno, 'jobseeker-9') !== undefined, { what: 'presence at the new advisor' })
    await until(() => shown(jobseeker, 'advisor-bruno') !== undefined, { what: 'presence at the jobseeker' })
    t.match(shown(bruno, 'jobseeker-9')?.data, { state: 'online' })
    t.match(shown(jobseeker, 'advisor-bruno')?.data, { state: 'online' })
  },
)

t.test('a device too many is refused with when to try again; the others go on', async (t) => {
  const clients = await Promise.all([1, 2, 3].map(() => open(t, 'jobseeker-8')))
  const client = await rawClient(node.url)
  t.teardown(() => client[Symbol.asyncDispose]())
  t.match(await client.call('session.open', { token: await node.token('jobseeker-8'), versions: [1] }), {
    error: { code: 'RATE_LIMITED', retryAfterMs: Number, details: { limit: 'sessionsPerPerson' } },
  })
  await Promise.all(clients.map(({ client }) => publish(client, 'jobseeker-8', 'hello')))
  for (const { client } of clients)
    await until(() => client.events.filter(({ event }) => event === 'chat.messagePublished').length === 3, {
      what: 'every message at every device',
    })
})

t.test('an event is encoded once on a node, whoever hears it and on however many devices', async (t) => {
  const devices = await Promise.all(
    ['jobseeker-7', 'jobseeker-7', 'advisor-anne', 'advisor-anne'].map((person) => open(t, person)),
  )
  const text = `encoded once ${randomUUID()}`
  const written: Buffer[] = []
  const spy = t.capture(Socket.prototype, 'write', function (this: Socket, ...args: Parameters<Socket['write']>) {
    const [bytes] = args
    // What clients of this process say is masked, and what Redis is told is no frame.
    if (Buffer.isBuffer(bytes) && bytes[0] === 0x81 && bytes.includes(text)) written.push(bytes)
    return Reflect.apply(Duplex.prototype.write, this, args) as boolean
  })
  await publish(devices[0]?.client as RawClient, 'jobseeker-7', text)
  for (const { client } of devices)
    await eventOf(
      client,
      'chat.messagePublished',
      ({ message }: { message: { text: string } }) => message.text === text,
    )
  spy.restore()
  t.equal(written.length, devices.length, 'each of them has it')
  t.equal(new Set(written).size, 1, 'and it is the same bytes')
})

t.test('a token is replaced within the session, by one of the same person only', async (t) => {
  const { client, opened } = await open(t, 'jobseeker-1')
  const refreshed = await client.result('session.refresh', { token: await node.token('jobseeker-1') })
  t.match(refreshed, { expiresAt: Number })
  t.ok((refreshed as { expiresAt: number }).expiresAt >= opened.expiresAt)
  t.match(await client.call('session.refresh', { token: await node.token('jobseeker-2') }), {
    error: { code: 'FORBIDDEN' },
  })
  t.match(await client.call('session.refresh', { token: 'nonsense' }), { error: { code: 'UNAUTHENTICATED' } })
  t.match(await client.result('session.heartbeat', {}), { now: Number }, 'a refused one ends nothing')
})

t.test('a session that is disabled ends at once, and its room with it', async (t) => {
  await putPerson('jobseeker-20', { role: 'jobseeker', name: 'Inès', advisor: 'advisor-anne' })
  const { client: ines } = await open(t, 'jobseeker-20')
  const { client: anne } = await open(t, 'advisor-anne')
  await ines.result('room.join', { room: 'jobseeker-20' })
  await anne.result('room.join', { room: 'jobseeker-20' })
  await putPerson('jobseeker-20', { role: 'jobseeker', name: 'Inès', advisor: 'advisor-anne', disabled: true })
  t.equal((await ines.closed).code, closeCodes.REMOVED.code)
  t.match(await eventOf(anne, 'room.closed'), { room: 'jobseeker-20', reason: 'access-ended' })
  t.match(await anne.call('chat.history', { channel: 'jobseeker-20' }), { error: { code: 'FORBIDDEN' } })
})

t.test('leaving the scheme is one act: the session ends, the callback is withdrawn, the advisor is told', async (t) => {
  await putPerson('jobseeker-21', { role: 'jobseeker', name: 'Loïc', advisor: 'advisor-anne' })
  const { client: loic } = await open(t, 'jobseeker-21')
  const { client: anne } = await open(t, 'advisor-anne')
  await loic.result('callback.request', { key: randomUUID(), medium: 'room', reason: 'Une question' })
  void loic.call('enrolment.leave', { key: randomUUID() }).catch(() => {})
  t.equal((await loic.closed).code, closeCodes.REMOVED.code)
  t.match(await eventOf(anne, 'enrolment.changed', ({ left }: { left: boolean }) => left), {
    jobseeker: 'jobseeker-21',
    left: true,
  })
  await eventOf(anne, 'callback.changed', ({ callback }: { callback: Callback }) => callback.state === 'cancelled')
  await t.rejects(open(t, 'jobseeker-21'), { code: 'FORBIDDEN' })
})

t.test('connections of one address are limited, with a documented code and a time to come back', async (t) => {
  const narrow = await testNode(t, { VISAVIS_CONNECTIONS_PER_ADDRESS: '2' })
  const [one, two] = [await rawClient(narrow.url), await rawClient(narrow.url)]
  const three = await rawClient(narrow.url)
  const { code, reason } = await three.closed
  t.equal(code, closeCodes.TOO_MANY.code)
  t.match(reason, /^TOO_MANY \d+$/)
  await one[Symbol.asyncDispose]()
  await until(async () => {
    const next = await rawClient(narrow.url)
    const answer = await next
      .call('session.open', { token: await narrow.token('jobseeker-1'), versions: [1] })
      .catch(() => undefined)
    await next[Symbol.asyncDispose]()
    return answer !== undefined && 'result' in answer
  })
  await two[Symbol.asyncDispose]()
})

t.test(
  'requests beyond the rate are refused with when to try again, and what goes on regardless is closed',
  async (t) => {
    const strict = await testNode(t, {
      VISAVIS_REQUESTS_PER_SECOND: '5',
      VISAVIS_REQUEST_BURST: '10',
      VISAVIS_MAX_IN_FLIGHT: '1000',
    })
    const client = await rawClient(strict.url, await strict.token('jobseeker-1'))
    const startedAt = performance.now()
    const answers = await Promise.all(Array.from({ length: 30 }, () => client.call('session.heartbeat', {})))
    const seconds = (performance.now() - startedAt) / 1_000
    const refused = answers.filter((answer) => 'error' in answer)
    // The burst, from which the session was opened, and what has come since at the rate.
    const most = 10 + Math.ceil(5 * seconds) + 1
    t.ok(refused.length >= 30 - most && refused.length <= 21, `${refused.length} refused`)
    for (const answer of refused)
      t.match(answer, { error: { code: 'RATE_LIMITED', retryAfterMs: Number, details: { limit: 'requests' } } })
    for (let n = 0; n < 1_500; n += 1) client.call('session.heartbeat', {}).catch(() => {})
    t.equal((await client.closed).code, closeCodes.TOO_FAST.code)
  },
)

t.test(
  'a crowd that arrives is let in at the rate of the node, the others wait or are told when to come',
  async (t) => {
    const slow = await testNode(t, { VISAVIS_OPENS_PER_SECOND: '2', VISAVIS_SESSIONS_PER_PERSON: '100' })
    const token = await slow.token('jobseeker-1')
    const startedAt = performance.now()
    const answers = await Promise.all(
      Array.from({ length: 20 }, async () => {
        const client = await rawClient(slow.url)
        const answer = await client.call('session.open', { token, versions: [1] })
        await client[Symbol.asyncDispose]()
        return answer
      }),
    )
    const refused = answers.filter((answer) => 'error' in answer)
    const seconds = (performance.now() - startedAt) / 1_000
    // Two at once, and two for each of the 4 s that others wait; on a slow machine they come later, and more have room.
    t.ok(refused.length >= 20 - (4 + 2 * seconds), `${refused.length} of 20 are told to come back`)
    t.ok(refused.length <= 10, `${refused.length} of 20 are told to come back`)
    for (const answer of refused)
      t.match(answer, { error: { code: 'UNAVAILABLE', retryable: true, retryAfterMs: Number } })
  },
)

t.test('a client that reads nothing is closed as too slow, and loses nothing', async (t) => {
  const small = await testNode(t, {
    VISAVIS_OUTBOX_BYTES: '65536',
    VISAVIS_REQUESTS_PER_SECOND: '100000',
    VISAVIS_REQUEST_BURST: '100000',
  })
  const slow = await rawClient(small.url, await small.token('jobseeker-1'))
  slow.socket.pause()
  const anne = await rawClient(small.url, await small.token('advisor-anne'))
  t.teardown(() => anne[Symbol.asyncDispose]())
  const text = 'x'.repeat(4_000)
  let sent = 0
  const metrics = async () =>
    /visavis_limits_reached_total\{.*limit="outbox".*\} (\d+)/.exec(
      await (await fetch(`${small.url}/metrics`)).text(),
    )?.[1]
  await until(
    async () => {
      await Promise.all(
        Array.from({ length: 40 }, () =>
          anne.result('chat.publish', { channel: 'jobseeker-1', key: randomUUID(), text }),
        ),
      )
      sent += 40
      return (await metrics()) === '1'
    },
    { what: 'the slow one to be closed', timeoutMs: 120_000, everyMs: 1 },
  )
  const again = await rawClient(small.url)
  t.teardown(() => again[Symbol.asyncDispose]())
  const opened = (await again.result('session.open', {
    token: await small.token('jobseeker-1'),
    versions: [1],
    resume: { streams: [{ stream: 'channel:jobseeker-1', position: { epoch: '-', offset: 0 } }] },
  })) as Opened
  t.match(streamOf(opened, 'channel:jobseeker-1'), { recovered: false, position: { offset: sent } })
  slow.socket.terminate()
})
