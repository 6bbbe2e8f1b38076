/** The list of channels kept up to date by events shows what the server's own list would. */
import t from 'tap'
import {
  isGuessed,
  type Overview,
  overviewOf,
  withChanged,
  withPublished,
  withRead,
  withReceived,
  withStanding,
  withUnread,
} from '../../client/chat-overview.ts'
import type { ChannelSummary, Message } from '../../src/protocol/index.ts'

const epoch = 'e1'
const jobseeker = { id: 'jeanne', name: 'Jeanne' }
const summary: ChannelSummary = {
  channel: 'jeanne',
  jobseeker,
  advisor: { id: 'anne', name: 'Anne' },
  position: { epoch, offset: 5 },
  newest: 5,
  readOffset: 0,
  unread: 2,
  answerWithinMs: 1,
  readBy: [{ person: 'anne', readOffset: 3 }],
}
const overview = (more: Partial<ChannelSummary> = {}): Overview => new Map([['jeanne', { ...summary, ...more }]])
const message = (offset: number, more: Partial<Message> = {}): Message => ({
  offset,
  key: 'key-0000',
  from: 'jeanne',
  text: 'bonjour',
  at: offset,
  ...more,
})
const published = (before: Overview, from: string, self: string, more: Partial<Message> = {}) =>
  withPublished(before, { channel: 'jeanne', message: message(6, { from, ...more }) }, { epoch, offset: 6 }, self)
const deleted = (before: Overview, offset: number, self: string) =>
  withChanged(
    before,
    { channel: 'jeanne', message: message(offset, { text: '', deletedAt: 1 }) },
    { epoch, offset: 6 },
    self,
  )
const read = (before: Overview, person: string, readOffset: number, self: string) =>
  withRead(before, { channel: 'jeanne', person, readOffset }, self, 'moved')
const of = (after: Overview) => after.get('jeanne')

t.test('who has read nothing on the advisor’s side has read what the others have', async (t) => {
  t.match(of(read(overview(), 'anne', 4, 'chloe')), { unread: 1, readOffset: 0 })
  t.equal(of(read(overview(), 'anne', 5, 'chloe'))?.unread, 0)
  t.equal(of(read(overview(), 'jeanne', 5, 'chloe'))?.unread, 2, 'but not what the jobseeker has')
  t.equal(of(read(overview(), 'anne', 5, 'jeanne'))?.unread, 2, 'nor has the jobseeker')
  t.equal(of(read(overview({ readOffset: 1 }), 'anne', 5, 'chloe'))?.unread, 2, 'nor who has read themselves')
  t.equal(of(published(overview(), 'anne', 'chloe'))?.unread, 0, 'who writes has read')
  t.equal(of(published(overview(), 'jeanne', 'chloe'))?.unread, 3)
})

t.test('a deleted message that counted as read does not count twice', async (t) => {
  t.equal(of(deleted(overview(), 3, 'chloe'))?.unread, 2)
  t.equal(of(deleted(overview(), 4, 'chloe'))?.unread, 1)
  t.equal(of(deleted(overview({ readOffset: 5, unreadFrom: 4 }), 4, 'chloe'))?.unread, 1, 'it was marked as unread')
  t.equal(of(deleted(overview({ readOffset: 5, unreadFrom: 4 }), 3, 'chloe'))?.unread, 2)
})

t.test('writing takes a mark as unread away; what others write does not', async (t) => {
  const marked = withUnread(overview({ readOffset: 5, unread: 0 }), { channel: 'jeanne', unreadFrom: 2 })
  t.match(of(marked), { unread: 4, unreadFrom: 2 })
  t.match(of(published(marked, 'chloe', 'chloe')), { unread: 0, unreadFrom: undefined, readOffset: 6 })
  t.match(of(published(marked, 'jeanne', 'chloe')), { unread: 5, unreadFrom: 2 })
})

t.test('what is unread after a lost connection is what its answer says', async (t) => {
  t.match(of(withStanding(overview(), 'jeanne', { unread: 3, unreadFrom: 2 })), { unread: 3, unreadFrom: 2 })
  t.match(of(withStanding(overview({ unreadFrom: 1 }), 'jeanne', { unread: 0 })), { unread: 0, unreadFrom: undefined })
  t.match(of(withStanding(overview(), 'jeanne', {})), { unread: 2 }, 'an older node says nothing of it')
})

t.test('receipts never go back, by events or lists, and the service gives none', async (t) => {
  const receipt = (receivedOffset: number) => ({ channel: 'jeanne', person: 'jeanne', receivedOffset })
  const received = withReceived(withReceived(overview(), receipt(4)), receipt(3))
  t.same(of(received)?.readBy, [
    { person: 'anne', readOffset: 3 },
    { person: 'jeanne', readOffset: 0, receivedOffset: 4 },
  ])
  t.same(of(overviewOf([summary], received))?.readBy, of(received)?.readBy, 'a list that was made before')
  t.same(
    of(read(received, 'jeanne', 4, 'anne'))?.readBy.at(-1),
    { person: 'jeanne', readOffset: 4 },
    'read is received',
  )
  const said = published(overview(), 'visavis', 'anne', { system: { code: 'advisorChanged' } })
  t.same(of(said)?.readBy, summary.readBy)
})

t.test('a count that deleted messages may make wrong is known as such', async (t) => {
  t.ok(isGuessed(overview(), 'jeanne', 'chloe', 'chloe'))
  t.ok(isGuessed(overview(), 'jeanne', 'anne', 'chloe'))
  t.notOk(isGuessed(overview(), 'jeanne', 'anne', 'jeanne'))
  t.notOk(isGuessed(overview({ unread: 0 }), 'jeanne', 'chloe', 'chloe'))
})
