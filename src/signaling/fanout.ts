/** Delivers events to the connections of this node that follow a topic. An event is encoded once, whatever the audience. */
import type { DataOf, EventName, Position } from '../protocol/index.ts'

/** `person:<id>` or `channel:<jobseeker>`. */
export type Topic = `person:${string}` | `channel:${string}`

export const personTopic = (person: string): Topic => `person:${person}`
export const channelTopic = (jobseeker: string): Topic => `channel:${jobseeker}`

export interface Subscriber {
  sendEvent(event: EventName, frame: string): void
}

export interface Place {
  readonly stream: string
  readonly position: Position
}

export const encodeEvent = <E extends EventName>(event: E, data: DataOf<E>, place?: Place): string =>
  JSON.stringify({ event, data, ...place })

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

  publish<E extends EventName>(topic: Topic, event: E, data: DataOf<E>, place?: Place): void {
    const subscribers = this.#subscribers.get(topic)
    if (subscribers === undefined) return
    const frame = encodeEvent(event, data, place)
    for (const subscriber of subscribers) subscriber.sendEvent(event, frame)
  }
}
