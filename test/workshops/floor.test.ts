/** The rule of hands and the floor, over thousands of orders of acts. */
import fc from 'fast-check'
import t from 'tap'
import { after, emptyFloor, type Floor, type FloorAct, hasFloor, hasHand } from '../../src/workshops/floor.ts'

const seats = ['seat-1', 'seat-2', 'seat-3', 'seat-4', 'seat-5']
const most = 2

const anyAct: fc.Arbitrary<FloorAct> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc.record({
      type: fc.constantFrom('raise', 'lower', 'give', 'take', 'leave'),
      seat: fc.constantFrom(...seats),
    }),
  },
  { weight: 1, arbitrary: fc.constant({ type: 'lowerAll' } as const) },
)

const play = (floor: Floor, act: FloorAct, now: number): Floor => {
  try {
    return after(floor, act, { now, most })
  } catch (error) {
    if ((error as { code?: string }).code !== 'CONFLICT') throw error
    return floor
  }
}

t.test(
  'whatever is done in whatever order, hands are in the order of raising and the floor is never too full',
  async () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(anyAct, fc.integer({ min: -5_000, max: 5_000 })), { maxLength: 80 }), (acts) => {
        let floor = emptyFloor
        // As it should be: told by the acts alone.
        let hands: string[] = []
        let speakers: string[] = []
        let now = 1_000_000
        for (const [act, step] of acts) {
          // Clocks of nodes differ, and jump.
          now += step
          const before = floor
          floor = play(floor, act, now)
          if (act.type === 'lowerAll') hands = []
          else if (act.type === 'raise') {
            if (!hands.includes(act.seat) && !speakers.includes(act.seat)) hands = [...hands, act.seat]
          } else if (act.type === 'give') {
            if (!speakers.includes(act.seat) && speakers.length < most) {
              speakers = [...speakers, act.seat]
              hands = hands.filter((seat) => seat !== act.seat)
            }
          } else {
            if (act.type !== 'take') hands = hands.filter((seat) => seat !== act.seat)
            if (act.type !== 'lower') speakers = speakers.filter((seat) => seat !== act.seat)
          }
          const changed = floor !== before
          if (floor.version !== before.version + Number(changed)) return false
          if (JSON.stringify(floor.hands.map(({ seat }) => seat)) !== JSON.stringify(hands)) return false
          if (JSON.stringify(floor.speakers.map(({ seat }) => seat)) !== JSON.stringify(speakers)) return false
          if (floor.hands.some((hand, n) => hand.at < (floor.hands[n - 1]?.at ?? 0))) return false
          if (seats.some((seat) => hasHand(floor, seat) && hasFloor(floor, seat))) return false
          // Whoever repeats an act changes nothing more.
          if (play(floor, act, now) !== floor) return false
        }
        return floor.speakers.length <= most
      }),
      { numRuns: 2_000 },
    )
  },
)

t.test('a full floor is said to be full, and taking it back makes room', async (t) => {
  const give = (floor: Floor, seat: string) => after(floor, { type: 'give', seat }, { now: 1, most: 1 })
  const full = give(emptyFloor, 'seat-1')
  t.throws(() => give(full, 'seat-2'), { code: 'CONFLICT', details: { reason: 'floor-full', most: 1 } })
  const free = after(full, { type: 'take', seat: 'seat-1' }, { now: 2, most: 1 })
  t.same(give(free, 'seat-2').speakers, [{ seat: 'seat-2', at: 1 }])
})
