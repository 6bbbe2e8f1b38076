/** The scripts on a real Redis against the plain model, over random acts of two advisors, in order and at once. */
import { isDeepStrictEqual } from 'node:util'
import fc from 'fast-check'
import t from 'tap'
import { noteKeys } from '../../src/notes/keys.ts'
import { Notes } from '../../src/notes/notes.ts'
import { type Note, type Position, VisavisError } from '../../src/protocol/index.ts'
import { parseEntry } from '../../src/store/events.ts'
import { testRedis } from '../support/redis.ts'
import { Model } from './model.ts'

const numRuns = process.env.VISAVIS_TEST_LONG === '1' ? 2_000 : 80
const mostRounds = 5
const advisors = ['anne', 'bruno']
const idOf = (n: number) => `note-${n}xxx`

const which = { by: fc.constantFrom(...advisors), note: fc.nat(5), clock: fc.constantFrom(0, 0, 1, 7, -3) }
/** Few texts, so that edits to the text that stands come about; all kinds of them. */
const text = fc.oneof(fc.constantFrom('a', 'b', 'c'), fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }))
const act = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant('add' as const), text, ...which }) },
  // Mostly the newest state was read: what is refused at the door tries little.
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant('edit' as const), text, stale: fc.constantFrom(0, 0, 0, 1, 2), ...which }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('remove' as const), ...which }) },
  // The same request comes once more, however late.
  { weight: 3, arbitrary: fc.record({ do: fc.constant('repeat' as const), back: fc.nat(8) }) },
)
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never

/** What a client would send. */
type Request =
  | { readonly do: 'add'; readonly id: string; readonly text: string; readonly by: string }
  | {
      readonly do: 'edit'
      readonly id: string
      readonly text: string
      readonly by: string
      readonly editedAt: number | undefined
    }
  | { readonly do: 'remove'; readonly id: string }

function same(actual: unknown, expected: unknown, what: string): void {
  if (isDeepStrictEqual(actual, expected)) return
  throw new Error(`${what}: Redis says ${JSON.stringify(actual)}, the model ${JSON.stringify(expected)}`)
}

const outcomeOf = (work: Promise<Note>): Promise<Note | string> =>
  work.catch((error: unknown) => {
    if (error instanceof VisavisError) return error.code
    throw error
  })

/** One of the moments at which the note was changed, as somebody may have read it. */
function readingOf(model: Model, id: string, stale: number): number | undefined {
  const note = model.find(id)
  const stamps = [note?.editedAt, ...(model.versions.get(id) ?? []).map(({ n, at }) => (n === 1 ? undefined : at))]
  return stamps[Math.min(stale, stamps.length - 1)]
}

function requestOf(act: Exclude<Act, { do: 'repeat' }>, model: Model): Request {
  const id = idOf(act.note)
  if (act.do === 'add') return { do: 'add', id, text: act.text, by: act.by }
  if (act.do === 'remove') return { do: 'remove', id }
  return { do: 'edit', id, text: act.text, by: act.by, editedAt: readingOf(model, id, act.stale) }
}

async function readAll(notes: Notes, jobseeker: string): Promise<Note[]> {
  const all: Note[] = []
  for (let page = await notes.list(jobseeker, { limit: 2 }); ; ) {
    all.push(...page.notes)
    const oldest = page.notes.at(-1)
    if (!page.more || oldest === undefined) return all
    page = await notes.list(jobseeker, { limit: 2, before: oldest.at })
  }
}

t.test('whatever two advisors do in whatever order, once or again, the scripts do what the model does', async (t) => {
  await using redis = await testRedis(t, { args: ['--appendonly', 'no'] })
  const { client } = redis
  const reached = new Set<string>()
  let runs = 0
  const property = fc.asyncProperty(fc.array(act, { minLength: 15, maxLength: 50 }), async (acts) => {
    runs += 1
    const jobseeker = `jobseeker-${runs}`
    let clock = 1_767_000_000_000
    const notes = new Notes({ client, now: () => clock })
    const model = new Model()
    const asked: Request[] = []
    const perform = async (request: Request) => {
      if (request.do === 'remove') {
        await notes.remove(jobseeker, request.id)
        return model.remove(request.id)
      }
      const { id, text, by } = request
      const actual = await outcomeOf(
        request.do === 'add' ? notes.add(jobseeker, { id, text, by }) : notes.edit(jobseeker, request),
      )
      const expected =
        request.do === 'add'
          ? model.add({ id, jobseeker, text, by }, clock)
          : model.edit(id, text, by, request.editedAt, clock)
      same(actual, expected, `${request.do} ${id}`)
      reached.add(typeof expected === 'string' ? `${request.do} ${expected}` : request.do)
    }
    for (const act of acts) {
      if (act.do !== 'repeat') clock += act.clock
      const request = act.do === 'repeat' ? asked.at(-1 - act.back) : requestOf(act, model)
      if (request === undefined) continue
      if (act.do === 'repeat') reached.add(`repeat ${request.do}`)
      asked.push(request)
      await perform(request)
      same(await readAll(notes, jobseeker), model.notes, 'the list')
    }
    for (const { id } of model.notes) {
      same(await notes.note(jobseeker, id), model.find(id), `note ${id}`)
      same((await notes.versions(jobseeker, id)).versions, model.versions.get(id), `versions of ${id}`)
    }
    const exported = await Array.fromAsync(notes.all(jobseeker))
    same(
      exported,
      model.notes.map((note) => ({ note, versions: (model.versions.get(note.id) ?? []).toReversed() })),
      'the export',
    )
    const { log, notes: hash, versions, order, numbers, changes } = noteKeys(jobseeker)
    const facts = (await client.xrange(log, '-', '+'))
      .map(([, [, entry]]) => JSON.parse(parseEntry(entry ?? '').text) as { jobseeker: string; id: string })
      .filter((fact) => fact.jobseeker === jobseeker)
    same(
      facts.map(({ id }) => id),
      model.told,
      'what was told',
    )
    const counts = model.notes.map(({ id }) => model.versions.get(id)?.length ?? 0).filter((count) => count > 0)
    same(
      [await client.hlen(hash), await client.zcard(order), await client.hlen(versions)],
      [model.notes.length, model.notes.length, counts.reduce((sum, n) => sum + n + 1, 0)],
      'nothing is left over',
    )
    const everMade = model.notes.length + model.removed.size
    same([await client.hlen(numbers), await client.zcard(changes)], [everMade, everMade], 'each has its number')
    same(
      await followed(notes, jobseeker),
      new Map(model.notes.map(({ id, text }) => [id, text])),
      'whoever follows the changes, in pages of two, has what is there',
    )
    await notes.forget(jobseeker)
    await client.del(log)
  })
  // A generator that never gets anywhere would prove nothing; by chance it may take more runs.
  const everything = ['add', 'add GONE', 'edit', 'edit CONFLICT', 'edit NOT_FOUND']
  const reaches = [...everything, 'repeat add', 'repeat edit', 'repeat remove']
  const isComplete = () => reaches.every((what) => reached.has(what))
  for (let round = 0; round === 0 || (round < mostRounds && !isComplete()); round += 1)
    await fc.assert(property, { numRuns })
  for (const what of reaches) t.ok(reached.has(what), what)
})

t.test('whatever two advisors do at once, every text that was accepted is there once, in one chain', async (t) => {
  await using redis = await testRedis(t, { args: ['--appendonly', 'no'] })
  const second = redis.client.duplicate()
  t.teardown(() => second.disconnect())
  const desks = [new Notes({ client: redis.client }), new Notes({ client: second })]
  const jobseeker = 'jobseeker-1'
  let edits = 0
  let conflicts = 0
  await Promise.all(
    desks.map(async (desk, who) => {
      for (let round = 0; round < 150; round += 1) {
        const id = idOf(round % 3)
        // Both make the same one, and one of them did.
        const note = await desk.add(jobseeker, { id, text: `first by ${who}`, by: `${who}` })
        const text = `${who} in round ${round}`
        const edited = await outcomeOf(desk.edit(jobseeker, { id, text, by: `${who}`, editedAt: note.editedAt }))
        if (typeof edited === 'string') conflicts += 1
        else edits += 1
      }
    }),
  )
  t.ok(conflicts > 0, `${edits} edits, ${conflicts} conflicts`)
  const records = desks[0] === undefined ? [] : await Array.fromAsync(desks[0].all(jobseeker))
  t.equal(records.length, 3)
  let kept = 0
  for (const { note, versions } of records) {
    const texts = [...versions.map(({ text }) => text), note.text]
    const stamps = [...versions.map(({ at }) => at), note.editedAt ?? note.at]
    t.equal(new Set(texts).size, texts.length, 'each once')
    t.ok(
      stamps.every((at, n) => n === 0 || at > (stamps[n - 1] ?? 0)),
      'one after the other',
    )
    kept += texts.length - 1
  }
  t.equal(kept, edits, 'none was lost')
})

/** The texts of all notes by what has changed since, and since. */
async function followed(notes: Notes, jobseeker: string): Promise<Map<string, string>> {
  const texts = new Map<number, [id: string, text: string]>()
  for (let from: Position | undefined, more = true; more; ) {
    const page = await notes.changesSince(jobseeker, from, 2)
    for (const { number, note } of page.changed) {
      if (note === undefined) texts.delete(number)
      else texts.set(number, [note.id, note.text])
    }
    from = page.position
    more = page.more
  }
  return new Map(texts.values())
}
