/** A channel on a page, while other devices change it and access comes and goes. Real node, real connections. */
import { randomUUID } from 'node:crypto'
import t, { type Test } from 'tap'
import { type Channel, connect, type Visavis } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { cuttableNetwork } from './cuttable.ts'
import { type LossyNetwork, lossyNetwork } from './lossy.ts'

const agency = 'agency'.repeat(8)
const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agency })

function open(t: Test, person: string, url = node.url): Visavis {
  const visavis = connect({ url, token: () => node.token(person) })
  t.teardown(() => visavis.close())
  return visavis
}

async function follow(jobseeker: string, advisor: string): Promise<void> {
  const answer = await fetch(`${node.url}/api/regions/bretagne/people/${jobseeker}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${agency}` },
    body: JSON.stringify({ role: 'jobseeker', name: jobseeker, advisor }),
  })
  if (!answer.ok) throw new Error(await answer.text())
}

const textsOf = (channel: Channel) =>
  channel.messages.filter(({ system }) => system === undefined).map(({ text }) => text)

t.test('a message that is deleted after it was edited is gone from every page', async (t) => {
  const [author, reader] = [
    open(t, 'jobseeker-1').chat.channel('jobseeker-1'),
    open(t, 'advisor-anne').chat.channel('jobseeker-1'),
  ]
  const { offset } = await author.send('bonjur')
  await author.edit(offset, 'bonjour')
  await until(() => reader.messages.at(-1)?.text === 'bonjour', { what: 'the edit' })
  await author.delete(offset)
  await until(() => reader.messages.at(-1)?.deletedAt !== undefined, { what: 'the deletion' })
  t.equal(reader.messages.at(-1)?.text, '')
})

t.test('what comes while the first page is on its way is not forgotten', async (t) => {
  const anne = await rawClient(node.url, await node.token('advisor-anne'))
  t.teardown(() => anne[Symbol.asyncDispose]())
  for (let round = 0; round < 5; round += 1) {
    const visavis = open(t, 'jobseeker-2')
    await visavis.opened
    const channel = visavis.chat.channel('jobseeker-2')
    // Both are sent before the page is answered: one's own and somebody else's.
    const own = channel.send(`own ${round}`)
    await anne.result('chat.publish', { channel: 'jobseeker-2', key: randomUUID(), text: `theirs ${round}` })
    await own
    await until(() => channel.loaded)
    const texts = () =>
      channel.messages
        .slice(-2)
        .map(({ text }) => text)
        .sort()
    await until(() => texts().join() === `own ${round},theirs ${round}`, { what: 'both', timeoutMs: 1_500 })
    t.same(channel.unsent, [])
  }
})

t.test('a channel that is lost is not shown, and one that is had again is whole', async (t) => {
  const jobseeker = open(t, 'jobseeker-3').chat.channel('jobseeker-3')
  const anne = open(t, 'advisor-anne')
  await anne.opened
  const channel = anne.chat.channel('jobseeker-3')
  await jobseeker.send('one')
  const { offset } = await jobseeker.send('two')
  await until(() => channel.messages.at(-1)?.text === 'two')
  await follow('jobseeker-3', 'advisor-bruno')
  await until(() => channel.messages.length === 0, { what: 'the end of access' })
  await jobseeker.edit(offset, 'two, for Bruno')
  await jobseeker.send('three, for Bruno')
  await follow('jobseeker-3', 'advisor-anne')
  await until(() => textsOf(channel).length === 3, { what: 'all of it' })
  t.same(textsOf(channel), ['one', 'two, for Bruno', 'three, for Bruno'])
  const channelOfAnne = anne.chat.channels.find(({ channel }) => channel === 'jobseeker-3')
  t.ok(channelOfAnne)
})

t.test('a page asked for before access was lost is not taken for what is when it is had again', async (t) => {
  await using network = await lossyNetwork(node.url)
  await follow('jobseeker-4', 'advisor-anne')
  const jobseeker = open(t, 'jobseeker-4').chat.channel('jobseeker-4')
  const { offset } = await jobseeker.send('one')
  const anne = open(t, 'advisor-anne', network.url)
  await anne.opened
  const pages = network.hold('answer', 'chat.history')
  const channel = anne.chat.channel('jobseeker-4')
  await until(() => pages.count > 0, { what: 'the first page' })
  await follow('jobseeker-4', 'advisor-bruno')
  const isListed = () => anne.chat.channels.some(({ channel }) => channel === 'jobseeker-4')
  await until(() => !isListed(), { what: 'the end of access' })
  t.teardown(channel.onChange(() => !isListed() && t.same(textsOf(channel), [], 'nothing is shown without access')))
  await jobseeker.edit(offset, 'one, for Bruno')
  await follow('jobseeker-4', 'advisor-anne')
  await until(isListed, { what: 'access again' })
  pages.release()
  await until(() => textsOf(channel).length === 1)
  await until(() => textsOf(channel)[0] === 'one, for Bruno', { what: 'the edit' })
  t.pass()
})

t.test('a page that was asked for before access was lost shows nothing after it', async (t) => {
  await using network = await lossyNetwork(node.url)
  await follow('jobseeker-5', 'advisor-anne')
  await open(t, 'jobseeker-5').chat.channel('jobseeker-5').send('one')
  const anne = open(t, 'advisor-anne', network.url)
  await anne.opened
  const pages = network.hold('answer', 'chat.history')
  const channel = anne.chat.channel('jobseeker-5')
  await until(() => pages.count > 0, { what: 'the first page' })
  await follow('jobseeker-5', 'advisor-bruno')
  await until(() => anne.chat.channels.every(({ channel }) => channel !== 'jobseeker-5'), { what: 'the end of access' })
  const shown: string[] = []
  channel.onChange(() => shown.push(...textsOf(channel)))
  pages.release()
  await until(() => channel.error !== undefined, { what: 'the refusal of another page' })
  t.same(shown, [])
  await follow('jobseeker-5', 'advisor-anne')
  await until(() => textsOf(channel).length === 1, { what: 'access again' })
  t.equal(channel.error, undefined)
})

/**
 * Bruno opens a conversation that he was given a moment ago, and of which no event and no list has told him: its first page,
 * which is kept on its way, says what it was before an edit, and the edit is the first event of its stream.
 */
async function editedBehindItsPage(t: Test, network: LossyNetwork, id: string) {
  await follow(id, 'advisor-anne')
  const jobseeker = open(t, id).chat.channel(id)
  const { offset } = await jobseeker.send('one')
  const bruno = open(t, 'advisor-bruno', network.url)
  await bruno.opened
  const [lists, pages, streams] = [
    network.hold('answer', 'chat.channels'),
    network.hold('answer', 'chat.history'),
    network.hold('answer', 'session.recover'),
  ]
  network.fate = () => 'lose'
  await follow(id, 'advisor-bruno')
  await until(() => lists.count > 0, { what: 'news of the access' })
  const channel = bruno.chat.channel(id)
  await until(() => pages.count > 0, { what: 'the first page' })
  network.fate = () => 'deliver'
  await jobseeker.edit(offset, 'one, changed')
  await until(() => streams.count > 0, { what: 'the stream' })
  const isListed = () => bruno.chat.channels.some(({ channel }) => channel === id)
  const hasEdit = async () => {
    await until(() => textsOf(channel).length === 1)
    await until(() => textsOf(channel)[0] === 'one, changed', { what: 'the edit' })
    lists.release()
  }
  return { pages, streams, isListed, hasEdit }
}

t.test('a first page older than where the stream begins is read again', async (t) => {
  await using network = await lossyNetwork(node.url)
  const { pages, streams, isListed, hasEdit } = await editedBehindItsPage(t, network, 'jobseeker-6')
  streams.release()
  await until(isListed, { what: 'where the stream begins' })
  pages.release()
  await hasEdit()
  t.pass()
})

t.test('a first page that comes together with where the stream begins is read again if it is older', async (t) => {
  await using network = await lossyNetwork(node.url)
  const { pages, streams, hasEdit } = await editedBehindItsPage(t, network, 'jobseeker-8')
  pages.release()
  streams.release()
  await hasEdit()
  t.pass()
})

t.test('what happened while access was away for a moment is known by the next list', async (t) => {
  await using network = await lossyNetwork(node.url)
  await follow('jobseeker-7', 'advisor-anne')
  const jobseeker = open(t, 'jobseeker-7').chat.channel('jobseeker-7')
  const { offset } = await jobseeker.send('one')
  const anne = open(t, 'advisor-anne', network.url)
  await anne.opened
  const channel = anne.chat.channel('jobseeker-7')
  await until(() => textsOf(channel).length === 1)
  const lists = network.hold('question', 'chat.channels')
  // As for whoever is given access again a moment after all this was told.
  network.fate = ({ stream }) => (stream === 'channel:jobseeker-7' ? 'lose' : 'deliver')
  await follow('jobseeker-7', 'advisor-bruno')
  await until(() => lists.count > 0, { what: 'the end of access' })
  const bruno = open(t, 'advisor-bruno').chat.channel('jobseeker-7')
  await jobseeker.edit(offset, 'one, for Bruno')
  await until(() => textsOf(bruno)[0] === 'one, for Bruno')
  await bruno.markRead()
  await follow('jobseeker-7', 'advisor-anne')
  const isBack = () =>
    anne.call('chat.history', { channel: 'jobseeker-7', limit: 1 }).then(
      () => true,
      () => false,
    )
  await until(isBack, { what: 'access again' })
  lists.release()
  await until(() => textsOf(channel)[0] === 'one, for Bruno', { what: 'the edit' })
  await until(() => channel.readBy('advisor-bruno') >= offset, { what: 'what Bruno has read' })
  t.pass()
})

t.test('a mark as unread survives a lost connection, and one made meanwhile is known after it', async (t) => {
  await using network = await cuttableNetwork(node.url)
  const [phone, desk] = [open(t, 'jobseeker-1', network.url), open(t, 'jobseeker-1')]
  await Promise.all([phone.opened, desk.opened])
  const anne = open(t, 'advisor-anne').chat.channel('jobseeker-1')
  const { offset } = await anne.send('bonjour')
  await until(() => phone.chat.channels[0]?.newest === offset)
  const channel = desk.chat.channel('jobseeker-1')
  await until(() => channel.messages.at(-1)?.offset === offset)
  await channel.markRead()
  await until(() => phone.chat.channels[0]?.unread === 0, { what: 'the marker' })
  network.cut()
  network.setDown(true)
  await channel.markUnread(offset)
  network.setDown(false)
  const shows = (unread: number) =>
    until(() => phone.state === 'open' && phone.chat.channels[0]?.unread === unread, { what: `${unread} unread` })
  await shows(1)
  t.equal(phone.chat.channels[0]?.unreadFrom, offset)
  network.cut()
  await until(() => phone.state === 'recovering')
  await shows(1)
  t.equal(phone.chat.channels[0]?.unreadFrom, offset, 'it is still marked')
})

t.test('a deleted message does not count when the channel is marked as unread', async (t) => {
  const [author, reader] = [open(t, 'advisor-anne').chat.channel('jobseeker-2'), open(t, 'jobseeker-2')]
  await reader.opened
  const first = await author.send('one')
  const second = await author.send('two')
  const third = await author.send('three')
  await author.delete(second.offset)
  // What was there before is read.
  await reader.call('chat.read', { channel: 'jobseeker-2', offset: third.offset })
  await until(() => reader.chat.channels[0]?.newest === third.offset)
  await reader.call('chat.markUnread', { channel: 'jobseeker-2', offset: first.offset, key: 'marked-1' })
  await until(() => reader.chat.channels[0]?.unread === 2, { what: 'two of three' })
  await reader.call('chat.read', { channel: 'jobseeker-2', offset: first.offset, key: 'read-again-1' })
  await until(() => reader.chat.channels[0]?.unread === 0, { what: 'the end of the mark' })
  t.pass()
})

t.test('a list that a message has overtaken does not leave a wrong count of what is unread', async (t) => {
  await using network = await lossyNetwork(node.url)
  const author = open(t, 'advisor-anne').chat.channel('jobseeker-3')
  await follow('jobseeker-3', 'advisor-anne')
  const phone = open(t, 'jobseeker-3', network.url)
  await phone.opened
  const [first, second] = [await author.send('one'), await author.send('two')]
  await author.delete(second.offset)
  const third = await author.send('three')
  await phone.call('chat.read', { channel: 'jobseeker-3', offset: third.offset })
  await until(() => phone.chat.channels[0]?.unread === 0, { what: 'the reading' })
  const lists = network.hold('answer', 'chat.channels')
  await phone.call('chat.markUnread', { channel: 'jobseeker-3', offset: first.offset, key: 'marked-2' })
  await until(() => lists.count > 0, { what: 'the list of that moment' })
  const { offset: last } = await author.send('four')
  await until(() => phone.chat.channels[0]?.newest === last, { what: 'a message after it' })
  lists.release()
  await until(() => phone.chat.channels[0]?.unread === 3, { what: 'three of four' })
  t.pass()
})
