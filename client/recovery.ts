/** Keeps the durable streams of a connection whole: delivers in order, asks for what is missing, one question at a time. */
import { VisavisError } from '../src/protocol/errors.ts'
import type { EventFrame, RecoveredStream, ResultOf, StreamPosition } from '../src/protocol/index.ts'
import { backoffMs } from './backoff.ts'
import { type Numbered, type Outcome, Streams } from './streams.ts'

/** One question stays well below the largest frame (an entry is about 150 bytes). */
const mostAsked = 100

export interface RecoveryOptions {
  readonly ask: (streams: readonly StreamPosition[]) => Promise<ResultOf<'session.recover'>>
  /** @param told how something stands, though it may not have changed. */
  readonly deliver: (event: EventFrame, told?: boolean) => void
  /** What is known of the stream is void; undefined: the person takes part in it no longer. */
  readonly onStream: (stream: string, answer: RecoveredStream | undefined) => void
  /** Everything missed of the stream was delivered. */
  readonly onRecovered?: (answer: RecoveredStream) => void
  /** The question was refused: only a new connection helps. */
  readonly onRefused: (error: Error) => void
}

export class Recovery {
  readonly #options: RecoveryOptions
  readonly #streams = new Streams()
  #asking = false
  /** Counts connections: what a lost one still answers is of no interest. */
  #connection = 0

  constructor(options: RecoveryOptions) {
    this.#options = options
  }

  /** Where this client stands, as far as it fits into a frame; for the rest there will be snapshots. */
  positions(maxFrameBytes: number): StreamPosition[] {
    let room = maxFrameBytes - 10_000
    return this.#streams.positions.filter((place) => {
      room -= JSON.stringify(place).length + 1
      return room > 0
    })
  }

  has(stream: string): boolean {
    return this.#streams.has(stream)
  }

  take(event: Numbered): void {
    for (const next of this.#streams.take(event)) this.#options.deliver(next)
    this.#ask()
  }

  /** A connection has opened. */
  resumed(answers: readonly RecoveredStream[]): void {
    this.#play(this.#streams.resumed(answers), answers)
    this.#ask()
  }

  lost(): void {
    this.#connection += 1
    this.#asking = false
    this.#streams.lost()
  }

  /**
   * Streams told of by another answer: new ones begin where it says, what known ones miss up to there is asked for, and
   * others of the same kind are gone.
   */
  keepOnly(kind: 'channel', known: readonly StreamPosition[]): void {
    for (const { stream, position } of known) this.#streams.reaches(stream, position)
    const names = new Set(known.map(({ stream }) => stream))
    const gone = this.#streams.names.filter((name) => name.startsWith(`${kind}:`) && !names.has(name))
    this.#play(gone.map((stream) => this.#streams.forget(stream)))
    this.#ask()
  }

  #ask(): void {
    if (this.#asking || this.#streams.ask(1).length === 0) return
    this.#asking = true
    void this.#run(this.#connection)
  }

  async #run(connection: number): Promise<void> {
    const superseded = () => connection !== this.#connection
    for (let rounds = 0; !superseded(); rounds += 1) {
      const asked = this.#streams.ask(mostAsked)
      if (asked.length === 0) break
      let waitMs = backoffMs(rounds, Math.random())
      try {
        const { streams } = await this.#options.ask(asked)
        if (superseded()) return
        this.#play(this.#streams.recovered(asked, streams), streams)
      } catch (error) {
        if (superseded()) return
        if (!(error instanceof VisavisError) || !error.retryable) {
          this.#options.onRefused(error instanceof Error ? error : new Error(String(error)))
          return
        }
        waitMs = backoffMs(rounds, Math.random(), error.retryAfterMs)
      }
      if (this.#streams.ask(1).length > 0) await new Promise((resolve) => setTimeout(resolve, waitMs))
    }
    if (!superseded()) this.#asking = false
  }

  #play(outcomes: readonly Outcome[], answers: readonly RecoveredStream[] = []): void {
    for (const outcome of outcomes) {
      if ('event' in outcome) this.#options.deliver(outcome.event)
      else if ('gone' in outcome) this.#options.onStream(outcome.gone, undefined)
      else this.#options.onStream(outcome.replaced.stream, outcome.replaced)
    }
    for (const answer of answers) {
      this.#playRead(answer)
      this.#playWait(answer)
      if (answer.recovered) this.#options.onRecovered?.(answer)
    }
  }

  /** Neither is the clock of an answer; it is as old as the answer, so what has come since knows better. */
  #playWait({ stream, position, recovered, waitingSince }: RecoveredStream): void {
    if (!recovered || !stream.startsWith('channel:')) return
    const stands = this.#streams.positions.find((known) => known.stream === stream)?.position
    if (stands?.offset !== position.offset) return
    const channel = stream.slice('channel:'.length)
    const data = { channel, ...(waitingSince === undefined ? {} : { waitingSince }) }
    this.#options.deliver({ event: 'chat.waitingMoved', data })
  }

  /**
   * Read markers are not numbered: the answer tells them all, though they may have been known already.
   */
  #playRead({ stream, readBy, snapshot, retainedFrom }: RecoveredStream): void {
    const channel = stream.slice('channel:'.length)
    if (retainedFrom !== undefined) {
      this.#options.deliver({ event: 'chat.messagesExpired', data: { channel, retainedFrom } })
    }
    for (const { person, readOffset, receivedOffset } of readBy ?? snapshot?.channel?.readBy ?? []) {
      this.#options.deliver({ event: 'chat.readMoved', data: { channel, person, readOffset } }, true)
      if (receivedOffset === undefined) continue
      this.#options.deliver({ event: 'chat.receivedMoved', data: { channel, person, receivedOffset } }, true)
    }
  }
}
