/** Delivers events to the connections of this node that follow a topic. A frame is encoded once, whatever the audience. */
import { type DataOf, type Delivery, type EventName, events } from '../protocol/index.ts'
import { Groups } from './groups.ts'
import { textFrame } from './text-frame.ts'

/**
 * `person:<id>`, `channel:<jobseeker>`, `notes:<jobseeker>`, `presence:<person>`, a board, or of a team (store/events.ts).
 * The first two are also the names of durable streams.
 */
export type Topic = string

export const personTopic = (person: string): Topic => `person:${person}`
export const channelTopic = (jobseeker: string): Topic => `channel:${jobseeker}`
export const notesTopic = (jobseeker: string): Topic => `notes:${jobseeker}`
export const presenceTopic = (person: string): Topic => `presence:${person}`
/** The board of a team's callbacks, or of a whole region's. */
export const boardTopic = (region: string, team?: string): Topic =>
  `board:${region}${team === undefined ? '' : `/${encodeURIComponent(team)}`}`

/** An event on its way. */
export interface Outgoing {
  readonly topic: Topic
  /** Place in the durable stream named by the topic; undefined when it is in none. */
  readonly offset: number | undefined
  readonly event: EventName
  readonly delivery: Delivery
  /** As it goes over the wire (text-frame.ts); not to be changed, for all share it. */
  readonly frame: Buffer
}

export interface Subscriber {
  deliver(outgoing: Outgoing): void
}

export const encodeEvent = <E extends EventName>(event: E, data: DataOf<E>): Buffer =>
  textFrame(JSON.stringify({ event, data }))

export const isEvent = (name: string): name is EventName => Object.hasOwn(events, name)

export class Fanout {
  readonly #subscribers = new Groups<Subscriber>()

  subscribe(subscriber: Subscriber, topic: Topic): void {
    this.#subscribers.add(topic, subscriber)
  }

  unsubscribe(subscriber: Subscriber, topic: Topic): void {
    this.#subscribers.delete(topic, subscriber)
  }

  /** Whether anybody of this node follows a topic. */
  isFollowed(topic: Topic): boolean {
    return this.#subscribers.has(topic)
  }

  /** @param text the finished event, as JSON. */
  send(topic: Topic, event: EventName, text: string, offset?: number): void {
    if (!this.#subscribers.has(topic)) return
    const outgoing = { topic, offset, event, delivery: events[event].delivery, frame: textFrame(text) }
    for (const subscriber of this.#subscribers.of(topic)) subscriber.deliver(outgoing)
  }

  publish<E extends EventName>(topic: Topic, event: E, data: DataOf<E>): void {
    this.send(topic, event, JSON.stringify({ event, data }))
  }
}
