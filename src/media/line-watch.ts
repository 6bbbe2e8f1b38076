/** Watches over the line of one participant: tells how good it is, and lets the sound go before pictures when it is poor. */
import type { Quality } from '../protocol/index.ts'
import { type Line, sampleLine } from './line-sample.ts'
import { type Protection, protect, strainOf, unprotected } from './protection.ts'
import { qualityOf, type ShownQuality, showQuality, unknownQuality } from './quality.ts'

export interface LineQuality {
  readonly sending: Quality
  readonly receiving: Quality
}

export interface LineWatchOptions {
  readonly line: () => Line
  /** Told when either changes. */
  readonly onQuality: () => void
  /** Told when pictures from or to the participant are to be held back, tried, or let go. */
  readonly onProtection: (states: Readonly<Record<'sending' | 'receiving', Protection['state']>>) => void
}

/** A line that is well is looked at rarely, each look being three questions to the worker. */
const calmMs = 4_000
const worriedMs = 1_000

const ways = ['sending', 'receiving'] as const

export class LineWatch {
  readonly #options: LineWatchOptions
  readonly #shown: Record<(typeof ways)[number], ShownQuality> = { sending: unknownQuality, receiving: unknownQuality }
  readonly #protection: Record<(typeof ways)[number], Protection>
  #dueAt: number
  #looking = false

  constructor(now: number, options: LineWatchOptions) {
    this.#options = options
    this.#protection = { sending: unprotected(now), receiving: unprotected(now) }
    this.#dueAt = now + worriedMs
  }

  get quality(): LineQuality {
    return { sending: this.#shown.sending.quality, receiving: this.#shown.receiving.quality }
  }

  /** Something has got worse: looks at the next opportunity. */
  hurry(): void {
    this.#dueAt = 0
  }

  /** Looks if it is time to. Never rejects. @param now ms, of a clock that does not jump. */
  async look(now: number): Promise<void> {
    if (now < this.#dueAt || this.#looking) return
    this.#looking = true
    const line = this.#options.line()
    if (line.send !== undefined || line.receive !== undefined) this.#judge(await sampleLine(line), now)
    this.#looking = false
    this.#dueAt = now + (this.#isCalm() ? calmMs : worriedMs)
  }

  #judge(sample: Awaited<ReturnType<typeof sampleLine>>, now: number): void {
    const before = { quality: this.quality, states: this.#states() }
    for (const way of ways) {
      const availableBps = way === 'receiving' ? sample.receiving.availableBps : undefined
      this.#protection[way] = protect(this.#protection[way], strainOf(availableBps, sample[way].loss), now)
      const held = this.#protection[way].state !== 'open'
      this.#shown[way] = showQuality(this.#shown[way], qualityOf({ ...sample[way], held }))
    }
    const states = this.#states()
    if (ways.some((way) => states[way] !== before.states[way])) this.#options.onProtection(states)
    const { quality } = this
    if (ways.some((way) => quality[way] !== before.quality[way])) this.#options.onQuality()
  }

  #states(): Record<(typeof ways)[number], Protection['state']> {
    return { sending: this.#protection.sending.state, receiving: this.#protection.receiving.state }
  }

  #isCalm(): boolean {
    return ways.every((way) => {
      const { quality, doubts } = this.#shown[way]
      const { state, strainedSince } = this.#protection[way]
      return quality === 'good' && doubts === 0 && state === 'open' && strainedSince === undefined
    })
  }
}
