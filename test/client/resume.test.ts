/** One session over many connections, against a real node: nothing is lost, nothing comes twice. */
import t, { type Test } from 'tap'
import { connect, developmentToken, type Visavis } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { cuttableNetwork } from './cuttable.ts'
import { type Fate, lossyNetwork } from './lossy.ts'

const agencyToken = 'agency'.repeat(8)
const heartbeatMs = 300
const node = await testNode(t, {
  VISAVIS_AGENCY_TOKEN: agencyToken,
  VISAVIS_HEARTBEAT_MS: String(heartbeatMs),
  VISAVIS_PRESENCE_GRACE_MS: '5000',
  VISAVIS_SESSIONS_PER_PERSON: '50',
})

/** @param url of a network in between; tokens always come straight from the node. */
const open = (t: Test, person: string, url = node.url): Visavis => {
  const visavis = connect({ url, token: async () => (await developmentToken(node.url, person)).token })
  t.teardown(() => visavis.close())
  return visavis
}

const put = async (what: string, body: Readonly<Record<string, unknown>>) => {
  const response = await fetch(`${node.url}/api/regions/bretagne/${what}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`)
}

/** The offsets a listener has heard of a channel. */
const heard = (visavis: Visavis, channel: string): number[] => {
  const offsets: number[] = []
  visavis.on('chat.messagePublished', ({ channel: id, message }) => {
    if (id === channel) offsets.push(message.offset)
  })
  return offsets
}
const from = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index)

t.test('opening tells everything: neither chat.channels nor callback.list is called', async (t) => {
  await using network = await lossyNetwork(node.url)
  const visavis = open(t, 'advisor-anne', network.url)
  await until(() => visavis.chat.loaded && visavis.callbacks.loaded)
  t.ok(visavis.chat.channels.length > 0)
  // Other lists are asked for right after: they may be on their way by now.
  t.equal(network.asked.has('chat.channels'), false)
  t.equal(network.asked.has('callback.list'), false)
})

t.test('connections cut at random bytes: a listener hears every message once, in order', async (t) => {
  await using network = await cuttableNetwork(node.url)
  const listening = open(t, 'jobseeker-1', network.url)
  const { streams } = await listening.opened
  const first = (streams.find(({ stream }) => stream === 'channel:jobseeker-1')?.position.offset ?? 0) + 1
  const offsets = heard(listening, 'jobseeker-1')
  const channel = listening.chat.channel('jobseeker-1')
  await until(() => channel.loaded)
  let recoveries = 0
  listening.onState((state) => {
    if (state === 'recovering') recoveries += 1
  })
  const anne = open(t, 'advisor-anne').chat.channel('jobseeker-1')
  const rounds = 8
  const count = rounds * 25
  for (let round = 0; round < rounds; round += 1) {
    network.cutAfter(Math.ceil(Math.random() * 4_000))
    for (let sent = 0; sent < 25; sent += 1) await anne.send(`message ${sent} ${'x'.repeat(Math.random() * 200)}`)
    await until(
      () => {
        // Not to wait for the end of a backoff that grows with every cut.
        listening.hurry()
        return listening.state === 'open'
      },
      { what: 'the next connection' },
    )
  }
  await until(() => offsets.length >= count, { timeoutMs: 30_000, what: 'every message' })
  t.same(offsets, from(first, count))
  t.same(channel.messages.map(({ offset }) => offset).slice(-count), from(first, count))
  t.ok(recoveries > 2, `${recoveries} recoveries`)
})

t.test('events lost, repeated and late on the way: asked for again, each is heard once, in order', async (t) => {
  await using network = await lossyNetwork(node.url)
  const listening = open(t, 'jobseeker-2', network.url)
  await listening.opened
  const offsets = heard(listening, 'jobseeker-2')
  const fates: readonly Fate[] = ['deliver', 'deliver', 'deliver', 'lose', 'repeat', 'delay']
  network.fate = () => fates[Math.floor(Math.random() * fates.length)] ?? 'deliver'
  const advisor = listening.chat.channels[0]?.advisor?.id ?? ''
  const channel = open(t, advisor).chat.channel('jobseeker-2')
  const first = (listening.chat.channels[0]?.position.offset ?? 0) + 1
  for (let sent = 0; sent < 200; sent += 1) await channel.send(`message ${sent}`)
  network.fate = () => 'deliver'
  await channel.send('the last one shows what is missing')
  await until(() => offsets.length >= 201, { what: 'every message', timeoutMs: 30_000 })
  t.same(offsets, from(first, 201))
  t.ok((network.asked.get('session.recover') ?? 0) > 3, `${network.asked.get('session.recover')} questions`)
  t.equal(listening.chat.channels[0]?.position.offset, first + 200, 'the overview agrees')
})

t.test('who was away for more than the server tells again is shown the newest page', async (t) => {
  await using network = await cuttableNetwork(node.url)
  const visavis = open(t, 'jobseeker-3', network.url)
  await visavis.opened
  const channel = visavis.chat.channel('jobseeker-3')
  await until(() => channel.loaded)
  const replaced: string[] = []
  visavis.onStream((stream) => replaced.push(stream))
  const offsets = heard(visavis, 'jobseeker-3')
  network.setDown(true)
  network.cut()
  const other = open(t, 'jobseeker-3').chat.channel('jobseeker-3')
  let last = 0
  for (let sent = 0; sent < 5; sent += 1) {
    const batch = await Promise.all(from(1, 50).map((index) => other.send(`message ${sent}.${index}`)))
    last = batch.at(-1)?.offset ?? 0
  }
  network.setDown(false)
  visavis.hurry()
  await until(() => channel.messages.at(-1)?.offset === last, { what: 'the newest page' })
  t.same(replaced, ['channel:jobseeker-3'])
  t.same(offsets, [], 'what the snapshot replaces is not played')
  t.equal(visavis.chat.channels[0]?.position.offset, last)
  await other.send('and on it goes')
  await until(() => offsets.length === 1)
  t.same(offsets, [last + 1])
})

t.test('two devices of one person both hear everything, once, and share what was read', async (t) => {
  const phone = open(t, 'jobseeker-1')
  const desk = open(t, 'jobseeker-1')
  await Promise.all([phone.opened, desk.opened])
  t.not(phone.session?.session, desk.session?.session)
  const [onPhone, onDesk] = [heard(phone, 'jobseeker-1'), heard(desk, 'jobseeker-1')]
  const anne = open(t, 'advisor-anne').chat.channel('jobseeker-1')
  const first = (await anne.send('for both')).offset
  await phone.chat.channel('jobseeker-1').send('from the phone')
  await anne.send('again for both')
  await until(() => onPhone.length >= 3 && onDesk.length >= 3)
  t.same(onPhone, from(first, 3))
  t.same(onDesk, from(first, 3))
  t.equal(desk.chat.channels[0]?.unread, 1, 'who writes has read up to there, on every device')
  const channel = phone.chat.channel('jobseeker-1')
  await until(() => channel.loaded)
  await channel.markRead()
  await until(() => desk.chat.channels[0]?.unread === 0, { what: 'the marker on the other device' })
})

t.test(
  'what a person has marked as unread stays so for a device that is opened, or comes back, afterwards',
  async (t) => {
    await using network = await cuttableNetwork(node.url)
    const desk = open(t, 'jobseeker-1', network.url)
    await desk.opened
    const { offset } = await open(t, 'advisor-anne').chat.channel('jobseeker-1').send('to be read again')
    const channel = desk.chat.channel('jobseeker-1')
    await until(() => channel.messages.at(-1)?.offset === offset)
    await channel.markRead()
    await channel.markUnread(offset)
    await until(() => desk.chat.channels[0]?.unreadFrom === offset)
    const phone = open(t, 'jobseeker-1')
    await phone.opened
    t.match(phone.chat.channels[0], { unread: 1, unreadFrom: offset })
    network.cut()
    await until(() => desk.state === 'recovering')
    await until(() => desk.state === 'open')
    t.match(desk.chat.channels[0], { unread: 1, unreadFrom: offset })
    await channel.markRead()
    await until(() => phone.chat.channels[0]?.unread === 0, { what: 'the end of the mark on the other device' })
  },
)

t.test('the session goes on after a lost connection, and its answer is the same session', async (t) => {
  await using network = await cuttableNetwork(node.url)
  const visavis = open(t, 'jobseeker-1', network.url)
  const { session } = await visavis.opened
  network.cut()
  await until(() => visavis.state === 'recovering')
  await until(() => visavis.state === 'open')
  t.match(visavis.session, { session })
})

t.test('a session that is opened elsewhere ends here for good', async (t) => {
  const visavis = open(t, 'jobseeker-1')
  const { session } = await visavis.opened
  await using other = await rawClient(node.url)
  const token = await node.token('jobseeker-1')
  await other.result('session.open', { token, versions: [1], resume: { session, streams: [] } })
  await until(() => visavis.state === 'closed')
  t.equal(visavis.failure?.code, 'CONFLICT')
})

t.test('a network that falls silent is given up after two heartbeats, without a request', async (t) => {
  await using network = await cuttableNetwork(node.url)
  const visavis = open(t, 'jobseeker-1', network.url)
  await visavis.opened
  let beats = 0
  visavis.on('session.heartbeat', () => {
    beats += 1
  })
  await until(() => beats >= 3, { what: 'heartbeats' })
  t.equal(visavis.state, 'open', 'answered heartbeats keep it open')
  const silentSince = performance.now()
  network.loseAnswers()
  await until(() => visavis.state === 'recovering', { everyMs: 5, what: 'the silence to be noticed' })
  const noticedMs = performance.now() - silentSince
  t.comment(`noticed after ${Math.round(noticedMs)} ms`)
  // Long before an unanswered request would have told, however busy the machine is.
  t.ok(noticedMs < 9_000, `noticed after ${Math.round(noticedMs)} ms`)
  await until(() => visavis.state === 'open', { what: 'the next connection' })
})

t.test('presence: who is there is known at once, and told as it changes', async (t) => {
  const visavis = open(t, 'jobseeker-1')
  await visavis.opened
  const advisor = visavis.chat.channels[0]?.advisor?.id ?? ''
  await until(() => visavis.presence.of(advisor)?.state === 'offline', { what: 'the advisor to be offline' })
  const anne = open(t, advisor)
  await anne.opened
  await until(() => visavis.presence.of(advisor)?.state === 'online', { what: 'the advisor to be online' })
  t.equal(anne.presence.of('jobseeker-1')?.state, 'online')
  await anne.call('session.setPresence', { state: 'away' })
  await until(() => visavis.presence.of(advisor)?.state === 'away', { what: 'the advisor to be away' })
  anne.close()
  await until(() => visavis.presence.of(advisor)?.state === 'offline', { what: 'the advisor to be offline' })
  t.ok(visavis.presence.of(advisor)?.lastSeenAt)
})

t.test('a new advisor sees the channel at once, and the former one no longer', async (t) => {
  const yann = { role: 'jobseeker', name: 'Yann Cadiou' }
  await put('people/yann', { ...yann, advisor: 'advisor-anne' })
  const [anne, bruno] = [open(t, 'advisor-anne'), open(t, 'advisor-bruno')]
  await Promise.all([anne.opened, bruno.opened])
  const follows = ({ chat }: Visavis) => chat.channels.some(({ channel }) => channel === 'yann')
  await until(() => follows(anne), { what: 'Yann in the portfolio' })
  await anne.chat.channel('yann').send('bonjour')
  await put('people/yann', { ...yann, advisor: 'advisor-bruno' })
  await until(() => follows(bruno) && !follows(anne), { what: 'the change of advisor' })
  const offsets = heard(bruno, 'yann')
  const { offset } = await bruno.chat.channel('yann').send('je prends la suite')
  await until(() => offsets.includes(offset))
  // That he answers from now on is a message, too, which may have come before he listened.
  t.ok(offset === 2 || offset === 3, `message ${offset}`)
  t.notOk(offsets.includes(1))
})

t.test('leaving is one act: it succeeds, and the connection is closed with it', async (t) => {
  const visavis = open(t, 'jobseeker-3')
  await visavis.opened
  await visavis.enrolment.leave()
  await until(() => visavis.state === 'closed')
  t.equal(visavis.failure?.code, 'FORBIDDEN')
})
