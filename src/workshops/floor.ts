/**
 * *Pure.* Hands and the floor of one workshop, by seat.
 *
 * | a seat has | enters                | leaves                                                     |
 * |------------|-----------------------|------------------------------------------------------------|
 * | (nothing)  | lower, take, leave    | raise → a hand; give → the floor                           |
 * | a hand     | raise                 | lower, leave → (nothing); give → the floor                 |
 * | the floor  | give                  | take, leave → (nothing); raise and lower change nothing    |
 *
 * A hand keeps its place until it is lowered or heard, whatever becomes of connections. Time alone moves nobody.
 */
import { VisavisError } from '../protocol/index.ts'

export interface Turn {
  readonly seat: string
  /** Since when (ms). */
  readonly at: number
}

export interface Floor {
  /** Grows with every change. */
  readonly version: number
  /** The earliest first. */
  readonly hands: readonly Turn[]
  /** Who may speak, in the order in which they were given it. */
  readonly speakers: readonly Turn[]
}

export type FloorAct =
  | { readonly type: 'raise' | 'lower' | 'give' | 'take' | 'leave'; readonly seat: string }
  | { readonly type: 'lowerAll' }

export const emptyFloor: Floor = { version: 0, hands: [], speakers: [] }

export const hasHand = ({ hands }: Floor, seat: string): boolean => hands.some((hand) => hand.seat === seat)
export const hasFloor = ({ speakers }: Floor, seat: string): boolean => speakers.some((turn) => turn.seat === seat)

/**
 * @param most how many may have the floor at a time: what everybody receives is bounded by it.
 * @returns the floor as it is then; the same object when nothing changes.
 * @throws VisavisError CONFLICT when as many have the floor as may.
 */
export function after(floor: Floor, act: FloorAct, { now, most }: { now: number; most: number }): Floor {
  const { hands, speakers } = floor
  if (act.type === 'lowerAll') return hands.length === 0 ? floor : next(floor, { hands: [] })
  const { type, seat } = act
  const speaks = hasFloor(floor, seat)
  const without = hands.filter((hand) => hand.seat !== seat)
  if (type === 'raise') {
    if (speaks || hasHand(floor, seat)) return floor
    // Of two clocks the slower one must not let anybody in before those who are there.
    return next(floor, { hands: [...hands, { seat, at: Math.max(now, hands.at(-1)?.at ?? 0) }] })
  }
  if (type === 'give') {
    if (speaks) return floor
    if (speakers.length >= most)
      throw new VisavisError('CONFLICT', `${most} have the floor already; take it back from one of them first`, {
        details: { reason: 'floor-full', most },
      })
    return next(floor, { hands: without, speakers: [...speakers, { seat, at: now }] })
  }
  const lowers = type !== 'take' && without.length < hands.length
  const silences = type !== 'lower' && speaks
  if (!lowers && !silences) return floor
  return next(floor, {
    ...(lowers ? { hands: without } : {}),
    ...(silences ? { speakers: speakers.filter((turn) => turn.seat !== seat) } : {}),
  })
}

const next = (floor: Floor, change: Partial<Floor>): Floor => ({ ...floor, ...change, version: floor.version + 1 })
