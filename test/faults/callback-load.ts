/**
 * Jobseekers who ask to be called back, put it off and withdraw it, and advisors who accept, decline, try, and complete, all
 * at random; with a journal of what each of them was answered.
 */
import { randomUUID } from 'node:crypto'
import type { Callback, Offer } from '../../src/protocol/index.ts'
import type { ActName, Act as Done, End, Journal, Seen } from './callback-truth.ts'
import type { randomIntegers } from './random.ts'
import type { Resumer } from './resumer.ts'
import { pause } from './traffic.ts'

type Client = Pick<Resumer, 'call'>

export interface LoadOptions {
  readonly random: ReturnType<typeof randomIntegers>
  readonly goesOn: () => boolean
  /** Called in the moment in which an act is sent. */
  readonly onSend?: (act: ActName) => void
}

export class CallbackLoad implements Journal {
  readonly acts: Done[] = []
  readonly offers: Seen[] = []
  readonly #options: LoadOptions

  constructor(options: LoadOptions) {
    this.#options = options
  }

  /** Until it is over, and for longer while something is under way. */
  async actAsJobseeker(client: Client, by: string): Promise<void> {
    const { random, goesOn } = this.#options
    while (goesOn()) {
      const params = { key: randomUUID(), medium: 'room', reason: 'rappelez-moi' }
      const made = await this.#send(client, { act: 'request', by }, 'callback.request', params)
      if (made === undefined) return
      for (let open = true; open && goesOn(); ) {
        await pause(random(20, 250))
        const [now] = await this.listOf(client)
        open = now !== undefined && !['done', 'cancelled', 'unreachable'].includes(now.state)
        if (!open) break
        const dice = random(1, 20)
        if (dice === 1) await this.#send(client, { act: 'cancel', by, callback: made.id }, 'callback.cancel')
        // What is to be tried again in a minute is wanted at once.
        if (dice === 2 || now?.state === 'scheduled') {
          await this.#send(client, { act: 'reschedule', by, callback: made.id }, 'callback.reschedule', {
            key: randomUUID(),
          })
        }
      }
    }
  }

  async actAsAdvisor(client: Client, by: string): Promise<void> {
    const { random, goesOn } = this.#options
    const handled = new Set<string>()
    while (goesOn()) {
      const { offers, callbacks } = (await client.call('callback.list', {})) as {
        offers: Offer[]
        callbacks: Callback[]
      }
      for (const { callback, token } of offers) {
        this.offers.push({ callback, token, advisor: by })
        const isOffered = callbacks.some(({ id, state }) => id === callback && state === 'offered')
        if (!isOffered || handled.has(`${callback} ${token}`)) continue
        handled.add(`${callback} ${token}`)
        await this.answer(client, by, { callback, token })
      }
      // Whoever has let one run out is away.
      if (random(1, 5) === 1) await client.call('callback.setDesk', { state: 'ready' })
      await pause(random(10, 60))
    }
  }

  /** Everything an advisor may do with an offer. */
  async answer(client: Client, by: string, held: { callback: string; token: number }): Promise<void> {
    const { random } = this.#options
    const act = (act: ActName, method: string, more: object = {}) =>
      this.#send(client, { act, by, ...held }, method, { ...held, ...more })
    const dice = random(1, 20)
    if (dice === 1) return
    if (dice <= 5) return void (await act('decline', 'callback.decline', { reason: 'busy' }))
    if ((await act('accept', 'callback.accept')) === undefined) return
    await pause(random(5, 80))
    if (dice <= 10) {
      const outcome = (['no-answer', 'busy', 'postponed'] as const)[random(0, 2)]
      return void (await act('attempt', 'callback.attempt', { key: randomUUID(), outcome }))
    }
    if (dice <= 14) await act('attempt', 'callback.attempt', { key: randomUUID(), outcome: 'reached' })
    await act('complete', 'callback.complete', { disposition: 'answered', note: 'fait' })
  }

  /** A jobseeker's own, newest first. */
  async listOf(client: Client): Promise<Callback[]> {
    return ((await client.call('callback.list', {})) as { callbacks: Callback[] }).callbacks
  }

  /** What each jobseeker finds at the end. */
  async ends(clients: readonly Client[]): Promise<Map<string, End>> {
    const ends = new Map<string, End>()
    for (const client of clients) {
      for (const callback of await this.listOf(client)) {
        const answer = await client.call('callback.history', { callback: callback.id })
        ends.set(callback.id, { callback, history: (answer as { history: End['history'] }).history })
      }
    }
    return ends
  }

  /** @returns the callback, or nothing when it was refused. */
  async #send(
    client: Client,
    sent: Pick<Done, 'act' | 'by' | 'callback' | 'token'>,
    method: string,
    params: object = sent.token === undefined ? { callback: sent.callback } : {},
  ): Promise<Callback | undefined> {
    const sentAt = performance.now()
    this.#options.onSend?.(sent.act)
    const named = sent.act === 'reschedule' ? { callback: sent.callback, ...params } : params
    const answer = await client.call(method, named).then(
      (result) => (result as { callback: Callback }).callback,
      (error: { code?: string }) => error.code ?? 'no answer',
    )
    const callback = sent.callback ?? (typeof answer === 'object' ? answer.id : undefined)
    this.acts.push({ ...sent, callback, sentAt, answeredAt: performance.now(), answer })
    if (answer === 'no answer') throw new Error(`${sent.act} by ${sent.by} was never answered`)
    return typeof answer === 'object' ? answer : undefined
  }
}
