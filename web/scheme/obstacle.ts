/** *Pure.* Which sentence tells why somebody cannot join. */
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

/** What a refusal says is in the way. */
export function barOf(error: unknown): string | undefined {
  if (!(error instanceof Error) || !('details' in error)) return undefined
  const { bar, version } = error.details as { readonly bar?: string; readonly version?: string }
  return bar ?? (version === undefined ? undefined : 'version')
}
