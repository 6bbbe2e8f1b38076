/** *Pure.* How good the line of a participant is, in one word that both sides are shown. */
import type { Quality } from '../protocol/index.ts'

/** What is known of one way of a line: from the participant, or to them. */
export interface LineFacts {
  /** 0–10, mediasoup's: the worst of the tracks that flow; 10 when none does. */
  readonly score: number
  /** Of the packets of late, 0–1. */
  readonly loss: number
  /** 0 while it is not known. */
  readonly roundTripMs: number
  /** Whether pictures are held back because the line does not carry them. */
  readonly held: boolean
}

/** From here on people talk over each other, or sound has gaps that error correction does not fill. */
const poor = { score: 4, loss: 0.12, roundTripMs: 700 }
/** From here on it is noticed. */
const fair = { score: 7, loss: 0.03, roundTripMs: 350 }

const isBeyond = ({ score, loss, roundTripMs }: LineFacts, limit: typeof poor): boolean =>
  score <= limit.score || loss >= limit.loss || roundTripMs >= limit.roundTripMs

export function qualityOf(facts: LineFacts): Quality {
  if (facts.held || isBeyond(facts, poor)) return 'poor'
  return isBeyond(facts, fair) ? 'fair' : 'good'
}

/** What is shown, and since how many looks in a row something else would be right. */
export interface ShownQuality {
  readonly quality: Quality
  readonly doubts: number
}

export const unknownQuality: ShownQuality = { quality: 'good', doubts: 0 }

const rank: Record<Quality, number> = { poor: 0, fair: 1, good: 2 }
/** Looks in a row: one gap is no news, and a line that recovers has to keep it up for a while. */
const looks = { worse: 2, better: 3 }

/** A sign that flickers says nothing: it changes when several looks in a row would change it the same way. */
export function showQuality(shown: ShownQuality, seen: Quality): ShownQuality {
  if (seen === shown.quality) return { quality: shown.quality, doubts: 0 }
  const worse = rank[seen] < rank[shown.quality]
  // Doubts count down for worse and up for better, so that one way does not add to the other.
  const doubts = worse ? Math.min(0, shown.doubts) - 1 : Math.max(0, shown.doubts) + 1
  const enough = worse ? -doubts >= looks.worse : doubts >= looks.better
  return enough ? { quality: seen, doubts: 0 } : { quality: shown.quality, doubts }
}
