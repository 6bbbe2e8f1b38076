/** Pure: what people in real browsers saw during one run, and the figures that follow from it. */
import { quantile } from '../statistics.ts'

/** A page joined the room of the other. */
export interface Visit {
  /** Since the start of the look. */
  readonly atMs: number
  /**
   * From the moment it begins to join until the server has answered, until media of the other can arrive (ICE and DTLS), until
   * what it sends is taken too, and until it shows the first picture of the other.
   */
  readonly answeredMs: number
  readonly connectedMs: number
  readonly joinMs: number
  readonly firstFrameMs: number
}

/** What arrived at a page in a short while, as `getStats()` tells it. */
export interface Moment {
  readonly atMs: number
  readonly page: PageName
  readonly ms: number
  /** Freezes that ended in it (`totalFreezesDuration`): as long as they were, which may be longer than this while. */
  readonly freezesMs: number
  readonly frames: number
  /** Samples of sound, and of these the ones that were made up for lost packets. */
  readonly samples: number
  readonly concealed: number
}

export const pageNames = ['waiting', 'joining'] as const
export type PageName = (typeof pageNames)[number]

export interface Sight {
  readonly visits: readonly Visit[]
  readonly moments: readonly Moment[]
  /** Of the busiest process of the browser, share of a core: encoding and decoding are the load generator's work. */
  readonly core: number
}

export interface SightFigures {
  readonly visits: number
  readonly joinP50Ms: number
  readonly firstFrameP50Ms: number
  readonly firstFrameP95Ms: number
  /** Share of the time in which the picture stood still, of whichever page had it worse. */
  readonly freezeShare: number
  readonly framesPerSecond: number
  readonly concealedShare: number
}

/** What a person saw of one moment. Without a single frame it was frozen, though no freeze has ended yet. */
export const frozenShare = ({ ms, freezesMs, frames }: Moment): number =>
  frames === 0 ? 1 : Math.min(1, freezesMs / ms)

/** NaN: there was nothing to be one of. */
export function figuresOf({ visits, moments }: Pick<Sight, 'visits' | 'moments'>): SightFigures {
  const at = (q: number, of: (visit: Visit) => number) =>
    visits.length === 0 ? Number.NaN : quantile(visits.map(of), q)
  const sum = (of: (moment: Moment) => number, those = moments) =>
    those.reduce((total, moment) => total + of(moment), 0)
  const freezeShare = (page: PageName) => {
    const those = moments.filter((moment) => moment.page === page)
    // A freeze counts when it ends, and one that does not end by the moments without a frame.
    const frozenMs = Math.max(
      sum(({ freezesMs }) => freezesMs, those),
      sum(({ ms, frames }) => (frames === 0 ? ms : 0), those),
    )
    return Math.min(1, frozenMs / sum(({ ms }) => ms, those))
  }
  return {
    visits: visits.length,
    joinP50Ms: at(0.5, ({ joinMs }) => joinMs),
    firstFrameP50Ms: at(0.5, ({ firstFrameMs }) => firstFrameMs),
    firstFrameP95Ms: at(0.95, ({ firstFrameMs }) => firstFrameMs),
    freezeShare: Math.max(...pageNames.map(freezeShare)),
    framesPerSecond: (sum(({ frames }) => frames) * 1_000) / sum(({ ms }) => ms),
    concealedShare: sum(({ concealed }) => concealed) / sum(({ samples }) => samples),
  }
}
