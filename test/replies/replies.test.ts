import t from 'tap'
import type { DataOf } from '../../src/protocol/index.ts'
import { replyKeys, topicOf } from '../../src/replies/keys.ts'
import { type Draft, type Owner, Replies, type Reply } from '../../src/replies/replies.ts'
import { parseEntry } from '../../src/store/events.ts'
import { testRedis } from '../support/redis.ts'

const redis = await testRedis(t)
const replies = new Replies({ client: redis.client })

let regions = 0
/** Each test has a region of its own. */
const owners = (): { own: Owner; team: Owner } => {
  regions += 1
  const region = `region-${regions}`
  return { own: { scope: 'own', region, person: 'anne' }, team: { scope: 'team', region, team: 'équipe / 1 {a}' } }
}
const draft = (id: string, change: Partial<Draft> = {}): Draft => ({
  id,
  title: 'Salut',
  text: 'Bonjour {{jobseeker.name}}, {{?}}',
  author: 'anne',
  updatedBy: 'anne',
  ...change,
})

/** What was told, and to whom. */
async function told(owner: Owner): Promise<{ topic: string; data: DataOf<'reply.changed'> }[]> {
  const entries = await redis.client.xrange(replyKeys(owner).log, '-', '+')
  return entries.map(([, [, entry]]) => {
    const { topic, offset, name, text } = parseEntry(entry ?? '')
    const { event, data } = JSON.parse(text) as { event: string; data: DataOf<'reply.changed'> }
    if (name !== 'reply.changed' || event !== name || offset !== undefined) throw new Error(entry)
    return { topic, data }
  })
}

async function all(owner: Owner): Promise<{ replies: Reply[]; pages: number }> {
  const found: Reply[] = []
  let after: string | undefined
  for (let pages = 1; ; pages++) {
    const page = await replies.list(owner, after)
    found.push(...page.replies)
    after = page.next
    if (after === undefined) return { replies: found, pages }
  }
}

t.test('a reply is stored once, read as it was put, and the same again changes nothing', async (t) => {
  const { own } = owners()
  const text = 'Ça va "{{?}}" / \\ 👩‍💼 \n\u0000\u2028 {{date}}'
  const { reply, changed } = await replies.put(own, draft('r1', { text }))
  t.ok(changed)
  t.match(reply, { id: 'r1', scope: 'own', title: 'Salut', text, author: 'anne', updatedBy: 'anne' })
  t.ok(Math.abs(reply.updatedAt - Date.now()) < 60_000)
  t.same(await replies.get(own, 'r1'), reply)
  t.same(await replies.list(own), { replies: [reply] })
  t.same(await replies.put(own, draft('r1', { text })), { reply, changed: false })
  t.same(await replies.put(own, draft('r1', { text, updatedAt: 1 })), { reply, changed: false }, 'whatever was read')
  t.same(await told(own), [
    { topic: 'person:anne', data: { id: 'r1', scope: 'own', updatedAt: reply.updatedAt, reply } },
  ])
})

t.test('own replies and those of teams stay apart, and the team is told of its own', async (t) => {
  const { own, team } = owners()
  const other: Owner = { scope: 'team', region: team.region, team: 'anne' }
  for (const owner of [own, team, other]) await replies.put(owner, draft('r1', { title: owner.scope }))
  t.equal((await replies.get(own, 'r1'))?.title, 'own')
  t.equal((await replies.get(team, 'r1'))?.scope, 'team')
  t.same(
    (await told(team)).map(({ topic }) => topic),
    ['person:anne', `team:${team.region}/%C3%A9quipe%20%2F%201%20%7Ba%7D`, `team:${team.region}/anne`],
  )
  t.equal(new Set([own, team, other].map(topicOf)).size, 3)
})

t.test('whoever changes what was changed meanwhile is told the newest, and nothing changes', async (t) => {
  const { team } = owners()
  const { reply: first } = await replies.put(team, draft('r1'))
  const { reply: second } = await replies.put(
    team,
    draft('r1', { text: 'deux', updatedBy: 'sara', updatedAt: first.updatedAt }),
  )
  t.ok(second.updatedAt > first.updatedAt, 'also within one millisecond')
  t.match(second, { text: 'deux', author: 'anne', updatedBy: 'sara' })
  const stale: Partial<Draft>[] = [{ updatedAt: first.updatedAt }, {}, { updatedAt: second.updatedAt + 1 }]
  for (const change of stale) {
    await t.rejects(replies.put(team, draft('r1', { text: 'trois', ...change })), {
      code: 'CONFLICT',
      details: { reply: second },
    })
  }
  await t.rejects(
    replies.put(team, draft('r1', { text: 'trois', author: 'bruno', updatedAt: second.updatedAt })),
    { code: 'CONFLICT' },
    'the right to change it was looked at for another author',
  )
  t.same(await replies.get(team, 'r1'), second)
  t.equal((await told(team)).length, 2)
})

t.test('of two changes at once one is stored and the other refused', async (t) => {
  const { team } = owners()
  const { reply } = await replies.put(team, draft('r1'))
  const texts = Array.from({ length: 10 }, (_, n) => `text ${n}`)
  const results = await Promise.allSettled(
    texts.map((text) => replies.put(team, draft('r1', { text, updatedAt: reply.updatedAt }))),
  )
  t.equal(results.filter(({ status }) => status === 'fulfilled').length, 1)
  for (const result of results) if (result.status === 'rejected') t.match(result.reason, { code: 'CONFLICT' })
  t.equal((await told(team)).length, 2)
})

t.test('a reply is removed if it is what was read; one that is gone is no error', async (t) => {
  const { own } = owners()
  const { reply: first } = await replies.put(own, draft('r1'))
  const { reply: second } = await replies.put(own, draft('r1', { text: 'deux', updatedAt: first.updatedAt }))
  await t.rejects(replies.remove(own, first), { code: 'CONFLICT', details: { reply: second } })
  await t.rejects(replies.remove(own, { ...second, author: 'bruno' }), { code: 'CONFLICT' })
  t.equal(await replies.remove(own, second), true)
  t.equal(await replies.remove(own, second), false)
  t.equal(await replies.get(own, 'r1'), undefined)
  t.same((await told(own)).at(-1), {
    topic: 'person:anne',
    data: { id: 'r1', scope: 'own', updatedAt: second.updatedAt },
  })
  await t.rejects(
    replies.put(own, draft('r1', { text: 'trois', updatedAt: second.updatedAt })),
    { code: 'CONFLICT', details: {} },
    'it was removed since it was read',
  )
})

t.test('an unknown variable is refused by name, and nothing is stored', async (t) => {
  const { own } = owners()
  for (const [text, variable] of [
    ['{{jobseeker.phone}}', 'jobseeker.phone'],
    ['{{date}} {{ date }}', ' date '],
    ['{{}}', ''],
    ['{{?}}{{??}}', '??'],
    ['{{toString}}', 'toString'],
  ] as const) {
    await t.rejects(replies.put(own, draft('r1', { text })), {
      code: 'BAD_REQUEST',
      details: { path: '/text', variable },
    })
  }
  t.same(await replies.list(own), { replies: [] })
  for (const [n, text] of ['{date}', '{{date', 'date}}', '{{a{b}}', '{{{date}}}'].entries())
    t.ok((await replies.put(own, draft(`r${n}`, { text }))).changed, text)
})

t.test('an owner has at most 200, told page by page, each once in the order of their ids', async (t) => {
  const { team } = owners()
  const ids = Array.from({ length: 200 }, (_, n) => `r${String(n).padStart(3, '0')}`)
  const text = '漢'.repeat(1_000)
  await Promise.all(ids.toReversed().map((id) => replies.put(team, draft(id, { text }))))
  await t.rejects(replies.put(team, draft('one-more')), { code: 'CONFLICT', details: { most: 200 } })
  const { replies: found, pages } = await all(team)
  t.same(
    found.map(({ id }) => id),
    ids,
  )
  t.ok(pages > 10, `${pages} pages`)
  const [first] = found
  if (first === undefined) return t.fail('none')
  t.ok((await replies.put(team, draft(first.id, { text: 'autre', updatedAt: first.updatedAt }))).changed)
  await replies.remove(team, found[1] ?? first)
  t.ok((await replies.put(team, draft('one-more'))).changed, 'there is room again')
})

t.test('a page that ends exactly with the last reply has no next one', async (t) => {
  const { own } = owners()
  const text = 'x'.repeat(4_000)
  for (let n = 0; n < 8; n++) await replies.put(own, draft(`r${n}`, { text }))
  const { replies: found, next } = await replies.list(own)
  t.equal(found.length, 8, 'they fill it')
  t.equal(next, undefined)
  t.same(await replies.list(own, 'r7'), { replies: [] })
})

t.test('replies stay for good, survive a restart, and their keys share a slot', async (t) => {
  const { own, team } = owners()
  for (const server of [redis, await testRedis(t, { cluster: true })]) {
    const there = new Replies({ client: server.client })
    for (const owner of [own, team]) {
      const { reply } = await there.put(owner, draft('r1'))
      t.equal(await server.client.pttl(replyKeys(owner).replies), -1)
      if (server === redis) await server.restart()
      t.same(await there.list(owner), { replies: [reply] })
      t.equal(await there.remove(owner, reply), true)
    }
  }
})
