/** What one session may see and be told, as who follows whom changes. */
import t from 'tap'
import type { Identity } from '../../src/auth/identity.ts'
import type { Conversation, Conversations, Person } from '../../src/enrolment/enrolment.ts'
import { Session } from '../../src/signaling/session.ts'

const region = 'north'
const anne: Identity = { person: 'anne', role: 'advisor', name: 'A', region }
const x: Identity = { person: 'x', role: 'jobseeker', name: 'X', region }
const advisor = (id: string): Person => ({ id, role: 'advisor', name: id, region, disabled: false })
const follows = (id: string, of: string, coverUntil?: number): Conversation => ({
  jobseeker: { id, role: 'jobseeker', name: id, region, advisor: of, disabled: false },
  advisor: advisor(of),
  ...(coverUntil === undefined ? {} : { coverUntil }),
})
const view = (...conversations: Conversation[]): Conversations => ({ conversations, counterparts: [], related: [] })
const sessionOf = (identity: Identity, ...conversations: Conversation[]) =>
  new Session({ id: 's', identity, expiresAt: 0, view: view(...conversations) })
const topicsOf = ({ topics }: Session) => [...topics].sort()
const mayKeep = (session: Session, jobseeker: string, now: number) => {
  try {
    session.requireNotes(jobseeker, now)
    return true
  } catch (error) {
    t.match(error, { code: 'FORBIDDEN' })
    return false
  }
}

t.test('an advisor is told the notes about those they follow and cover; a jobseeker never is', async (t) => {
  const session = sessionOf(anne, follows('x', 'anne'), follows('y', 'bruno', 20))
  t.same(topicsOf(session), ['channel:x', 'channel:y', 'notes:x', 'notes:y', 'person:anne'])
  t.ok(mayKeep(session, 'x', 1_000))
  t.notOk(mayKeep(session, 'z', 0))
  const own = sessionOf(x, follows('x', 'anne'))
  t.same(topicsOf(own), ['channel:x', 'person:x'])
  t.notOk(mayKeep(own, 'x', 0))
  t.notOk(own.mayHear('notes:x', 0))
  t.ok(own.mayHear('channel:x', 0))
  t.ok(session.mayHear('channel:y', 19))
  t.notOk(session.mayHear('channel:y', 20), 'the cover is over by the clock')
  t.same([...session.conversationsAt(20).keys()], ['x'])
  session.withdraw('x')
  t.notOk(session.mayHear('channel:x', 0), 'what was kept back has lost its reader')
  own.requireConversation('x', 0)
})

t.test('notes are told until the last moment of a cover, though its topic is still there', async (t) => {
  const session = sessionOf(anne, follows('y', 'bruno', 20))
  t.same(
    [19, 20].map((now) => session.mayHear('notes:y', now)),
    [true, false],
  )
  t.same(
    [19, 20].map((now) => mayKeep(session, 'y', now)),
    [true, false],
  )
  t.ok(session.topics.has('notes:y'))
})

t.test('what is withdrawn or changed takes the notes away with the channel', async (t) => {
  const session = sessionOf(anne, follows('x', 'anne'), follows('y', 'bruno', 20))
  t.same(session.withdraw('x')?.sort(), ['channel:x', 'notes:x'])
  t.equal(session.withdraw('x'), undefined, 'once')
  t.same(topicsOf(session), ['channel:y', 'notes:y', 'person:anne'])
  t.notOk(session.mayHear('notes:x', 0))
  t.notOk(mayKeep(session, 'x', 0))
  const changed = session.update(view(follows('z', 'anne')))
  t.same(changed.removed.sort(), ['channel:y', 'notes:y'])
  t.same(changed.added.sort(), ['channel:z', 'notes:z'])
  t.notOk(session.mayHear('notes:y', 0))
  t.ok(mayKeep(session, 'z', 0))
})

t.test('a view that says too much gives no notes: whose they are is decided by the rules of access', async (t) => {
  const session = sessionOf(anne, follows('x', 'bruno'))
  t.same(topicsOf(session), ['channel:x', 'person:anne'])
  const gone = follows('x', 'anne')
  t.notOk(mayKeep(sessionOf(anne, { ...gone, jobseeker: { ...gone.jobseeker, disabled: true } }), 'x', 0))
  t.notOk(mayKeep(sessionOf({ ...anne, role: 'supervisor' }, gone), 'x', 0))
})
