import fc from 'fast-check'
import t from 'tap'
import { inOrder, noReplies, type ReplyList, withEvent, withoutReply, withReply } from '../../client/reply-list.ts'
import type { DataOf, Reply } from '../../src/protocol/index.ts'

const reply = (id: string, updatedAt: number, change: Partial<Reply> = {}): Reply => ({
  ...{ id, scope: 'own', title: `title ${id}`, text: `${updatedAt}`, author: 'anne', updatedAt, updatedBy: 'anne' },
  ...change,
})
const versions = (list: ReplyList) => inOrder(list).map(({ scope, id, updatedAt }) => `${scope}/${id} ${updatedAt}`)

t.test('the newest version counts, however late an older one is heard of', async (t) => {
  const list = [reply('a', 2), reply('a', 1), reply('b', 1), reply('a', 3), reply('a', 2)].reduce(withReply, noReplies)
  t.same(versions(list), ['own/a 3', 'own/b 1'])
  t.equal(withReply(list, reply('a', 3)), list, 'what is known changes nothing')
})

t.test('what was removed stays away until it is made anew', async (t) => {
  const list = withoutReply(withReply(noReplies, reply('a', 2)), reply('a', 2))
  t.same(versions(list), [])
  t.same(versions(withReply(list, reply('a', 1))), [])
  t.same(versions(withReply(list, reply('a', 3))), ['own/a 3'])
  t.same(versions(withoutReply(withReply(list, reply('a', 3)), reply('a', 2))), ['own/a 3'], 'heard of late')
})

t.test('one’s own and the team’s with the same id are two', async (t) => {
  const list = [reply('a', 1), reply('a', 2, { scope: 'team' })].reduce(withReply, noReplies)
  t.same(versions(withoutReply(list, reply('a', 1))), ['team/a 2'])
})

t.test('they are in the order of their titles, as people expect', async (t) => {
  const titles = ['Zut', 'école', 'Fin', 'Alors', 'Alors']
  const list = titles.map((title, n) => reply(`r${n}`, 1, { title })).reduce(withReply, noReplies)
  t.same(
    inOrder(list).map(({ id }) => id),
    ['r3', 'r4', 'r1', 'r2', 'r0'],
  )
})

/** What the server tells of one reply in its order: versions that grow, each stored or removed. */
const history = fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }).map((stored) => {
  let at = 0
  let there = false
  return stored.flatMap((store): DataOf<'reply.changed'>[] => {
    if (!store && !there) return []
    // A removal is told with the version that was removed.
    if (store) at += 1
    there = store
    const named = { id: 'a', scope: 'own' as const, updatedAt: at }
    return [store ? { ...named, reply: reply('a', at) } : named]
  })
})

t.test('in whatever order, and however often, it is heard, the end is the same', async (t) => {
  fc.assert(
    fc.property(
      history.chain((told) =>
        fc.tuple(fc.constant(told), fc.shuffledSubarray([...told, ...told], { minLength: told.length * 2 })),
      ),
      ([told, heard]) => {
        const last = told.at(-1)
        const expected = last?.reply === undefined ? [] : [`own/a ${last.updatedAt}`]
        return JSON.stringify(versions(heard.reduce(withEvent, noReplies))) === JSON.stringify(expected)
      },
    ),
    { numRuns: 2_000 },
  )
  t.pass('2,000 histories')
})
