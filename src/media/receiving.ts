/** What one participant receives: a consumer of each track, as they want it and as their line carries it. */
import type { types } from 'mediasoup'
import { ask, gone } from './failures.ts'

interface Received {
  readonly consumer: types.Consumer
  /** It has yet to show anything: see `firstLayers`. */
  beginning: boolean
  /** As its owner asked. */
  paused: boolean
  layers: types.ConsumerLayers | undefined
}

/** Whether all pictures are sent, none, or the smallest only. */
export type Pictures = 'all' | 'none' | 'smallest'

const smallest: types.ConsumerLayers = { spatialLayer: 0, temporalLayer: 0 }
/** The worker takes any number for the highest layer there is. */
const largest: types.ConsumerLayers = { spatialLayer: 7, temporalLayer: 7 }
/**
 * What a picture begins with: the smallest encoding, the one that a browser sends whatever its line and its processor bear. Of a
 * larger one that it has just given up, the worker knows for a second and a half no better than that it is sent, and waits for its
 * key frame in vain.
 */
export const firstLayers: types.ConsumerLayers = { spatialLayer: 0 }
/**
 * After so long (ms) a picture that has begun may grow. The next key frame is asked for only then: browsers answer no request within
 * 300 ms of another, and a page has said by then how large it shows the picture.
 */
const firstForMs = 400

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
    const received: Received = { consumer, paused, layers: undefined, beginning: consumer.type === 'simulcast' }
    this.#received.set(producerId, received)
    const growing = received.beginning ? this.#growSoon(received) : undefined
    consumer.observer.once('close', () => {
      growing?.()
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

  /** Once there is a picture. @returns stops waiting for it. */
  #growSoon(received: Received): () => void {
    const { consumer } = received
    let timer: NodeJS.Timeout | undefined
    const grow = () => {
      received.beginning = false
      void this.#prefer(received).catch(() => {})
    }
    const look = (layers: types.ConsumerLayers | undefined) => {
      if (layers !== undefined) timer ??= setTimeout(grow, firstForMs)
    }
    consumer.on('layerschange', look)
    look(consumer.currentLayers)
    return () => clearTimeout(timer)
  }

  async #prefer({ consumer, beginning, layers = largest }: Received): Promise<void> {
    const wanted = this.#pictures === 'smallest' ? smallest : beginning ? firstLayers : layers
    await ask(() => consumer.setPreferredLayers(wanted), 'UNAVAILABLE')
    if (consumer.closed) throw gone('that consumer has ended')
  }

  #find(id: string): Received {
    for (const received of this.#received.values()) if (received.consumer.id === id) return received
    throw gone('that consumer has ended, or is not yours')
  }
}
