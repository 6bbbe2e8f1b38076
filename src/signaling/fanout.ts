/** Delivers events to the connections of this node that follow a topic. A frame is encoded once, whatever the audience. */
import { type DataOf, type Delivery, type EventName, events } from '../protocol/index.ts'

/**
 * `person:<id>`, `channel:<jobseeker>`, `presence:<person>`, or of a team (store/events.ts). The first two are also the
 * names of durable streams.
 */
export type Topic = string

export const personTopic = (person: string): Topic => `person:${person}`
export const channelTopic = (jobseeker: string): Topic => `channel:${jobseeker}`
export const presenceTopic = (person: string): Topic => `presence:${person}`

/** An event on its way. */
export interface Outgoing {
  readonly topic: Topic
  /** Place in the durable stream named by the topic; undefined when it is in none. */
  readonly offset: number | undefined
  readonly event: EventName
  readonly delivery: Delivery
  readonly frame: string
}

export interface Subscriber {
  deliver(outgoing: Outgoing): void
}

export const encodeEvent = <E extends EventName>(event: E, data: DataOf<E>): string => JSON.stringify({ event, data })

export const isEvent = (name: string): name is EventName => Object.hasOwn(events, name)

export class Fanout {
  readonly #subscribers = new Map<Topic, Set<Subscriber>>()

  subscribe(subscriber: Subscriber, topic: Topic): void {
    const set = this.#subscribers.get(topic)
    if (set === undefined) this.#subscribers.set(topic, new Set([subscriber]))
    else set.add(subscriber)
  }

  unsubscribe(subscriber: Subscriber, topic: Topic): void {
    const set = this.#subscribers.get(topic)
    if (set === undefined) return
    set.delete(subscriber)
    if (set.size === 0) this.#subscribers.delete(topic)
  }

  /** A finished frame. */
  send(topic: Topic, event: EventName, frame: string, offset?: number): void {
    const subscribers = this.#subscribers.get(topic)
    if (subscribers === undefined) return
    const outgoing = { topic, offset, event, delivery: events[event].delivery, frame }
    for (const subscriber of subscribers) subscriber.deliver(outgoing)
  }

  publish<E extends EventName>(topic: Topic, event: E, data: DataOf<E>): void {
    this.send(topic, event, encodeEvent(event, data))
  }
}
