/** One channel that one session fills and reads. It knows what stands where without keeping a million messages. */
import { setTimeout as delay } from 'node:timers/promises'
import { makeKey } from '../../client/key.ts'
import { type Sabotage, spoil } from '../delivery.ts'
import { type Cursor, type Page, pageFaults } from '../pages.ts'
import type { Socket } from '../socket.ts'
import { MessageTexts } from '../texts.ts'
import type { WireMessage } from './conversation.ts'

const texts = new MessageTexts(2)
const mostFaults = 5
const drainMs = 30_000
/** The n-th message sent, which must be at the offset n. */
const textOf = (n: number): string => texts.after(String(n), n)

export class LongChannel {
  readonly #channel: string
  readonly #session: Pick<Socket, 'call'>
  #sent = 0
  #acknowledged = 0
  #heard = 0
  /** Messages that were acknowledged elsewhere, or that did not come once and in order. */
  readonly outOfOrder: string[] = []
  /** Pages that are not what stands there. */
  readonly badPages: string[] = []

  constructor(channel: string, session: Pick<Socket, 'call'>) {
    this.#channel = channel
    this.#session = session
  }

  get length(): number {
    return this.#acknowledged
  }

  async append(): Promise<void> {
    this.#sent += 1
    const number = this.#sent
    const params = { channel: this.#channel, key: makeKey(), text: textOf(number) }
    const { position } = (await this.#session.call('chat.publish', params)) as { position: { offset: number } }
    this.#acknowledged += 1
    if (position.offset !== number) this.#fault(this.outOfOrder, `${number} was acknowledged at ${position.offset}`)
  }

  hear({ offset, text }: WireMessage): void {
    this.#heard += 1
    const right = offset === this.#heard && text === textOf(offset)
    if (!right) this.#fault(this.outOfOrder, `the event number ${this.#heard} was that of ${offset}`)
  }

  /** Until everything sent has come as an event, or has had more than enough time to. */
  async drained(): Promise<void> {
    const deadline = performance.now() + drainMs
    while (this.#heard < this.#sent && performance.now() < deadline) await delay(1)
    if (this.#heard < this.#sent) this.#fault(this.outOfOrder, `${this.#heard} of ${this.#sent} came as events`)
  }

  /** While nothing is on its way. @returns how many messages it had. */
  async page(asked: Cursor, sabotage?: Sabotage): Promise<number> {
    const found = (await this.#session.call('chat.history', { channel: this.#channel, ...asked })) as Page
    const page = sabotage === undefined ? found : { ...found, messages: spoil(found.messages, sabotage) }
    for (const fault of pageFaults(page, asked, { length: this.#acknowledged, textOf }))
      this.#fault(this.badPages, fault)
    return page.messages.length
  }

  #fault(faults: string[], what: string): void {
    if (faults.length < mostFaults) faults.push(`${this.#channel}: ${what}`)
  }
}
