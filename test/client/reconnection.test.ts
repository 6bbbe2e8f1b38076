/** The client on a network that breaks, against a real node. */
import t, { type Test } from 'tap'
import { connect, developmentToken, type Visavis } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { type CuttableNetwork, cuttableNetwork } from './cuttable.ts'

const open = (t: Test, url: string, person: string): Visavis => {
  const token = async () => (await developmentToken(url, person)).token
  const visavis = connect({ url, token })
  t.teardown(() => visavis.close())
  return visavis
}

async function onBrokenNetwork(t: Test): Promise<{ visavis: Visavis; network: CuttableNetwork; url: string }> {
  const node = await testNode(t)
  const network = await cuttableNetwork(node.url)
  t.teardown(() => network[Symbol.asyncDispose]())
  // Tokens come another way, so that only the WebSocket is broken.
  const token = async () => (await developmentToken(node.url, 'jobseeker-1')).token
  const visavis = connect({ url: network.url, token })
  t.teardown(() => visavis.close())
  await visavis.opened
  return { visavis, network, url: node.url }
}

t.test('a message whose answer was lost is sent again after the reconnection and stored once', async (t) => {
  const { visavis, network } = await onBrokenNetwork(t)
  const channel = visavis.chat.channel('jobseeker-1')
  const states: string[] = []
  visavis.onState((state) => states.push(state))

  network.loseAnswers()
  const sent = channel.send('une seule fois')
  // It reaches the server: another session of the same person sees it.
  const witness = open(t, network.url, 'jobseeker-1')
  const seen = witness.chat.channel('jobseeker-1')
  await until(() => seen.messages.length === 1, { what: 'the message at the server' })
  t.equal(channel.unsent.length, 1, 'unconfirmed as yet')
  network.cut()

  const { offset } = await sent
  t.equal(offset, 1)
  const { messages } = await visavis.call('chat.history', { channel: 'jobseeker-1' })
  t.same(
    messages.map(({ text }) => text),
    ['une seule fois'],
  )
  t.same(states, ['recovering', 'open'])
  t.equal(channel.unsent.length, 0)
})

t.test('what was written while the network was away is stored in the order it was written', async (t) => {
  const { visavis, network } = await onBrokenNetwork(t)
  const channel = visavis.chat.channel('jobseeker-1')
  network.setDown(true)
  network.cut()
  await until(() => visavis.state === 'recovering')
  const texts = Array.from({ length: 10 }, (_, index) => `message ${index}`)
  const sent = texts.map((text) => channel.send(text))
  t.equal(channel.unsent.length, 10)
  t.equal(visavis.chat.unsent, 10)
  network.setDown(false)
  visavis.hurry()
  const stored = await Promise.all(sent)
  t.same(
    stored.map(({ offset }) => offset),
    texts.map((_, index) => index + 1),
  )
  t.equal(visavis.chat.unsent, 0)
})

t.test('what others wrote while the network was away is there after it, without a gap', async (t) => {
  const { visavis, network, url } = await onBrokenNetwork(t)
  const channel = visavis.chat.channel('jobseeker-1')
  await until(() => channel.loaded)
  network.setDown(true)
  network.cut()
  await until(() => visavis.state === 'recovering')
  const anne = open(t, url, 'advisor-anne')
  for (let count = 0; count < 5; count += 1) await anne.chat.channel('jobseeker-1').send(`pendant la coupure ${count}`)
  network.setDown(false)
  visavis.hurry()
  await until(() => channel.messages.length === 5, { what: 'the messages missed' })
  t.same(
    channel.messages.map(({ offset }) => offset),
    [1, 2, 3, 4, 5],
  )
})

t.test('a connection in doubt that says nothing is replaced, long before its silence alone would tell', async (t) => {
  const { visavis, network } = await onBrokenNetwork(t)
  const states: string[] = []
  visavis.onState((state) => states.push(state))
  network.freeze()
  const from = performance.now()
  visavis.probe(500)
  await until(() => states.includes('open'), { what: 'a new connection' })
  t.ok(performance.now() - from < 8_000, `after ${performance.now() - from} ms`)
  t.same(states, ['recovering', 'open'])

  visavis.probe(500)
  await until(() => performance.now() - from > 4_000, { what: 'the end of the doubt' })
  t.same(states, ['recovering', 'open'], 'one that answers stays')
})

t.test('a request has a deadline even while nothing can be reached', async (t) => {
  const { visavis, network } = await onBrokenNetwork(t)
  network.setDown(true)
  network.cut()
  await t.rejects(visavis.call('chat.channels', {}, { timeoutMs: 300 }), { code: 'UNAVAILABLE' })
})

t.test('a token that is refused closes the connection for good and says why', async (t) => {
  const node = await testNode(t)
  const visavis = connect({ url: node.url, token: () => 'not a token' })
  t.teardown(() => visavis.close())
  await t.rejects(visavis.opened, { code: 'UNAUTHENTICATED' })
  t.equal(visavis.state, 'closed')
  await t.rejects(visavis.call('chat.channels', {}), { code: 'UNAUTHENTICATED' })
})

t.test('more requests at once than the server takes are all answered', async (t) => {
  const node = await testNode(t, { VISAVIS_MAX_IN_FLIGHT: '4' })
  const visavis = open(t, node.url, 'jobseeker-1')
  const answers = await Promise.all(Array.from({ length: 100 }, () => visavis.call('chat.channels', {})))
  t.equal(answers.length, 100)
})

t.test('what is too large is refused here, and the connection stands', async (t) => {
  const node = await testNode(t)
  const visavis = open(t, node.url, 'jobseeker-1')
  await visavis.opened
  const text = 'x'.repeat(100_000)
  await t.rejects(visavis.call('chat.publish', { channel: 'jobseeker-1', key: 'k'.repeat(16), text }), {
    code: 'TOO_LARGE',
  })
  t.equal(visavis.state, 'open')
})
