/** One device of a person: the SDK as the pages use it, behind a network of its own, and a record of what it was told. */
import type { Test } from 'tap'
import { signToken } from '../../../bench/tokens.ts'
import { type Channel, connect, type Visavis } from '../../../client/index.ts'
import { type EventName, events, type Position } from '../../../src/protocol/index.ts'
import { type CuttableNetwork, cuttableNetwork } from '../../client/cuttable.ts'

export interface DeviceOptions {
  readonly person: string
  readonly role: 'jobseeker' | 'advisor'
  /** The channel it looks at. */
  readonly jobseeker: string
  /** Of the node. */
  readonly url: string
  readonly secret: string
}

/** Whom this person must not hear from: what is beyond a position, or was written at a moment or later (ms). */
export interface Deafness {
  beyond?: number | undefined
  from?: number | undefined
}

export class Device {
  readonly person: string
  readonly deafness: Deafness = {}
  /** What it was told and must not have been. */
  readonly faults: string[] = []
  /** Up to where it was told, as it happened, that somebody has read. */
  readonly heardReading = new Map<string, number>()
  /** How often it got a connection: after an interruption it is told anew what it may have missed. */
  opens = 0
  readonly #options: DeviceOptions
  readonly #network: CuttableNetwork
  #visavis: Visavis
  #channel: Channel | undefined
  #instances = 0

  static async start(t: Test, options: DeviceOptions): Promise<Device> {
    const network = await cuttableNetwork(options.url)
    const device = new Device(options, network)
    t.teardown(() => device[Symbol.asyncDispose]())
    await device.visavis.opened
    return device
  }

  private constructor(options: DeviceOptions, network: CuttableNetwork) {
    this.person = options.person
    this.#options = options
    this.#network = network
    this.#visavis = this.#connect()
  }

  get visavis(): Visavis {
    return this.#visavis
  }

  get network(): CuttableNetwork {
    return this.#network
  }

  /** Opened, as a page does it, when it is first in the list; kept from then on. */
  get channel(): Channel | undefined {
    const { jobseeker } = this.#options
    const listed = this.#visavis.chat.channels.some(({ channel }) => channel === jobseeker)
    if (this.#channel === undefined && listed) this.#channel = this.#watch(this.#visavis.chat.channel(jobseeker))
    return this.#channel
  }

  /** Another page of the same person: nothing of the one before is known to it. */
  restart(goodbye: boolean): void {
    if (!goodbye) this.#network.cut()
    this.#visavis.close()
    this.#channel = undefined
    this.#visavis = this.#connect()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#visavis.close()
    await this.#network[Symbol.asyncDispose]()
  }

  #connect(): Visavis {
    this.#instances += 1
    const { person, role, secret } = this.#options
    const token = () => signToken({ sub: person, role, name: person, region: 'bretagne' }, secret)
    const visavis = connect({ url: this.#network.url, token })
    visavis.chat.onChange(() => void this.channel)
    this.#listen(visavis)
    return visavis
  }

  #fault(what: string): void {
    this.faults.push(`${this.person} (${this.#instances}) ${what}`)
  }

  /** Each event of a stream exactly once, in order, from a snapshot on; and nothing that is not theirs. */
  #listen(visavis: Visavis): void {
    const at = new Map<string, Position>()
    const stream = `channel:${this.#options.jobseeker}`
    for (const event of Object.keys(events) as EventName[]) {
      visavis.on(event, (data, place) => {
        if (place !== undefined) {
          const before = at.get(place.stream)
          const follows =
            before === undefined || (before.offset + 1 === place.position.offset && isSame(before, place.position))
          if (!follows) this.#fault(`was told ${place.stream} ${place.position.offset} after ${before?.offset}`)
          at.set(place.stream, place.position)
        }
        if ('channel' in data && `channel:${data.channel}` === stream) this.#overhear(event, data, place?.position)
      })
    }
    visavis.on('chat.readMoved', ({ channel, person, readOffset }, _place, told) => {
      if (`channel:${channel}` === stream && !told) this.heardReading.set(person, readOffset)
    })
    visavis.onState((state) => {
      if (state === 'open') this.opens += 1
    })
    visavis.onStream((name, answer) => {
      if (answer === undefined) at.delete(name)
      else at.set(name, answer.position)
    })
  }

  #overhear(event: EventName, data: object, position: Position | undefined): void {
    // Markers are also made of the answer to session.open; what is live comes of the server.
    const { beyond, from } = this.deafness
    if (beyond !== undefined && (position?.offset ?? (event === 'chat.typed' ? Number.POSITIVE_INFINITY : 0)) > beyond)
      this.#fault(`was told ${event} at ${position?.offset}, beyond ${beyond}`)
    const { at } = (data as { message?: { at: number } }).message ?? { at: 0 }
    if (event === 'chat.messagePublished' && from !== undefined && at >= from && Date.now() >= from)
      this.#fault(`was told a message of ${at - from} ms after the end of their cover`)
  }

  /** Receipts never go back. */
  #watch(channel: Channel): Channel {
    const highest = new Map<string, number>()
    channel.onChange(() => {
      for (const person of new Set(channel.messages.map(({ from }) => from))) {
        for (const [what, offset] of [
          ['read', channel.readBy(person)],
          ['received', channel.receivedBy(person)],
        ] as const) {
          const before = highest.get(`${what} ${person}`) ?? 0
          if (offset < before) this.#fault(`saw ${what} of ${person} go from ${before} to ${offset}`)
          highest.set(`${what} ${person}`, Math.max(before, offset))
        }
      }
    })
    return channel
  }
}

/** An empty stream has no epoch until its first event. */
const isSame = (before: Position, next: Position): boolean => before.epoch === next.epoch || before.epoch === ''
