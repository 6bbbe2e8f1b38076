/** Whom a note reaches, by every byte that everybody is sent: the jobseeker's advisor and who covers for them at the moment. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import t, { type Test } from 'tap'
import { Covers } from '../../src/enrolment/covers.ts'
import type { Note } from '../../src/protocol/index.ts'
import { openStage, type Stage } from '../scenarios/stage.ts'
import { until } from '../support/until.ts'
import { breath, type Ear, openEar } from './ear.ts'
import { everythingIn } from './everything.ts'

const jobseeker = 'jobseeker-1'
const [anne, bruno, chloe, david] = ['advisor-anne', 'advisor-bruno', 'advisor-chloe', 'advisor-david']
const others = ['supervisor-claire', 'supervisor-all', 'operator-denis', 'jobseeker-2', jobseeker]
const everybody = [anne, bruno, chloe, david, ...others]
const agency = 'agency'.repeat(8)

async function openCast(t: Test, count: 1 | 2) {
  const stage = await openStage(t, count)
  for (const id of [chloe, david]) await stage.put(id, { role: 'advisor', name: id, team: 'rennes' })
  await stage.put('supervisor-all', { role: 'supervisor', name: 'S' })
  const ears: Ear[] = []
  const enter = async (person: string, place: number, resume?: Parameters<typeof openEar>[0]['resume']) => {
    const token = await stage.token(person)
    const ear = await openEar({ url: stage.url(place), person, token, ...(resume === undefined ? {} : { resume }) })
    t.teardown(() => ear[Symbol.asyncDispose]())
    ears.push(ear)
    return ear
  }
  // Everybody twice: at both nodes, if there are two.
  for (const person of everybody) for (const place of [0, 1]) await enter(person, place, { streams: [] })
  /** Their open connections. */
  const of = (person: string) => ears.filter((ear) => ear.person === person && ear.open)
  const first = (person: string) => {
    const [ear] = of(person)
    if (ear === undefined) throw new Error(`${person} is not here`)
    return ear
  }
  /** Who has been sent a word, on any of their connections so far. */
  const heard = (word: string) => [
    ...new Set(ears.filter((ear) => ear.heard.includes(word)).map(({ person }) => person)),
  ]
  /** What was sent before is there when this is answered. */
  const settled = () => Promise.all(ears.filter(({ open }) => open).map((ear) => ear.call('session.heartbeat', {})))
  const told = async (word: string, ...people: string[]) => {
    const isThere = () => people.every((person) => of(person).every((ear) => ear.heard.includes(word)))
    await until(isThere, { what: `${word} at ${people.join(' and ')}` })
    await settled()
  }
  return { stage, ears, enter, of, first, heard, settled, told }
}
type Cast = Awaited<ReturnType<typeof openCast>>

const add = async (ear: Ear, word: string, id: string = randomUUID()) =>
  ((await ear.result('note.add', { jobseeker, id, text: `about ${word}` })) as { note: Note }).note

const mayList = async (ear: Ear) => !('error' in (await ear.call('note.list', { jobseeker })))

/** Asks for everything there is, in every way that there is. */
async function askEverything({ of, enter }: Cast, noteId: string): Promise<void> {
  // On every node the index has it by then, so that whoever might find it would.
  const finds = async (ear: Ear) =>
    ((await ear.result('chat.search', { query: 'about' })) as { hits: { space: string }[] }).hits.length > 0
  for (const ear of of(anne)) await until(() => finds(ear), { what: 'the note to be found' })
  const ask = async (person: string) => {
    const session = of(person).at(-1)?.opened.session ?? ''
    const streams = [`channel:${jobseeker}`, `person:${person}`].map((stream) => ({
      stream,
      position: { epoch: '', offset: 0 },
    }))
    const lost = streams.map(({ stream }) => ({ stream, position: { epoch: 'lost', offset: 3 } }))
    for (const [place, known] of [streams, lost, []].entries()) {
      // Each takes the session up and closes the connection before it.
      const ear = await enter(person, place, { session, streams: known })
      await ear.call('session.recover', { streams })
      await ear.call('session.recover', { streams: [{ stream: `notes:${jobseeker}`, position: streams[0]?.position }] })
      await ear.call('chat.channels', {})
      await ear.call('chat.history', { channel: jobseeker, limit: 200 })
      await ear.call('callback.list', {})
      await ear.call('enrolment.portfolio', {})
      await ear.call('enrolment.advisor', {})
      for (const where of [{}, { channel: jobseeker }]) await ear.call('chat.search', { query: 'about', ...where })
      if (person === anne || person === bruno) continue
      const note = { jobseeker, id: noteId }
      for (const [method, params] of [
        ['note.list', { jobseeker }],
        ['note.versions', note],
        ['note.edit', { ...note, text: 'mine' }],
        ['note.add', { ...note, text: 'mine' }],
        ['note.remove', note],
      ] as const)
        await ear.call(method, params)
    }
  }
  await Promise.all(everybody.map(ask))
}

async function askByRest(stage: Stage): Promise<string> {
  const { paths } = JSON.parse(await readFile(new URL('../../docs/openapi.json', import.meta.url), 'utf8')) as {
    paths: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  }
  const tokens = [agency, ...(await Promise.all(everybody.map((person) => stage.token(person))))]
  const answers: string[] = []
  for (const [path, { get }] of Object.entries(paths)) {
    if (get === undefined) continue
    for (const id of [jobseeker, anne]) {
      const target = path.replace('{region}', 'bretagne').replace('{id}', id)
      const ask = async (token: string) =>
        (await fetch(`${stage.url(0)}${target}`, { headers: { authorization: `Bearer ${token}` } })).text()
      answers.push(...(await Promise.all(tokens.map(ask))))
    }
  }
  return answers.join('\n')
}

for (const count of [1, 2] as const) {
  const where = count === 1 ? 'one node' : 'two nodes'

  t.test(`a note reaches advisor and cover alone, whatever is asked for: ${where}`, async (t) => {
    const cast = await openCast(t, count)
    const { stage, first, heard, told, settled } = cast
    const covers = new Covers({ client: stage.redis.client })
    const cover = { id: 'c1', region: 'bretagne', advisor: anne, cover: bruno }

    const note = await add(first(anne), 'kumquat')
    await told('kumquat', anne)
    t.same(heard('kumquat'), [anne])

    await covers.put({ ...cover, from: Date.now(), until: Date.now() + 3_600_000 })
    await until(() => mayList(first(bruno)), { what: 'the cover' })
    const edit = { jobseeker, id: note.id, text: 'about medlar' }
    const { note: edited } = (await first(bruno).result('note.edit', edit)) as { note: Note }
    await told('medlar', anne, bruno)
    t.same(heard('medlar'), [anne, bruno])
    const conflict = await first(anne).call('note.edit', { ...edit, text: 'about loquat' })
    t.match(conflict, { error: { code: 'CONFLICT', details: { note: edited } } })
    await add(first(anne), 'quince')
    await told('quince', anne, bruno)
    await first(jobseeker).result('chat.publish', { channel: jobseeker, key: randomUUID(), text: 'bonjour' })

    await askEverything(cast, note.id)
    await settled()
    for (const word of ['kumquat', 'medlar', 'quince']) t.same(heard(word), [anne, bruno], word)
    t.same(heard('loquat'), [], 'what was refused reaches nobody')
    t.ok(heard('bonjour').includes(jobseeker), 'this test can hear')
    const rest = await askByRest(stage)
    t.notMatch(rest, /kumquat|medlar|quince|loquat/)
    t.match(rest, /"act":"note\.add".*"kind":"note"/, 'the audit log was among it')
    t.match(await everythingIn(stage.redis.client), /medlar.*\n.*kumquat|kumquat.*\n.*medlar/s, 'it is there')
    for (const key of await stage.redis.client.keys('vv:audit:*')) {
      if ((await stage.redis.client.type(key)) !== 'stream') continue
      t.notMatch(JSON.stringify(await stage.redis.client.xrange(key, '-', '+')), /kumquat|medlar|quince|loquat/)
    }

    await covers.end('bretagne', 'c1')
    await until(async () => !(await mayList(first(bruno))), { what: 'the cover to be over' })
    await add(first(anne), 'tangelo')
    await told('tangelo', anne)
    t.same(heard('tangelo'), [anne])
  })

  t.test(
    `notes follow the jobseeker when the advisor changes, and the former one hears no more: ${where}`,
    async (t) => {
      const cast = await openCast(t, count)
      const { stage, first, heard, told } = cast
      const note = await add(first(anne), 'kumquat')
      await told('kumquat', anne)
      await stage.put(jobseeker, { role: 'jobseeker', name: 'Jeanne Martin', advisor: chloe })
      // As soon as the new one may, and by then no former one may hear it, on any node.
      const words = await writeAs(first(chloe), 20)
      await told(words.at(-1) ?? '', chloe)
      for (const word of words) t.same(heard(word), [chloe])
      for (const ear of cast.of(anne))
        t.match(await ear.call('note.list', { jobseeker }), { error: { code: 'FORBIDDEN' } })
      await first(chloe).result('note.list', { jobseeker })
      await first(chloe).result('note.edit', { jobseeker, id: note.id, text: 'about medlar' })
      const { versions } = (await first(chloe).result('note.versions', { jobseeker, id: note.id })) as {
        versions: unknown[]
      }
      t.match(versions, [{ text: 'about kumquat', by: anne }])
      await told('medlar', chloe)
      t.same(heard('kumquat'), [anne, chloe])
      t.same(heard('medlar'), [chloe])

      await first(chloe).result('note.remove', { jobseeker, id: note.id })
      await told(`"note.removed","data":{"jobseeker":"${jobseeker}","id":"${note.id}"`, chloe)
      t.notMatch(await everythingIn(stage.redis.client), /kumquat|medlar/, 'and it is gone')
      t.same(heard('note.removed'), [chloe])
    },
  )

  t.test(`a cover that ends by the clock hears nothing from that moment on: ${where}`, async (t) => {
    const { stage, first, of, ears, settled } = await openCast(t, count)
    const ends = Date.now() + 3_000
    const cover = { id: 'c1', region: 'bretagne', advisor: anne, cover: bruno, from: Date.now(), until: ends }
    await new Covers({ client: stage.redis.client }).put(cover)
    await until(() => mayList(first(bruno)), { what: 'the cover' })
    const made = new Map<string, number>()
    // As many as it takes: the first of them come while the cover's topics are still there.
    for (let after = 0; after < 40; ) {
      const word = `canary${made.size}x`
      const { at } = await add(first(anne), word)
      made.set(word, at)
      if (at >= ends) after += 1
      await breath()
    }
    await settled()
    const during = [...made].filter(([word]) => of(bruno).some((ear) => ear.heard.includes(word)))
    t.ok(during.length > 0, `${during.length} of ${made.size} were heard`)
    t.same(
      during.filter(([, at]) => at >= ends),
      [],
    )
    t.notOk(ears.some(({ person, heard }) => ![anne, bruno].includes(person) && heard.includes('canary')))
  })
}

/** Notes of words of their own, from the moment this is allowed. */
async function writeAs(ear: Ear, count: number): Promise<string[]> {
  const words: string[] = []
  await until(
    () =>
      add(ear, `canary${words.length}x`).then(
        () => words.push(`canary${words.length}x`),
        () => false,
      ),
    {
      what: 'access',
      everyMs: 1,
    },
  )
  while (words.length < count) {
    const word = `canary${words.length}x`
    await add(ear, word)
    words.push(word)
  }
  return words
}
