/** The index against a naive search through all messages, over random sequences of acts, deaths of threads among them. */
import fc from 'fast-check'
import t from 'tap'
import { inChannels, namesOf, type TestSearch, testSearch } from './test-search.ts'

const channels = ['a', 'b', 'c1', 'c11']
/** Beginnings of each other, accents, apostrophes, phrases that contain each other. */
const vocabulary = [
  'un',
  'une',
  'unes',
  'été',
  'ETE',
  'l’été',
  "d'un",
  'rendez-vous',
  'rendez',
  'vous',
  'cœur',
  'CV',
  '2026',
  '👍',
  'ت',
]
const word = fc.constantFrom(...vocabulary)
const text = fc.array(word, { minLength: 1, maxLength: 6 }).map((words) => words.join(' '))
const channel = fc.constantFrom(...channels)
const query = fc.oneof(
  text,
  fc.array(word, { minLength: 1, maxLength: 3 }).map((words) => `"${words.join(' ')}"`),
  fc.tuple(text, word).map(([quoted, last]) => `"${quoted}" ${last.slice(0, 2)}`),
  word.map((whole) => Array.from(whole)[0] ?? ''),
)

const act = fc.oneof(
  { weight: 20, arbitrary: fc.record({ do: fc.constant('say' as const), channel, text }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('edit' as const), channel, which: fc.nat(20), text }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('delete' as const), channel, which: fc.nat(20) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('erase' as const), channel }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('lose' as const), channel }) },
  { weight: 1, arbitrary: fc.constant({ do: 'reopen' as const }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('kill' as const), role: fc.constantFrom('reader', 'writer') }) },
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('find' as const),
      query,
      in: fc.uniqueArray(channel, { minLength: 1 }),
      limit: fc.integer({ min: 1, max: 5 }),
    }),
  },
)
type Act = typeof act extends fc.Arbitrary<infer A> ? A : never

/** Another way to the same words: all marks away, then whatever is no letter, digit or emoji divides. */
const plain = (written: string) =>
  ` ${written
    .toLowerCase()
    .replaceAll('œ', 'oe')
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replace(/[^\p{L}\p{N}👍]+/gu, ' ')
    .trim()} `
const unelided = (chunk: string) => chunk.replace(/^[ld][’'](?=.)/iu, '')

function isFound(written: string, asked: string): boolean {
  const parts = asked.split('"')
  const needles = parts.flatMap((part, n) => {
    if (n % 2 === 1) return [plain(part)]
    const chunks = part.split(/\s+/).filter((chunk) => plain(chunk).trim() !== '')
    const isLast = n === parts.length - 1
    return chunks.map((chunk, m) => {
      const needle = plain(unelided(chunk))
      return isLast && m === chunks.length - 1 ? needle.trimEnd() : needle
    })
  })
  return needles.length > 0 && needles.every((needle) => plain(written).includes(needle))
}

function expected({ source }: TestSearch, asked: string, where: readonly string[]): string[] {
  const messages = where.flatMap((name) =>
    [...(source.conversations.get(name)?.messages.values() ?? [])].map((message) => ({ name, message })),
  )
  return messages
    .filter(({ message }) => message.text !== '' && isFound(message.text, asked))
    .sort((a, b) => b.message.at - a.message.at)
    .map(({ name, message }) => `${name}/${message.offset}`)
}

async function allPages(
  test: TestSearch,
  { query, in: where, limit }: Extract<Act, { do: 'find' }>,
): Promise<string[]> {
  const found: string[] = []
  let before: string | undefined
  do {
    const page = await test.find(query, where, {
      in: inChannels(where),
      limit,
      ...(before === undefined ? {} : { before }),
    })
    found.push(...namesOf(page))
    before = page.next
  } while (before !== undefined)
  return found
}

/** No two messages are of the same moment, so that there is one right order. */
let clock = 1_000

async function perform(test: TestSearch, act: Act): Promise<void> {
  const { source, search } = test
  if (act.do === 'reopen') return test.reopen()
  if (act.do === 'kill') return void (await test.thread(act.role as 'reader' | 'writer')?.terminate())
  if (act.do === 'find') {
    const [found, should] = [await allPages(test, act), expected(test, act.query, act.in)]
    if (JSON.stringify(found) === JSON.stringify(should)) return
    throw new Error(`${act.query} in ${act.in}: the index says ${found}, and it should be ${should}`)
  }
  clock += 1
  if (act.do === 'say') source.say(act.channel, act.text, { at: clock })
  if (act.do === 'edit' || act.do === 'delete') {
    const last = source.conversations.get(act.channel)?.last ?? 0
    if (last > 0) source.edit(act.channel, (act.which % last) + 1, act.do === 'edit' ? act.text : '')
  }
  if (act.do === 'lose' || act.do === 'erase') source.erase(act.channel)
  if (act.do === 'lose') source.say(act.channel, 'un cœur nouveau', { at: clock })
  if (act.do === 'erase') await search.forget(act.channel)
}

t.test('the index finds what a naive search finds, in the same order, whatever happens', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 80, size: 'max' }), async (acts) => {
      await using test = await testSearch({ teardown() {} })
      for (const one of acts) await perform(test, one)
      for (const name of ['un', 'ete', 'rendez-v', '"vous rendez"', '👍']) {
        await perform(test, { do: 'find', query: name, in: [...channels], limit: 3 })
      }
    }),
    { numRuns: process.env.VISAVIS_TEST_LONG === '1' ? 200 : 8, endOnFailure: true, includeErrorInReport: true },
  )
})
