/** Pure: what a measurement did not look at, so that nobody takes its verdict for more than it is. */
import type { Measurement } from './measure.ts'

/** Of every measurement. */
export const neverMeasured = [
  'loss, delay and address translation of the internet',
  'the share of people who need TURN, and its cost',
  'TLS, which something in front of the nodes ends',
  'cameras of many kinds: synthetic participants send one recorded picture, in three layers, without congestion control',
] as const

export interface Looked {
  readonly steps: Measurement['steps']
  /** Why no browser was there; undefined: there was one. */
  readonly noBrowser: string | undefined
  readonly storms: Measurement['storms']
}

/** Of this one, a sentence each. *Pure.* */
export const unmeasuredOf = (looked: Looked): string[] => [
  ...unseen(looked),
  ...(looked.storms.length > 0 ? [] : ['everybody being cut at once and coming back']),
]

function unseen({ steps, noBrowser }: Looked): string[] {
  const what = 'what a person sees in a real browser (join to first picture, freezes)'
  const looked = steps.filter(({ sight }) => sight !== undefined).length
  if (noBrowser !== undefined) return [`${what}: ${noBrowser}`]
  return looked === steps.length
    ? []
    : [`${what} in ${steps.length - looked} of ${steps.length} runs: the browser failed`]
}
