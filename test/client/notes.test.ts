/** Notes through the client, on a network that breaks, against a real node. */
import t, { type Test } from 'tap'
import { connect, developmentToken, type NoteBook, VisavisError } from '../../client/index.ts'
import { Covers } from '../../src/enrolment/covers.ts'
import { testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { cuttableNetwork } from './cuttable.ts'

const agencyToken = 'agency'.repeat(8)
const redis = await testRedis(t)
const node = await testNode(t, { REDIS_URL: redis.url, VISAVIS_AGENCY_TOKEN: agencyToken })

const put = async (id: string, person: Readonly<Record<string, unknown>>) => {
  const response = await fetch(`${node.url}/api/regions/bretagne/people/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${agencyToken}` },
    body: JSON.stringify(person),
  })
  if (!response.ok) throw new Error(await response.text())
}
/** A jobseeker of one's own, so that tests do not meet. */
const enrol = async (jobseeker: string, advisor: string) => {
  await put(jobseeker, { role: 'jobseeker', name: jobseeker, advisor })
  return jobseeker
}
for (const n of [1, 2]) await put(`desk-${n}`, { role: 'advisor', name: `Desk ${n}` })

const signIn = async (t: Test, person: string, url = node.url) => {
  const visavis = connect({ url, token: async () => (await developmentToken(node.url, person)).token })
  t.teardown(() => visavis.close())
  await visavis.opened
  return visavis
}
const textsOf = ({ notes }: NoteBook) => notes.map(({ text }) => text)
const showing = (book: NoteBook, ...texts: string[]) =>
  until(() => book.loaded && JSON.stringify(textsOf(book)) === JSON.stringify(texts), { what: texts.join(', ') })

t.test('what one device notes, changes and removes the others of the advisor’s side see at once', async (t) => {
  const jobseeker = await enrol('seen', 'desk-1')
  const desk = (await signIn(t, 'desk-1')).notes.of(jobseeker)
  const phone = (await signIn(t, 'desk-1')).notes.of(jobseeker)
  await Promise.all([showing(desk), showing(phone)])
  const first = await desk.add('one')
  await desk.add('two')
  await showing(phone, 'two', 'one')
  const edited = await phone.edit(first, 'one again')
  await showing(desk, 'two', 'one again')
  t.same(await desk.versions(first.id), {
    versions: [{ n: 1, text: 'one', by: 'desk-1', at: first.at }],
    more: false,
  })
  await desk.remove(edited.id)
  await Promise.all([showing(desk, 'two'), showing(phone, 'two')])
  await t.rejects(phone.edit(edited, 'too late'), { code: 'NOT_FOUND' })
})

t.test('an edit of what has changed since it was read is refused, and the newest is shown', async (t) => {
  const jobseeker = await enrol('conflict', 'desk-1')
  const desk = (await signIn(t, 'desk-1')).notes.of(jobseeker)
  const phone = (await signIn(t, 'desk-1')).notes.of(jobseeker)
  const read = await desk.add('one')
  await phone.edit(read, 'two')
  const refused = await desk.edit(read, 'mine').catch((error: unknown) => error)
  t.ok(refused instanceof VisavisError)
  t.match(refused, { code: 'CONFLICT', details: { note: { text: 'two' } } })
  t.same(textsOf(desk), ['two'])
  const [newest = read] = desk.notes
  await desk.edit(newest, 'mine')
  await showing(phone, 'mine')
})

t.test('a change whose answer was lost is sent again and done once', async (t) => {
  const jobseeker = await enrol('lost', 'desk-1')
  await using network = await cuttableNetwork(node.url)
  const desk = (await signIn(t, 'desk-1', network.url)).notes.of(jobseeker)
  const witness = (await signIn(t, 'desk-1')).notes.of(jobseeker)
  await Promise.all([showing(desk), showing(witness)])
  /** It reaches the server, and its answer does not come back. */
  const unanswered = async <T>(change: () => Promise<T>, ...seen: string[]): Promise<T> => {
    network.loseAnswers()
    const changing = change()
    await showing(witness, ...seen)
    network.cut()
    return changing
  }
  const note = await unanswered(() => desk.add('once'), 'once')
  await showing(desk, 'once')
  const edited = await unanswered(() => desk.edit(note, 'edited'), 'edited')
  t.equal((await witness.versions(note.id)).versions.length, 1)
  await unanswered(() => desk.remove(edited.id))
  await showing(desk)
  await showing(witness)
})

t.test(
  'what changed while the network was away is right after it, with everything that was shown before',
  async (t) => {
    const jobseeker = await enrol('away', 'desk-1')
    await using network = await cuttableNetwork(node.url)
    const phone = (await signIn(t, 'desk-1')).notes.of(jobseeker)
    for (let n = 1; n <= 130; n += 1) await phone.add(`note ${n}`)
    const visavis = await signIn(t, 'desk-1', network.url)
    const desk = visavis.notes.of(jobseeker)
    await until(() => desk.loaded)
    t.same([desk.notes.length, desk.more], [50, true])
    await desk.loadOlder()
    await desk.loadOlder()
    t.same([desk.notes.length, desk.more], [130, false])
    network.setDown(true)
    network.cut()
    await until(() => visavis.state === 'recovering')
    const [newest, , third] = phone.notes
    const oldest = (await allOf(phone)).at(-1)
    if (newest === undefined || third === undefined || oldest === undefined) throw new Error('130 notes are there')
    await phone.remove(newest.id)
    await phone.edit(third, 'edited meanwhile')
    await phone.remove(oldest.id)
    await phone.add('made meanwhile')
    network.setDown(false)
    visavis.hurry()
    await until(() => textsOf(desk)[0] === 'made meanwhile', { what: 'the reading after it' })
    t.same(textsOf(desk), textsOf(phone))
    t.equal(desk.notes.length, 129)
  },
)

t.test(
  'connections cut at random bytes: every change is done once, and everybody ends with the same notes',
  async (t) => {
    const jobseeker = await enrol('rough', 'desk-1')
    const networks = await Promise.all([0, 1].map(() => cuttableNetwork(node.url)))
    for (const network of networks) t.teardown(() => network[Symbol.asyncDispose]())
    const books = await Promise.all(
      networks.map(async (network, who) => {
        const visavis = await signIn(t, 'desk-1', network.url)
        const book = visavis.notes.of(jobseeker)
        // Not to wait for the end of a backoff that grows with every cut.
        const hurrying = setInterval(() => visavis.hurry(), 100)
        for (let round = 0; round < 20; round += 1) {
          if (round % 4 === 0) network.cutAfter(Math.ceil(Math.random() * 4_000))
          const note = await book.add(`${who} in round ${round}`)
          if (round % 3 === 0) await book.edit(note, `${who} edited in round ${round}`)
          if (round % 4 === 0) await book.remove(note.id)
        }
        clearInterval(hurrying)
        network.cutAfter(Number.POSITIVE_INFINITY)
        return book
      }),
    )
    t.comment(`${networks.map(({ connections }) => connections).join(' and ')} connections`)
    const truth = (await signIn(t, 'desk-1')).notes.of(jobseeker)
    await until(() => truth.loaded)
    for (const book of books) await showing(book, ...textsOf(truth))
    t.equal(truth.notes.length, 30)
    for (const { id, editedAt } of truth.notes)
      t.equal((await truth.versions(id)).versions.length, editedAt === undefined ? 0 : 1)
  },
)

t.test('whoever follows the jobseeker no longer sees nothing more, and whoever does now sees all', async (t) => {
  const jobseeker = await enrol('moved', 'desk-1')
  const former = (await signIn(t, 'desk-1')).notes.of(jobseeker)
  const next = (await signIn(t, 'desk-2')).notes.of(jobseeker)
  await former.add('one')
  await showing(former, 'one')
  await until(() => next.error)
  t.match(next.error, { code: 'FORBIDDEN' })
  await put(jobseeker, { role: 'jobseeker', name: jobseeker, advisor: 'desk-2' })
  await showing(next, 'one')
  t.equal(next.error, undefined)
  await until(() => former.notes.length === 0 && !former.loaded, { what: 'the former one to forget' })
  await t.rejects(former.add('two'), { code: 'FORBIDDEN' })
})

t.test('a cover sees them for as long as it lasts', async (t) => {
  const jobseeker = await enrol('covered', 'desk-1')
  const desk = (await signIn(t, 'desk-1')).notes.of(jobseeker)
  await desk.add('one')
  const visavis = await signIn(t, 'desk-2')
  const now = Date.now()
  const cover = { id: 'while-away', region: 'bretagne', advisor: 'desk-1', cover: 'desk-2' }
  await new Covers({ client: redis.client }).put({ ...cover, from: now, until: now + 3_000 })
  await until(() => visavis.chat.channels.some(({ channel }) => channel === jobseeker), { what: 'the cover' })
  const book = visavis.notes.of(jobseeker)
  await showing(book, 'one')
  await book.add('by the cover')
  await showing(desk, 'by the cover', 'one')
  await until(() => !book.loaded, { what: 'the end of the cover' })
  t.same(book.notes, [])
  t.ok(Date.now() >= now + 3_000)
})

t.test('a jobseeker is refused', async (t) => {
  const jobseeker = await enrol('curious', 'desk-1')
  const desk = (await signIn(t, 'desk-1')).notes.of(jobseeker)
  await desk.add('one')
  const book = (await signIn(t, jobseeker)).notes.of(jobseeker)
  await until(() => book.error)
  t.match(book.error, { code: 'FORBIDDEN' })
  await t.rejects(book.add('mine'), { code: 'FORBIDDEN' })
  t.same(book.notes, [])
})

async function allOf(book: NoteBook) {
  while (book.more) await book.loadOlder()
  return book.notes
}
