import fc from 'fast-check'
import t from 'tap'
import { type EventName, events } from '../../src/protocol/index.ts'
import { decide, Held } from '../../src/signaling/outbox.ts'

const limits = { softBytes: 1_000, hardBytes: 10_000 }

t.test('what to do with a frame', (t) => {
  const table = [
    { waiting: 0, frame: 20_000, delivery: 'durable', is: 'send', why: 'a frame larger than the bound alone' },
    { waiting: 9_000, frame: 1_000, delivery: 'durable', is: 'send', why: 'just within the bound' },
    { waiting: 9_001, frame: 1_000, delivery: 'durable', is: 'close', why: 'beyond it' },
    { waiting: 9_001, frame: 1_000, delivery: 'live', is: 'close', why: 'not durable, but not dropped either' },
    { waiting: 1_000, frame: 100, delivery: 'latest', is: 'send', why: 'the client reads' },
    { waiting: 1_001, frame: 100, delivery: 'latest', is: 'hold', why: 'presence gives way first' },
    { waiting: 50_000, frame: 100, delivery: 'latest', is: 'hold', why: 'and never closes' },
  ] as const
  for (const { waiting, frame, delivery, is, why } of table) t.equal(decide(waiting, frame, delivery, limits), is, why)
  t.end()
})

t.test('typing, presence and quality give way; no word, callback, appointment or record of anybody does', (t) => {
  const named = Object.keys(events) as EventName[]
  const giveWay = named.filter((name) => events[name].delivery === 'latest')
  for (const name of ['chat.typed', 'presence.changed', 'room.qualityChanged'] as const) t.ok(giveWay.includes(name))
  const kept = /^(chat|note|callback|appointment|attendance|enrolment|workshop)\./
  t.same(
    giveWay.filter((name) => kept.test(name)),
    // A view that is told whole, every time.
    ['chat.typed', 'callback.boardChanged'],
  )
  t.ok(named.filter((name) => kept.test(name)).length > giveWay.length)
  t.end()
})

t.test('what does not give way is never dropped', (t) => {
  fc.assert(
    fc.property(
      fc.nat(1e6),
      fc.nat(1e6),
      fc.constantFrom('durable' as const, 'live' as const),
      (waiting, frame, delivery) => ['send', 'close'].includes(decide(waiting, frame, delivery, limits)),
    ),
  )
  t.end()
})

t.test('of what is held only the newest of each subject remains', (t) => {
  const held = new Held()
  held.put('presence:a', Buffer.from('a1'))
  held.put('presence:b', Buffer.from('b1'))
  held.put('presence:a', Buffer.from('a2'))
  t.equal(held.size, 2)
  t.same(held.takeAll().map(String), ['a2', 'b1'])
  t.equal(held.size, 0)
  t.same(held.takeAll(), [])
  held.put('presence:a', Buffer.from('a3'))
  held.put('presence:b', Buffer.from('b2'))
  held.drop('presence:a')
  t.same(held.takeAll().map(String), ['b2'])
  t.end()
})
