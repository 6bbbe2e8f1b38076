/**
 * Access that ends on this node ends as soon as it is heard of, and not when what is left has been read: from then on nobody
 * is served by what they might do before. No network shows so short a while, so the reading is held up here.
 */
import { pino } from 'pino'
import t from 'tap'
import type { Conversations, Person } from '../../src/enrolment/enrolment.ts'
import type { Connection } from '../../src/signaling/connection.ts'
import { channelTopic, Fanout, notesTopic } from '../../src/signaling/fanout.ts'
import { Sessions, type SessionsOptions } from '../../src/signaling/sessions.ts'

const region = 'bretagne'
const identity = { person: 'anne', role: 'advisor', name: 'Anne', region } as const
const advisor = (id: string): Person => ({ id, role: 'advisor', name: id, region, disabled: false })
const jobseeker = (followed: string | undefined, more: Partial<Person> = {}): Person => ({
  ...{ id: 'x', role: 'jobseeker', name: 'X', region, disabled: false },
  ...(followed === undefined ? {} : { advisor: followed }),
  ...more,
})
const view: Conversations = {
  conversations: [{ jobseeker: jobseeker('anne'), advisor: advisor('anne') }],
  counterparts: ['x'],
  related: ['anne'],
  self: advisor('anne'),
}

/** A session of Anne on a node; what she takes part in is read once, and from then on never answered. */
async function openSession() {
  let asked = 0
  const expelled: string[] = []
  const closed: string[] = []
  const fanout = new Fanout()
  const options = {
    tokens: { verify: async () => ({ identity, expiresAt: Number.POSITIVE_INFINITY }) },
    enrolment: {
      conversations: () => {
        asked += 1
        return asked === 1 ? Promise.resolve(view) : new Promise(() => {})
      },
    },
    presence: { attach: async () => ({ session: 's', resumed: false }), of: async () => [], detach: async () => {} },
    recovery: { recover: async () => [] },
    fanout,
    admission: { ask: () => ({ holdMs: 0 }) },
    maxFrameBytes: 1_000,
    heartbeatMs: 1_000,
    log: pino({ level: 'silent' }),
    onAdvisorHere: () => {},
    onAccessEnded: (_session: string, room: string) => expelled.push(room),
  }
  const sessions = new Sessions(options as unknown as SessionsOptions)
  const connection = { connection: 'c', closed: false, hold() {}, close: (reason: string) => closed.push(reason) }
  const { session } = await sessions.open(connection as unknown as Connection, { token: 't', versions: [1] })
  return { sessions, session, expelled, closed, fanout, asked: () => asked }
}

const before = jobseeker('anne')
for (const [what, person] of [
  ['follows somebody else', jobseeker('bruno')],
  ['is followed by nobody', jobseeker(undefined)],
  ['has left', jobseeker('anne', { leftAt: 1 })],
  ['may not take part any more', jobseeker('anne', { disabled: true })],
] as const) {
  t.test(`an advisor whose jobseeker ${what} is out at once`, async (t) => {
    const { sessions, session, expelled, fanout, asked } = await openSession()
    session.requireConversation('x', 0)
    session.requireNotes('x', 0)
    sessions.enrolmentChanged({ type: 'personChanged', person, before })
    t.throws(() => session.requireConversation('x', 0), { code: 'FORBIDDEN' })
    t.throws(() => session.requireNotes('x', 0), { code: 'FORBIDDEN' })
    for (const topic of [channelTopic('x'), notesTopic('x')]) t.notOk(fanout.isFollowed(topic), topic)
    t.same(expelled, ['x'], 'and out of the room')
    t.equal(asked(), 2, 'what is left is being read')
  })
}

t.test('whoever is out themselves is sent away at once', async (t) => {
  const { sessions, closed } = await openSession()
  const self = advisor('anne')
  sessions.enrolmentChanged({ type: 'personChanged', person: { ...self, disabled: true }, before: self })
  t.same(closed, ['REMOVED'])
})

t.test('a change that takes nothing away withdraws nothing', async (t) => {
  const { sessions, session, expelled } = await openSession()
  sessions.enrolmentChanged({ type: 'personChanged', person: jobseeker('anne', { name: 'Y' }), before })
  session.requireConversation('x', 0)
  t.same(expelled, [])
})
