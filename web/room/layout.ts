/** *Pure.* Who is shown how large in a talk. */

export type Layout = 'speaker' | 'grid'

/** One picture of somebody else: their camera, or the screen they show. */
export interface Picture {
  /** Participant, and what it is of. */
  readonly key: string
  readonly participant: string
  readonly isScreen: boolean
  readonly speaks: boolean
}

export interface Arrangement {
  /** Undefined when all are of the same size. */
  readonly large: string | undefined
  /** Where one's own picture is: over a corner of the large one, or among the others. */
  readonly self: 'corner' | 'tile'
}

/** @param chosen the picture that the person wants to see large, as long as it is there. */
export function arrange(pictures: readonly Picture[], layout: Layout, chosen: string | undefined): Arrangement {
  const isAlone = pictures.length <= 1
  if (layout === 'grid' && !isAlone) return { large: undefined, self: 'tile' }
  const wanted =
    pictures.find(({ key }) => key === chosen) ??
    pictures.find(({ isScreen }) => isScreen) ??
    pictures.find(({ speaks }) => speaks) ??
    pictures[0]
  return { large: wanted?.key, self: layout === 'grid' ? 'tile' : isAlone ? 'corner' : 'tile' }
}
