/** What lobbies promise, on one Redis and on one in cluster mode. */
import t, { type Test } from 'tap'
import { signInvitation } from '../../src/lobby/invitation-token.ts'
import { guestOf, Invitations, invitationOf } from '../../src/lobby/invitations.ts'
import { lobbyKeys } from '../../src/lobby/keys.ts'
import { Lobby } from '../../src/lobby/lobby.ts'
import type { Visitor } from '../../src/lobby/visit.ts'
import { parseEntry } from '../../src/store/events.ts'
import { type TestRedis, testRedis } from '../support/redis.ts'

const region = 'bretagne'
const visitor = (person: string, advisor = 'anne'): Visitor => ({
  room: person,
  person,
  name: person,
  role: 'jobseeker',
  advisor,
})

for (const cluster of [false, true]) {
  t.test(cluster ? 'on a Redis in cluster mode' : 'on one Redis', async (t) => {
    await using redis = await testRedis(t, { cluster, args: ['--appendonly', 'no'] })
    await play(t, redis)
  })
}

async function play(t: Test, { client }: TestRedis): Promise<void> {
  let clock = 1_767_000_000_000
  const lobby = new Lobby({ client, now: () => clock })
  const invitations = new Invitations({ client })
  const facts = async () =>
    (await client.xrange(lobbyKeys(region).log, '-', '+'))
      .map(([, [, entry]]) => parseEntry(entry ?? ''))
      .filter(({ name }) => name === 'lobby.changed')

  await t.test('of many who arrive, admit and leave at once, each act happens once', async (t) => {
    const people = Array.from({ length: 20 }, (_, n) => visitor(`p${n}`))
    await Promise.all(people.flatMap((each) => [lobby.arrive(region, each), lobby.arrive(region, each)]))
    t.equal((await lobby.visits(region)).length, 20)
    t.equal((await facts()).length, 20, 'arriving again is no news')
    const [first] = people
    if (first === undefined) throw new Error('nobody')
    await Promise.all([lobby.admit(region, first, 'anne'), lobby.admit(region, first, 'bruno')])
    t.match(await lobby.visit(region, first), { state: 'admitted', by: /anne|bruno/ })
    t.equal((await facts()).length, 21)
    await Promise.all(people.map((each) => lobby.leave(region, each)))
    t.same(await lobby.visits(region), [])
    await t.rejects(lobby.admit(region, first, 'anne'), { code: 'GONE' })
  })

  await t.test('a new advisor has them in their line, with the time of their arrival', async (t) => {
    const { arrivedAt } = await lobby.arrive(region, visitor('jeanne'))
    clock += 60_000
    await lobby.follow(region, 'jeanne', 'bruno')
    t.match(await lobby.visits(region), [{ person: 'jeanne', advisor: 'bruno', arrivedAt }])
    await lobby.erase(region, 'jeanne')
    t.same(await lobby.visits(region), [])
  })

  await t.test('an advisor is in a talk until it ends, or until their node has been silent for long', async (t) => {
    const talk = { advisor: 'anne', room: 'r1', session: 's1' }
    const before = (await facts()).length
    await lobby.talks(region, talk, true)
    await lobby.talks(region, talk, true)
    await lobby.talks(region, { ...talk, room: 'r2' }, true)
    t.same([...((await lobby.inTalk(region)).get('anne') ?? [])].toSorted(), ['r1', 'r2'])
    await lobby.talks(region, { ...talk, room: 'r2' }, false)
    t.equal((await facts()).length, before + 3, 'said again is no news')
    clock += 31_000
    t.equal((await lobby.inTalk(region)).get('anne'), undefined)
  })

  await t.test('an invitation is good until it expires or is withdrawn, and cannot be forged', async (t) => {
    const expiresAt = clock + 60_000
    const asked = { region, room: 'r', name: 'Interpreter', by: 'anne', expiresAt, key: 'key-000001' }
    const { invitation, token } = await invitations.invite(asked)
    t.same(await invitations.invite(asked), { invitation, token }, 'the same act is the same invitation')
    t.equal(invitationOf(guestOf(invitation.id)), invitation.id)
    t.equal(invitationOf('jobseeker-1'), undefined)
    t.match(await invitations.verify(token, clock), { region, invitation: { room: 'r', name: 'Interpreter' } })
    t.equal(await invitations.verify(token, expiresAt), undefined, 'it is over')
    const [prefix, said = '', signature = ''] = token.split('.')
    const longer = Buffer.from(JSON.stringify([region, invitation.id, expiresAt + 1])).toString('base64url')
    const forged = [
      `${prefix}.${longer}.${signature}`,
      `${prefix}.${said}.`,
      `${prefix}.${said}`,
      `${prefix}.${said}.${signature}.`,
      signInvitation({ region, invitation: invitation.id, expiresAt }, 'another secret'),
    ]
    for (const text of forged) t.equal(await invitations.verify(text, clock), undefined, text)
    await invitations.withdraw(region, invitation.id, clock)
    await invitations.withdraw(region, invitation.id, clock + 1)
    t.match(await invitations.find(region, invitation.id), { withdrawnAt: clock })
    t.equal(await invitations.verify(token, clock), undefined)
    t.same(
      (await invitations.over(region, expiresAt)).map(({ id }) => id),
      [invitation.id],
    )
    await invitations.drop(region, [invitation.id])
    t.equal(await invitations.find(region, invitation.id), undefined)
    await invitations.invite(asked)
    await invitations.erase(region, 'r')
    t.same(await invitations.over(region, expiresAt), [], 'they go with the room')
  })
}
