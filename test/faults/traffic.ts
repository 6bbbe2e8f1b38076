/** What people do while things go wrong: they write, ask to be called back, withdraw it, take offers and let them run out. */
import { randomUUID } from 'node:crypto'
import type { Visavis } from '../../client/index.ts'
import type { Callback, Desk, EventFrame, Offer } from '../../src/protocol/index.ts'
import type { randomIntegers } from './random.ts'
import type { Resumer } from './resumer.ts'

export interface TrafficOptions {
  readonly random: ReturnType<typeof randomIntegers>
  readonly goesOn: () => boolean
}

/** What was answered: text and place of every message. */
export type Acknowledged = { readonly channel: string; readonly text: string; readonly offset: number }[]

export const sendByBook = (client: Resumer, channel: string) => async (text: string) => {
  const answer = await client.call('chat.publish', { channel, key: randomUUID(), text })
  return (answer as { position: { offset: number } }).position.offset
}

export const sendBySdk = (client: Visavis, channel: string) => async (text: string) =>
  (await client.chat.channel(channel).send(text)).offset

/** One message after another, each when the last one is acknowledged. */
export async function write(
  { random, goesOn }: TrafficOptions,
  { channel, by, send }: { channel: string; by: string; send: (text: string) => Promise<number> },
): Promise<Acknowledged> {
  const acknowledged: Acknowledged = []
  for (let n = 1; goesOn(); n += 1) {
    const text = `${by} ${n} ${'é'.repeat(random(0, 300))}`
    acknowledged.push({ channel, text, offset: await send(text) })
    await pause(random(5, 150))
  }
  return acknowledged
}

export async function requestCallbacks({ random, goesOn }: TrafficOptions, client: Resumer): Promise<Acknowledged> {
  while (goesOn()) {
    const params = { key: randomUUID(), medium: 'room', reason: 'rappelez-moi' }
    const { callback } = (await client.call('callback.request', params)) as { callback: Callback }
    await pause(random(10, 900))
    await attempt(client.call('callback.cancel', { callback: callback.id }))
  }
  return []
}

/** Takes every other offer. */
export function answerOffers({ random }: Pick<TrafficOptions, 'random'>, client: Resumer): void {
  const accept = async ({ offer: { callback, token } }: { offer: Offer }) => {
    if ((await attempt(client.call('callback.accept', { callback, token }))) === undefined) return
    await attempt(client.call('callback.complete', { callback, token, disposition: 'answered' }))
  }
  client.onEvent(({ event, data }: EventFrame) => {
    // Whoever lets an offer run out is away until they say otherwise.
    if (event === 'callback.deskChanged' && (data as { desk: Desk }).desk.state === 'away') {
      client.call('callback.setDesk', { state: 'ready' }).catch(() => {})
    }
    if (event !== 'callback.offered' || random(1, 2) === 1) return
    // When the test ends, nobody waits for the answer.
    accept(data as { offer: Offer }).catch(() => {})
  })
}

export const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** A callback that moved on before what was asked of it is no fault. */
const attempt = (answer: Promise<unknown>): Promise<unknown> =>
  answer.catch((error: unknown) => {
    if (['CONFLICT', 'GONE', 'NOT_FOUND'].includes((error as { code?: string }).code ?? '')) return undefined
    throw error
  })
