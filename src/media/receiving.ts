/** What one participant receives: a consumer of each track, as they want it and as their line carries it. */
import type { types } from 'mediasoup'
import { ask, gone } from './failures.ts'

interface Received {
  readonly consumer: types.Consumer
  /** As its owner asked. */
  paused: boolean
  layers: types.ConsumerLayers | undefined
}

/** Whether all pictures are sent, none, or the smallest only. */
export type Pictures = 'all' | 'none' | 'smallest'

const smallest: types.ConsumerLayers = { spatialLayer: 0, temporalLayer: 0 }
/** The worker takes any number for the highest layer there is. */
const largest: types.ConsumerLayers = { spatialLayer: 7, temporalLayer: 7 }

export class Receiving {
  /** By the id of the producer: one consumer of each at most. */
  readonly #received = new Map<string, Received>()
  #pictures: Pictures = 'all'

  get size(): number {
    return this.#received.size
  }

  get consumers(): types.Consumer[] {
    return [...this.#received.values()].map(({ consumer }) => consumer)
  }

  /** Ends the consumer of this producer, if there is one. */
  drop(producer: string): void {
    this.#received.get(producer)?.consumer.close()
  }

  /** A new consumer; it takes the place of an earlier one of the same producer. */
  add(consumer: types.Consumer): void {
    const { producerId, paused } = consumer
    this.drop(producerId)
    const received: Received = { consumer, paused, layers: undefined }
    this.#received.set(producerId, received)
    consumer.observer.once('close', () => {
      if (this.#received.get(producerId) === received) this.#received.delete(producerId)
    })
  }

  /** @throws VisavisError GONE, also for another's: consumers are not known to others. */
  async setPaused(id: string, paused: boolean): Promise<void> {
    const received = this.#find(id)
    received.paused = paused
    if (!paused && this.#pictures === 'smallest' && received.consumer.kind === 'video') await this.#prefer(received)
    await this.#apply(received)
  }

  /** @throws VisavisError GONE. */
  async setLayers(id: string, layers: types.ConsumerLayers): Promise<void> {
    const received = this.#find(id)
    received.layers = layers
    await this.#prefer(received)
  }

  /** Lets pictures through, or holds them back, whatever their owner asked; what they asked meanwhile counts afterwards. */
  async setPictures(pictures: Pictures): Promise<void> {
    this.#pictures = pictures
    const videos = [...this.#received.values()].filter(({ consumer }) => consumer.kind === 'video')
    await Promise.allSettled(
      videos.map(async (received) => {
        // Before it flows, so that it does not begin with more than the line carries.
        if (pictures !== 'none') await this.#prefer(received)
        await this.#apply(received)
      }),
    )
  }

  /** Always asked, never skipped when it seems to be so already: an opposite request may be on its way. */
  async #apply({ consumer, paused }: Received): Promise<void> {
    const silent = paused || (consumer.kind === 'video' && this.#pictures === 'none')
    await ask(() => (silent ? consumer.pause() : consumer.resume()), 'UNAVAILABLE')
    if (consumer.closed) throw gone('that consumer has ended')
  }

  async #prefer({ consumer, layers = largest }: Received): Promise<void> {
    const wanted = this.#pictures === 'smallest' ? smallest : layers
    await ask(() => consumer.setPreferredLayers(wanted), 'UNAVAILABLE')
    if (consumer.closed) throw gone('that consumer has ended')
  }

  #find(id: string): Received {
    for (const received of this.#received.values()) if (received.consumer.id === id) return received
    throw gone('that consumer has ended, or is not yours')
  }
}
