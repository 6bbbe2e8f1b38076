/**
 * *Pure.* Where this client stands in every durable stream, and the rule that makes listeners see each event exactly
 * once, in order: an event is delivered when it is the next of its stream, ignored when it was delivered before, and held
 * when something before it is missing. What is missing is asked for; the answer says the rest (see recovery.ts).
 */
import type { EventFrame, Position, RecoveredStream, StreamPosition } from '../src/protocol/index.ts'

/** An event of a durable stream. */
export type Numbered = EventFrame & { readonly stream: string; readonly position: Position }

export type Outcome =
  /** Deliver it. */
  | { readonly event: Numbered }
  /** What is known of the stream is void: the answer's snapshot takes its place. */
  | { readonly replaced: RecoveredStream }
  /** The person takes part in this stream no longer. */
  | { readonly gone: string }

interface Standing {
  /** Everything up to here was delivered, or lies in a snapshot; undefined while nothing is known. */
  position: Position | undefined
  /** Events beyond a gap, as they arrived. */
  held: Numbered[]
  /** How many of `held` were there when the gap was last asked about. */
  heldWhenAsked: number
  /** The newest place that is known to exist although its event is not held. */
  head: Position | undefined
}

/** Beyond this many, events of one stream are not held but asked for again. */
const mostHeld = 500
/** No stream has this epoch: whoever asks with it gets a snapshot. */
const unknown: Position = { epoch: '-', offset: 0 }

export class Streams {
  readonly #standings = new Map<string, Standing>()
  /** Streams with something missing. */
  readonly #gaps = new Set<string>()

  /** An event arrived. @returns what is to be delivered now, in order. */
  take(event: Numbered): readonly Numbered[] {
    const standing = this.#standings.get(event.stream) ?? this.#add(event.stream, undefined)
    if (isDelivered(standing.position, event.position)) return []
    if (follows(standing.position, event.position)) {
      standing.position = event.position
      return standing.held.length === 0 && standing.head === undefined
        ? [event]
        : [event, ...this.#settle(event.stream, standing)]
    }
    if (standing.held.length < mostHeld) standing.held.push(event)
    else if (standing.head?.epoch !== event.position.epoch || standing.head.offset < event.position.offset)
      standing.head = event.position
    this.#gaps.add(event.stream)
    return []
  }

  /** Where this client stands, for `resume`. A stream of which nothing is known is left out. */
  get positions(): readonly StreamPosition[] {
    return [...this.#standings].flatMap(([stream, { position }]) =>
      position === undefined ? [] : [{ stream, position }],
    )
  }

  has(stream: string): boolean {
    return this.#standings.has(stream)
  }

  get names(): readonly string[] {
    return [...this.#standings.keys()]
  }

  /** The streams to ask for again, at most so many. */
  ask(most: number): readonly StreamPosition[] {
    return [...this.#gaps].slice(0, most).map((stream) => {
      const standing = this.#standings.get(stream) ?? this.#add(stream, undefined)
      standing.heldWhenAsked = standing.held.length
      return { stream, position: standing.position ?? unknown }
    })
  }

  /** The connection is lost. The next one begins with an answer that covers everything, so nothing needs to be held. */
  lost(): void {
    for (const standing of this.#standings.values()) {
      standing.held = []
      standing.head = undefined
    }
    this.#gaps.clear()
  }

  /** The answer of session.open: every stream of this person, and no other. */
  resumed(answers: readonly RecoveredStream[]): readonly Outcome[] {
    this.lost()
    const told = new Set(answers.map(({ stream }) => stream))
    const gone = this.names.filter((stream) => !told.has(stream)).map((stream) => this.forget(stream))
    return [...gone, ...answers.flatMap((answer) => this.#apply(answer, undefined))]
  }

  /** The answer of session.recover to what `ask` said. A stream that was asked for and is not told of is gone. */
  recovered(asked: readonly StreamPosition[], answers: readonly RecoveredStream[]): readonly Outcome[] {
    return asked.flatMap(({ stream, position }) => {
      const answer = answers.find((told) => told.stream === stream)
      if (answer === undefined) return this.#standings.has(stream) ? [this.forget(stream)] : []
      return this.#apply(answer, position)
    })
  }

  /**
   * A stream that was heard of in another way, with everything up to `position`: it begins there, or is known to go on up
   * to there. Whoever had no access for a moment is told of nothing that happened in it.
   */
  reaches(stream: string, position: Position): void {
    const standing = this.#standings.get(stream)
    if (standing === undefined) {
      this.#add(stream, position)
      return
    }
    const known = standing.head ?? standing.position
    if (known === undefined || position.epoch === '' || !isBefore(known, position)) return
    standing.head = position
    this.#gaps.add(stream)
  }

  forget(stream: string): Outcome {
    this.#standings.delete(stream)
    this.#gaps.delete(stream)
    return { gone: stream }
  }

  #add(stream: string, position: Position | undefined): Standing {
    const standing: Standing = { position, held: [], heldWhenAsked: 0, head: undefined }
    this.#standings.set(stream, standing)
    return standing
  }

  /** @param asked the position the answer is about, when events may have arrived since; absent on a new connection. */
  #apply(answer: RecoveredStream, asked: Position | undefined): readonly Outcome[] {
    const { stream, position } = answer
    const standing = this.#standings.get(stream) ?? this.#add(stream, undefined)
    // What was held before the question and is of another epoch was of a stream that is no more, or not of this one.
    standing.held = standing.held.filter(
      (event, index) => index >= standing.heldWhenAsked || event.position.epoch === position.epoch,
    )
    standing.heldWhenAsked = 0
    if (standing.head?.epoch !== position.epoch) standing.head = undefined
    const outcomes: Outcome[] = []
    if (answer.recovered && standing.position !== undefined) {
      for (const event of (answer.events ?? []) as unknown as readonly Numbered[]) {
        if (!follows(standing.position, event.position)) continue
        standing.position = event.position
        outcomes.push({ event })
      }
      // A hole in the answer itself is a gap like any other.
      if (isBefore(standing.position, position)) standing.head = position
    } else if (asked === undefined || !isOvertaken(standing.position, position, asked)) {
      standing.position = position
      outcomes.push({ replaced: answer })
    }
    return [...outcomes, ...this.#settle(stream, standing).map((event) => ({ event }))]
  }

  /** Delivers what is held and has become next; whatever is left shows that something is missing still. */
  #settle(stream: string, standing: Standing): Numbered[] {
    const delivered: Numbered[] = []
    const inOrder = standing.held.toSorted((a, b) => a.position.offset - b.position.offset)
    for (const event of inOrder) {
      if (!follows(standing.position, event.position)) continue
      standing.position = event.position
      delivered.push(event)
    }
    const { position, head } = standing
    standing.held = standing.held.filter((event) => !isDelivered(position, event.position))
    standing.heldWhenAsked = Math.min(standing.heldWhenAsked, standing.held.length)
    if (head !== undefined && isDelivered(position, head)) standing.head = undefined
    if (standing.held.length > 0 || standing.head !== undefined) this.#gaps.add(stream)
    else this.#gaps.delete(stream)
    return delivered
  }
}

/** Whether `next` is the event after `position`. An empty stream has no epoch until its first event. */
const follows = (position: Position | undefined, next: Position): boolean =>
  position !== undefined &&
  next.offset === position.offset + 1 &&
  (next.epoch === position.epoch || position.epoch === '')

const isDelivered = (position: Position | undefined, place: Position): boolean =>
  position?.epoch === place.epoch && place.offset <= position.offset

const isBefore = (position: Position, end: Position): boolean =>
  position.epoch !== end.epoch || position.offset < end.offset

/**
 * A snapshot that live events have overtaken while it was on its way takes nothing away. One that is older than what was
 * asked from is not overtaken: the stream itself was set back.
 */
const isOvertaken = (position: Position | undefined, snapshot: Position, asked: Position): boolean =>
  isDelivered(position, snapshot) && asked.epoch === snapshot.epoch && asked.offset <= snapshot.offset
