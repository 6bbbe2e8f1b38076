import fc from 'fast-check'
import t from 'tap'
import { type Numbered, type Outcome, Streams } from '../../client/streams.ts'
import type { Position, RecoveredStream, StreamPosition } from '../../src/protocol/index.ts'

const stream = 'channel:jobseeker-1'
const eventAt = (epoch: string, offset: number): Numbered => ({
  event: 'chat.messagePublished',
  data: { text: `${epoch}/${offset}` },
  stream,
  position: { epoch, offset },
})
const range = (epoch: string, from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => eventAt(epoch, from + index))
const placesOf = (events: readonly Numbered[]) => events.map(({ position }) => `${position.epoch}/${position.offset}`)
const whole = (epoch: string, from: number, to: number): RecoveredStream => ({
  stream,
  position: { epoch, offset: to },
  recovered: true,
  events: range(epoch, from, to) as never,
})
const snapshot = (epoch: string, offset: number): RecoveredStream => ({
  stream,
  position: { epoch, offset },
  recovered: false,
  snapshot: {},
})
const at = (epoch: string, offset: number) => {
  const streams = new Streams()
  streams.resumed([snapshot(epoch, offset)])
  return streams
}

/** A server with one stream, which may be lost and made anew, and keeps only the newest few events. */
class Server {
  #made = 0
  position: Position = { epoch: '', offset: 0 }
  readonly #kept: number

  constructor(kept: number) {
    this.#kept = kept
  }

  publish(): Numbered {
    if (this.position.epoch === '') this.remake()
    this.position = { ...this.position, offset: this.position.offset + 1 }
    return eventAt(this.position.epoch, this.position.offset)
  }

  remake(): void {
    this.#made += 1
    this.position = { epoch: `e${this.#made}`, offset: 0 }
  }

  answer(asked: Position | undefined): RecoveredStream {
    const { epoch, offset } = this.position
    const missed = offset - (asked?.offset ?? 0)
    const isComparable = asked?.epoch === epoch || asked?.epoch === ''
    const canTell = isComparable && missed >= 0 && missed <= this.#kept
    return canTell ? whole(epoch, (asked?.offset ?? 0) + 1, offset) : snapshot(epoch, offset)
  }
}

/** Checks every outcome: what is known grows by exactly the next event, or is replaced as a whole. */
class Listener {
  known: Position | undefined

  hear(outcomes: readonly Outcome[]): boolean {
    return outcomes.every((outcome) => {
      if ('gone' in outcome) return false
      if ('replaced' in outcome) {
        this.known = outcome.replaced.position
        return true
      }
      const { epoch, offset } = outcome.event.position
      const isNext =
        offset === (this.known?.offset ?? -1) + 1 && (this.known?.epoch === epoch || this.known?.epoch === '')
      this.known = { epoch, offset }
      return isNext
    })
  }
}

type Step =
  | { readonly is: 'publish' | 'remake' | 'ask' | 'serve' | 'answer' | 'reconnect' | 'list' | 'listed' }
  | { readonly is: 'arrive' | 'repeat' | 'drop'; readonly which: number }
const which = fc.nat(9)
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Step>({ is: 'publish' }) },
  { weight: 8, arbitrary: fc.record({ is: fc.constantFrom('arrive', 'arrive', 'repeat', 'drop'), which }) },
  { weight: 5, arbitrary: fc.record({ is: fc.constantFrom('ask', 'serve', 'answer') }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constantFrom('remake', 'reconnect', 'list', 'listed') }) },
)

class World {
  readonly streams = new Streams()
  readonly server: Server
  readonly listener = new Listener()
  network: Numbered[] = []
  asked: readonly StreamPosition[] = []
  served: readonly RecoveredStream[] | undefined
  /** Where a list says that the stream stands, which is on its way. */
  listed: Position | undefined

  constructor(kept: number) {
    this.server = new Server(kept)
    this.listener.hear(this.streams.resumed([this.server.answer(undefined)]))
  }

  /** @returns whether what was delivered is right. */
  do(step: Step): boolean {
    const { streams, server, network } = this
    if (step.is === 'publish') network.push(server.publish())
    if (step.is === 'remake') {
      server.remake()
      network.push(server.publish())
    }
    if ('which' in step) {
      const event = network[step.which]
      if (event === undefined) return true
      if (step.is !== 'repeat') network.splice(step.which, 1)
      if (step.is !== 'drop') return this.listener.hear(streams.take(event).map((next) => ({ event: next })))
    }
    if (step.is === 'ask' && this.asked.length === 0) this.asked = streams.ask(10)
    if (step.is === 'serve' && this.asked.length > 0)
      this.served ??= this.asked.map(({ position }) => server.answer(position))
    if (step.is === 'answer' && this.served !== undefined && this.asked.length > 0) {
      const outcomes = streams.recovered(this.asked, this.served)
      this.asked = []
      this.served = undefined
      return this.listener.hear(outcomes)
    }
    if (step.is === 'list') this.listed ??= server.position
    if (step.is === 'listed' && this.listed !== undefined) {
      streams.reaches(stream, this.listed)
      this.listed = undefined
    }
    if (step.is === 'reconnect') {
      streams.lost()
      this.network = []
      this.asked = []
      this.served = undefined
      return this.listener.hear(streams.resumed([server.answer(streams.positions[0]?.position)]))
    }
    return true
  }
}

t.test('events lost, repeated and out of order: each is delivered once, in order, or replaced as a whole', async () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 0, max: 30 }), (steps, kept) => {
      const world = new World(kept)
      return steps.every((next) => world.do(next))
    }),
    { numRuns: 2_000 },
  )
})

const afterwards = ['the next event arrives', 'a list tells how far the stream goes'] as const
t.test(`whatever was lost, asking ends with everything, at the latest when ${afterwards.join(' or ')}`, async () => {
  const ended = fc.constantFrom(...afterwards)
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.integer({ min: 0, max: 30 }), ended, (steps, kept, end) => {
      const world = new World(kept)
      for (const next of steps) world.do(next)
      world.network = [world.server.publish()]
      world.listed = world.server.position
      const ending: Step[] = [end === afterwards[0] ? { is: 'arrive', which: 0 } : { is: 'listed' }]
      for (let round = 0; round < 4; round += 1) ending.push({ is: 'ask' }, { is: 'serve' }, { is: 'answer' })
      const isRight = ending.every((next) => world.do(next))
      const { known } = world.listener
      const { position } = world.server
      const isWhole = known?.epoch === position.epoch && known.offset === position.offset
      return isRight && isWhole && world.streams.ask(1).length === 0
    }),
    { numRuns: 2_000 },
  )
})

t.test('an event beyond a gap is held, the gap is asked for, and then all are delivered', async (t) => {
  const streams = at('e1', 3)
  t.same(placesOf(streams.take(eventAt('e1', 6))), [])
  const asked = streams.ask(10)
  t.same(asked, [{ stream, position: { epoch: 'e1', offset: 3 } }])
  const outcomes = streams.recovered(asked, [whole('e1', 4, 5)])
  t.same(placesOf(outcomes.flatMap((outcome) => ('event' in outcome ? [outcome.event] : []))), ['e1/4', 'e1/5', 'e1/6'])
  t.same(streams.ask(10), [])
})

t.test('an answer with a hole is not believed: what is missing is asked for again', async (t) => {
  const streams = at('e1', 3)
  const holed = whole('e1', 4, 8)
  const outcomes = streams.resumed([{ ...holed, events: holed.events?.filter((_, index) => index !== 2) as never }])
  t.equal(outcomes.length, 2)
  t.same(streams.ask(10), [{ stream, position: { epoch: 'e1', offset: 5 } }])
})

t.test('the first event of an empty stream is its next one, whatever its epoch', async (t) => {
  const streams = at('', 0)
  t.same(placesOf(streams.take(eventAt('e1', 1))), ['e1/1'])
})

t.test('a stream that a list knows to go on is asked for, and one that it tells of first begins there', async (t) => {
  const streams = new Streams()
  streams.reaches(stream, { epoch: 'e1', offset: 3 })
  t.same(streams.ask(10), [])
  streams.reaches(stream, { epoch: 'e1', offset: 5 })
  streams.reaches(stream, { epoch: 'e1', offset: 4 })
  const asked = streams.ask(10)
  t.same(asked, [{ stream, position: { epoch: 'e1', offset: 3 } }])
  streams.recovered(asked, [whole('e1', 4, 4)])
  t.same(streams.ask(10), [{ stream, position: { epoch: 'e1', offset: 4 } }], 'not all of it was told')
  t.same(placesOf(streams.take(eventAt('e1', 5))), ['e1/5'])
  t.same(streams.ask(10), [])
})

t.test('a stream nothing is known of is asked for as a whole', async (t) => {
  const streams = new Streams()
  t.same(streams.take(eventAt('e1', 7)), [])
  const asked = streams.ask(10)
  t.not(asked[0]?.position.epoch, 'e1')
  t.same(streams.recovered(asked, [snapshot('e1', 7)]), [{ replaced: snapshot('e1', 7) }])
  t.same(placesOf(streams.take(eventAt('e1', 8))), ['e1/8'])
})

t.test('a snapshot that live events have overtaken takes nothing away', async (t) => {
  const streams = at('e1', 3)
  streams.take(eventAt('e1', 5))
  const asked = streams.ask(10)
  t.same(placesOf(streams.take(eventAt('e1', 4))), ['e1/4', 'e1/5'])
  t.same(streams.recovered(asked, [snapshot('e1', 4)]), [])
})

t.test('a stream that was set back is replaced, for the server knows no more than it says', async (t) => {
  const streams = at('e1', 10)
  t.same(streams.resumed([snapshot('e1', 7)]), [{ replaced: snapshot('e1', 7) }])
  t.same(placesOf(streams.take(eventAt('e1', 8))), ['e1/8'])
})

t.test('a stream that the server tells of no longer is gone', async (t) => {
  const streams = at('e1', 10)
  t.same(streams.resumed([]), [{ gone: stream }])
  t.notOk(streams.has(stream))
})

t.test('of a stream that runs far ahead only so many events are held, and the rest is asked for again', async (t) => {
  const streams = at('e1', 0)
  for (const event of range('e1', 2, 2_000)) streams.take(event)
  const asked = streams.ask(10)
  const outcomes = streams.recovered(asked, [whole('e1', 1, 1)])
  t.ok(outcomes.length < 1_000)
  const again = streams.ask(10)
  t.equal(again.length, 1, 'the rest is missing still')
  const rest = streams.recovered(again, [whole('e1', (again[0]?.position.offset ?? 0) + 1, 2_000)])
  t.equal(outcomes.length + rest.length, 2_000)
  t.same(streams.ask(10), [])
})
