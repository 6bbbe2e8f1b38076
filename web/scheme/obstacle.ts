/** *Pure.* Which sentence tells why somebody cannot join, or could not. */
import type { Key } from '../language/en.ts'

const sentences: Readonly<Record<string, Key>> = {
  closed: 'obstacleClosed',
  pilot: 'obstaclePilot',
  capacity: 'obstacleCapacity',
  certificate: 'obstacleCapacity',
  ceiling: 'obstacleCeiling',
  reinforced: 'obstacleReinforced',
  check: 'obstacleCheck',
  version: 'obstacleVersion',
}

export const obstacleSentence = (bar: string | undefined): Key | undefined =>
  bar !== undefined && Object.hasOwn(sentences, bar) ? sentences[bar] : undefined

const asked: Readonly<Record<string, Key>> = {
  closed: 'receiptAskedClosed',
  pilot: 'receiptAskedPilot',
  capacity: 'receiptAskedFull',
  certificate: 'receiptAskedFull',
  ceiling: 'receiptAskedFull',
  reinforced: 'receiptAskedReinforced',
}

/** Of a request that was put on record: what it lacked. Without a word for it, a device check. */
export const askedSentence = (bar: string | undefined): Key => asked[bar ?? ''] ?? 'receiptasked'

/** What a refusal says is in the way. */
export function barOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('details' in error)) return undefined
  const { bar, version } = error.details as { readonly bar?: string; readonly version?: string }
  return bar ?? (version === undefined ? undefined : 'version')
}
