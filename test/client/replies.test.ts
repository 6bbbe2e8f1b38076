/** Canned replies between devices and colleagues, over two nodes. */
import t, { type Test } from 'tap'
import { connect, type Visavis } from '../../client/index.ts'
import { testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'
import { cuttableNetwork } from './cuttable.ts'

const agencyToken = 'agency'.repeat(8)
const redis = await testRedis(t)
const settings = {
  REDIS_URL: redis.url,
  VISAVIS_AGENCY_TOKEN: agencyToken,
  VISAVIS_JWT_SECRET: 'the secret of this test, for all its nodes',
}
const first = await testNode(t, settings)
const second = await testNode(t, settings)

const put = async (id: string, person: object) => {
  const response = await fetch(`${first.url}/api/regions/bretagne/people/${id}`, {
    method: 'PUT',
    headers: { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' },
    body: JSON.stringify(person),
  })
  if (!response.ok) throw new Error(await response.text())
}

let made = 0
/** A team of its own for each test. */
async function team(t: Test) {
  made += 1
  const id = (of: string) => `${of}-${made}`
  const name = `équipe ${made} / a b`
  for (const one of ['anne', 'bruno']) await put(id(one), { role: 'advisor', name: one, team: name })
  await put(id('chloe'), { role: 'advisor', name: 'Chloé', team: 'another' })
  await put(id('alone'), { role: 'advisor', name: 'Alone' })
  await put(id('sara'), { role: 'supervisor', name: 'Sara', team: name })
  await put(id('rita'), { role: 'supervisor', name: 'Rita' })
  const signIn = async (of: string, node: { readonly url: string } = first): Promise<Visavis> => {
    const visavis = connect({ url: node.url, token: () => first.token(id(of)) })
    t.teardown(() => visavis.close())
    await visavis.opened
    visavis.replies.refresh()
    await until(() => visavis.replies.loaded, { what: 'the replies' })
    return visavis
  }
  return { id, name, signIn }
}
const titles = ({ replies }: Visavis) => replies.list.map(({ scope, title }) => `${scope} ${title}`)
const shows = (visavis: Visavis, ...expected: string[]) =>
  until(() => titles(visavis).join() === expected.join(), { what: expected.join() || 'nothing' })
const codeOf = (done: Promise<unknown>): Promise<string> =>
  done.then(
    () => 'ok',
    (error: { code: string }) => error.code,
  )
const salut = { title: 'Salut', text: 'Bonjour {{jobseeker.name}}' }

t.test('one’s own are on all of one’s devices and on nobody else’s', async (t) => {
  const { id, signIn } = await team(t)
  const [desk, phone] = [await signIn('anne'), await signIn('anne', second)]
  const [bruno, sara] = [await signIn('bruno'), await signIn('sara')]
  const reply = await desk.replies.put({ scope: 'own', ...salut })
  t.match(reply, { scope: 'own', ...salut, author: id('anne'), updatedBy: id('anne') })
  t.same(titles(desk), ['own Salut'])
  await shows(phone, 'own Salut')
  await phone.replies.put({ ...reply, title: 'Bonsoir' })
  await shows(desk, 'own Bonsoir')
  const [newest] = desk.replies.list
  if (newest === undefined) return t.fail('nothing')
  await desk.replies.remove(newest)
  t.same(titles(desk), [])
  await shows(phone)
  await desk.replies.remove(newest)
  for (const other of [bruno, sara]) t.same(titles(other), [])
  t.equal(await codeOf(sara.replies.put({ scope: 'own', ...salut })), 'FORBIDDEN')
})

t.test('the team’s are those of the whole team and its supervisor, and of nobody else', async (t) => {
  const { id, signIn } = await team(t)
  const [anne, bruno, sara] = [await signIn('anne'), await signIn('bruno', second), await signIn('sara', second)]
  const [chloe, alone] = [await signIn('chloe'), await signIn('alone')]
  const reply = await anne.replies.put({ scope: 'team', ...salut })
  await Promise.all([bruno, sara].map((one) => shows(one, 'team Salut')))
  t.equal(await codeOf(bruno.replies.put({ ...reply, text: 'autre' })), 'FORBIDDEN', 'a colleague does not change it')
  t.equal(await codeOf(bruno.replies.remove(reply)), 'FORBIDDEN')
  const changed = await sara.replies.put({ ...reply, text: 'autre' })
  t.match(changed, { author: id('anne'), updatedBy: id('sara') })
  await until(() => anne.replies.list[0]?.text === 'autre', { what: 'the change' })
  await anne.replies.remove(changed)
  await Promise.all([bruno, sara].map((one) => shows(one)))
  for (const other of [chloe, alone]) t.same(titles(other), [])
  t.equal(await codeOf(alone.replies.put({ scope: 'team', ...salut })), 'FORBIDDEN', 'who is in no team has none')
})

t.test('who was slower is told the newest, and the list knows it', async (t) => {
  const { signIn } = await team(t)
  const [anne, sara] = [await signIn('anne'), await signIn('sara')]
  const reply = await anne.replies.put({ scope: 'team', ...salut })
  await shows(sara, 'team Salut')
  const results = await Promise.allSettled([
    anne.replies.put({ ...reply, title: 'A' }),
    sara.replies.put({ ...reply, title: 'S' }),
  ])
  const won = results.find((result) => result.status === 'fulfilled')?.value
  const lost = results.find((result) => result.status === 'rejected')?.reason as unknown
  t.match(lost, { code: 'CONFLICT', details: { reply: won } })
  await Promise.all([anne, sara].map((one) => shows(one, `team ${won?.title}`)))
  t.same(await anne.replies.put({ ...reply, title: won?.title ?? '' }), won, 'the same content is no conflict')
})

t.test('a list that is told in pages is whole, and right after changes while it is read', async (t) => {
  const { signIn } = await team(t)
  const anne = await signIn('anne')
  const text = 'x'.repeat(4_000)
  const ids = Array.from({ length: 40 }, (_, n) => `r${String(n).padStart(2, '0')}`)
  await Promise.all(ids.map((id) => anne.replies.put({ id, scope: 'own', title: id, text })))
  const known = anne.replies.list
  const fresh = await signIn('anne', second)
  t.same(fresh.replies.list, known)
  for (const round of [1, 2, 3]) {
    fresh.replies.refresh()
    const [one, another] = anne.replies.list
    if (one === undefined || another === undefined) return t.fail('too few')
    await Promise.all([anne.replies.put({ ...one, text: `${round}` }), anne.replies.remove(another)])
    await until(() => JSON.stringify(fresh.replies.list) === JSON.stringify(anne.replies.list), { what: 'the same' })
  }
  t.equal(fresh.replies.list.length, 37)
})

t.test('what happened without a connection is known after it', async (t) => {
  const { signIn } = await team(t)
  const network = await cuttableNetwork(first.url)
  t.teardown(() => network[Symbol.asyncDispose]())
  const [anne, bruno] = [await signIn('anne', network), await signIn('bruno')]
  const reply = await anne.replies.put({ scope: 'team', ...salut })
  network.setDown(true)
  network.cut()
  await until(() => anne.state === 'recovering', { what: 'the loss' })
  await bruno.replies.put({ scope: 'team', title: 'Autre', text: 'x' })
  const elsewhere = await signIn('anne', second)
  await elsewhere.replies.remove(reply)
  t.same(titles(anne), ['team Salut'])
  network.setDown(false)
  await shows(anne, 'team Autre')
})

t.test('whoever works in another team has the replies of that one, and is told of those alone', async (t) => {
  const { id, name, signIn } = await team(t)
  const [anne, bruno, chloe] = [await signIn('anne'), await signIn('bruno'), await signIn('chloe', second)]
  const theirs = await chloe.replies.put({ scope: 'team', title: `Bleu ${id('')}`, text: 'x' })
  const reply = await anne.replies.put({ scope: 'team', ...salut })
  await anne.replies.put({ scope: 'own', title: 'A moi', text: 'x' })
  await shows(bruno, 'team Salut')
  await put(id('anne'), { role: 'advisor', name: 'anne', team: 'another' })
  await until(() => titles(anne).includes(`team ${theirs.title}`) && !titles(anne).includes('team Salut'), {
    what: 'the replies of the other team',
  })
  t.ok(titles(anne).includes('own A moi'))
  t.equal(await codeOf(anne.replies.put({ ...reply, scope: 'team', title: 'Encore' })), 'CONFLICT', 'there is none')
  const heard: string[] = []
  anne.on('reply.changed', ({ reply }) => heard.push(reply?.title ?? ''))
  await bruno.replies.put({ scope: 'team', title: 'Rouge', text: 'x' })
  await chloe.replies.put({ ...theirs, title: 'Indigo' })
  await until(() => heard.length > 0, { what: 'a change in the new team' })
  t.same(heard, ['Indigo'])
  const sara = await signIn('sara')
  t.same(titles(sara), ['team Rouge', 'team Salut'], 'what they made stays with the team')
  await chloe.replies.remove({ ...theirs, updatedAt: chloe.replies.list[0]?.updatedAt ?? 0 })
  t.ok(name)
})

t.test('a supervisor of the whole region has the replies of each team, by its name', async (t) => {
  const { name, signIn } = await team(t)
  const [anne, rita] = [await signIn('anne'), await signIn('rita')]
  t.same(titles(rita), [])
  const reply = await anne.replies.put({ scope: 'team', ...salut })
  t.same((await rita.call('reply.list', { scope: 'team', team: name })).replies, [reply])
  const { id, updatedAt } = reply
  await rita.call('reply.remove', { id, scope: 'team', team: name, updatedAt })
  await shows(anne)
  t.equal(await codeOf(anne.call('reply.list', { scope: 'team', team: 'another' })), 'FORBIDDEN')
  t.same((await anne.call('reply.list', { scope: 'team', team: name })).replies, [])
})

t.test('variables are checked when a reply is stored, and the region says what they stand for', async (t) => {
  const { signIn } = await team(t)
  const anne = await signIn('anne')
  await t.rejects(anne.replies.put({ scope: 'own', title: 'x', text: 'Cher {{nom}}' }), {
    code: 'BAD_REQUEST',
    details: { variable: 'nom' },
  })
  t.same(anne.replies.region, { id: 'bretagne', name: 'Bretagne', timeZone: 'Europe/Paris' })
})

t.test('jobseekers have nothing to do with canned replies', async (t) => {
  const jobseeker = await rawClient(first.url, await first.token('jobseeker-1'))
  t.teardown(() => jobseeker[Symbol.asyncDispose]())
  t.match(await jobseeker.call('reply.list', { scope: 'own' }), { error: { code: 'FORBIDDEN' } })
})
