/** What is told of a room as a whole: how good everybody's line is, and who speaks. Only the newest counts. */
import type { DataOf } from '../protocol/index.ts'

export interface RoomNewsOptions {
  readonly lines: () => DataOf<'room.qualityChanged'>['lines']
  readonly tell: (news: { lines?: DataOf<'room.qualityChanged'>['lines']; speaker?: string }) => void
}

/** Each is told at most so often (ms): what changes meanwhile is one piece of news. */
const pauseMs = 500

export class RoomNews {
  readonly #options: RoomNewsOptions
  #timer: NodeJS.Timeout | undefined
  #linesChanged = false
  #speaker: string | undefined
  #speakerChanged = false

  constructor(options: RoomNewsOptions) {
    this.#options = options
  }

  linesChanged(): void {
    this.#linesChanged = true
    this.#soon()
  }

  speaks(participant: string | undefined): void {
    if (this.#speaker === participant) return
    this.#speaker = participant
    this.#speakerChanged = true
    this.#soon()
  }

  /**
   * Somebody came who has heard nothing yet, or who is back and may have missed something. Until they are told otherwise,
   * people take lines for good.
   */
  hearing(back: boolean): void {
    const good = this.#options.lines().every(({ sending, receiving }) => sending === 'good' && receiving === 'good')
    this.#linesChanged ||= back || !good
    this.#speakerChanged ||= this.#speaker !== undefined
    if (this.#linesChanged || this.#speakerChanged) this.#soon()
  }

  close(): void {
    clearTimeout(this.#timer)
  }

  #soon(): void {
    this.#timer ??= setTimeout(() => this.#tell(), pauseMs)
  }

  #tell(): void {
    this.#timer = undefined
    const news = {
      ...(this.#linesChanged ? { lines: this.#options.lines() } : {}),
      ...(this.#speakerChanged && this.#speaker !== undefined ? { speaker: this.#speaker } : {}),
    }
    this.#linesChanged = false
    this.#speakerChanged = false
    this.#options.tell(news)
  }
}
