import fc from 'fast-check'
import t from 'tap'
import {
  type ChannelLog,
  emptyLog,
  lastOffset,
  missingAfter,
  type Page,
  withChanged,
  withMessage,
  withNewer,
  withNewest,
  withOlder,
  withRetained,
  withSnapshot,
  withUnsent,
} from '../../client/channel-log.ts'
import type { Message } from '../../src/protocol/index.ts'

const epoch = 'e1'
const messageAt = (offset: number): Message => ({
  offset,
  key: `key-${offset}`.padEnd(8, '0'),
  from: 'jobseeker-1',
  text: `message ${offset}`,
  at: offset,
})
const range = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => messageAt(from + index))

/** What the server would answer when the channel has `head` messages. */
const newest = (head: number, limit: number): Page => ({
  messages: range(Math.max(1, head - limit + 1), head),
  position: { epoch: head === 0 ? '' : epoch, offset: head },
  newest: head,
  more: head > limit,
})
const newer = (head: number, after: number, limit: number): Page => ({
  messages: range(after + 1, Math.min(head, after + limit)),
  position: { epoch, offset: head },
  newest: head,
  more: head > after + limit,
})
const older = (head: number, before: number, limit: number): Page => ({
  messages: range(Math.max(1, before - limit), before - 1),
  position: { epoch, offset: head },
  newest: head,
  more: before - limit > 1,
})

const isUnbroken = ({ messages }: ChannelLog) =>
  messages.every(({ offset }, index) => index === 0 || offset === (messages[index - 1]?.offset ?? 0) + 1)

/** Live messages may come late, twice, in any order or not at all; pages may be stale. */
type Step = { live: number } | { newest: number } | { newer: number } | { older: number }
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ live: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ newest: fc.integer({ min: 0, max: 60 }) }),
  fc.record({ newer: fc.integer({ min: 1, max: 60 }) }),
  fc.record({ older: fc.integer({ min: 1, max: 60 }) }),
)

function apply(log: ChannelLog, next: Step): ChannelLog {
  if ('live' in next) return withMessage(log, messageAt(next.live), epoch)
  if ('newest' in next) return withNewest(log, newest(next.newest, 10))
  if ('newer' in next) return withNewer(log, newer(Math.max(next.newer, lastOffset(log)), lastOffset(log), 7))
  const first = log.messages[0]?.offset ?? 1
  return withOlder(log, older(Math.max(next.older, log.head), first, 5))
}

t.test(
  'whatever arrives in whatever order, the messages shown have no gap, no repetition and never fall back',
  async () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let log = emptyLog
        for (const next of steps) {
          const before = lastOffset(log)
          log = apply(log, next)
          if (!isUnbroken(log) || lastOffset(log) < before) return false
        }
        return true
      }),
      { numRuns: 500 },
    )
  },
)

t.test('asking as long as something is missing ends with everything', async () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), fc.integer({ min: 0, max: 40 }), (steps, extra) => {
      let log = steps.reduce(apply, emptyLog)
      const head = log.head + extra
      if (!log.loaded) log = withNewest(log, newest(head, 10))
      log = withNewer(log, newer(head, lastOffset(log), 7))
      for (let after = missingAfter(log); after !== undefined; after = missingAfter(log)) {
        log = withNewer(log, newer(head, after, 7))
      }
      return lastOffset(log) === head && isUnbroken(log) && log.beyond.size === 0
    }),
    { numRuns: 500 },
  )
})

t.test('messages kept no longer are gone, whatever is loaded, and what comes joins what is left', async (t) => {
  const retained = (page: Page, retainedFrom: number): Page => ({
    ...page,
    retainedFrom,
    messages: page.messages.filter(({ offset }) => offset >= retainedFrom),
    more: page.more && (page.messages[0]?.offset ?? 0) > retainedFrom,
  })
  const loaded = withNewest(emptyLog, newest(30, 10))
  const less = withRetained(loaded, 25)
  t.same([less.messages[0]?.offset, less.more, missingAfter(less)], [25, false, undefined])
  t.equal(withRetained(less, 10), less, 'what is gone does not come back')
  t.equal(withRetained(loaded, 10).more, true)
  const none = withRetained(loaded, 31)
  t.same([none.messages, missingAfter(none), lastOffset(none)], [[], undefined, 30])
  t.same(withMessage(none, messageAt(31), epoch).messages, [messageAt(31)])
  const away = withNewer(loaded, retained(newer(60, 30, 20), 45))
  t.same([away.messages[0]?.offset, lastOffset(away)], [45, 50], 'the gap is one that nobody can fill')
  t.same(withNewest(emptyLog, retained(newest(0, 10), 1)).messages, [])
  const stale = withOlder(withRetained(loaded, 15), older(30, 21, 10))
  t.same([stale.messages[0]?.offset, stale.more], [15, false], 'an overtaken answer brings nothing back')
})

t.test('a message beyond a gap waits until the gap is filled', async (t) => {
  const loaded = withNewest(emptyLog, newest(3, 10))
  const gapped = withMessage(loaded, messageAt(6), epoch)
  t.equal(lastOffset(gapped), 3)
  t.equal(missingAfter(gapped), 3)
  const filled = withNewer(gapped, newer(6, 3, 2))
  t.equal(lastOffset(filled), 6, 'offsets 4 and 5 were asked for, 6 was there')
})

t.test('an own message is shown as unsent until the stored one can be shown, and never twice', async (t) => {
  const { key, text, at } = messageAt(4)
  const sending = withUnsent(withNewest(emptyLog, newest(2, 10)), { key, text, at, state: 'sending' })
  const beyondGap = withMessage(sending, messageAt(4), epoch)
  t.equal(beyondGap.unsent.length, 1, 'message 3 is missing still')
  const whole = withMessage(beyondGap, messageAt(3), epoch)
  t.equal(whole.unsent.length, 0)
  t.equal(whole.messages.filter((message) => message.key === key).length, 1)
})

t.test('a channel that was lost and made anew is shown anew, with what is unsent kept', async (t) => {
  const { key, text, at } = messageAt(50)
  const old = withUnsent(withNewest(emptyLog, newest(20, 10)), { key, text, at, state: 'failed' })
  const anew = withMessage(old, { ...messageAt(2), text: 'second of the new' }, 'e2')
  t.same(anew.messages, [])
  t.equal(missingAfter(anew), 0)
  t.equal(anew.unsent.length, 1)
})

t.test('an answer that says "empty" and was overtaken by a live message takes nothing away', async (t) => {
  const live = withMessage(emptyLog, messageAt(1), epoch)
  t.equal(lastOffset(withNewest(live, newest(0, 10))), 1)
})

t.test('a message that was changed is shown as it is now, also one that waits beyond a gap', async (t) => {
  const loaded = withMessage(withNewest(emptyLog, newest(3, 10)), messageAt(5), epoch)
  const edited = (offset: number, editedAt: number): Message => ({
    ...messageAt(offset),
    text: `v${editedAt}`,
    editedAt,
  })
  const changed = withChanged(withChanged(loaded, edited(2, 7)), edited(5, 8))
  t.equal(changed.messages[1]?.text, 'v7')
  t.equal(withMessage(changed, messageAt(4), epoch).messages.at(-1)?.text, 'v8')
  t.equal(withChanged(changed, edited(9, 9)), changed, 'one that is not loaded will be read as it is')
})

t.test('an older change, told after a page had the newer one, takes nothing back', async (t) => {
  const loaded = withNewest(emptyLog, newest(3, 10))
  const gone: Message = { ...messageAt(2), text: '', deletedAt: 9 }
  const deleted = withChanged(loaded, gone)
  t.equal(withChanged(deleted, { ...messageAt(2), text: 'before', editedAt: 5 }).messages[1]?.text, '')
  const edited = withChanged(loaded, { ...messageAt(2), text: 'second', editedAt: 6 })
  t.equal(withChanged(edited, { ...messageAt(2), text: 'first', editedAt: 5 }).messages[1]?.text, 'second')
})

t.test('where what happened is not told, nothing shown may be out of date: it is read again', async (t) => {
  const { key, text, at } = messageAt(50)
  const known = withUnsent(withNewest(emptyLog, newest(20, 10)), { key, text, at, state: 'sending' })
  const after = withSnapshot(known, { epoch, offset: 300 })
  t.same(after.messages, [])
  t.notOk(after.loaded)
  t.equal(after.unsent.length, 1)
})
