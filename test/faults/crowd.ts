/** Many jobseekers who read, the advisors who write to them at a steady rate, and how long each message takes. */
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { WebSocket } from 'ws'
import { signToken } from '../../bench/tokens.ts'
import { subprotocol } from '../../src/protocol/index.ts'
import { type RawClient, rawClient } from '../support/socket.ts'

export const region = 'bretagne'
export const secret = 'the secret of this test and of its node'
export const agency = 'agency'.repeat(8)

/** Jobseekers of one advisor. */
const portfolio = 100
const stepMs = 10

export const tokenOf = (person: string, role: 'jobseeker' | 'advisor'): string =>
  signToken({ sub: person, role, name: person, region }, secret)

export async function enrol(url: string, id: string, person: Readonly<Record<string, unknown>>): Promise<void> {
  const response = await fetch(`${url}/api/regions/${region}/people/${id}`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${agency}` },
    body: JSON.stringify({ name: id, ...person }),
  })
  if (!response.ok) throw new Error(await response.text())
}

/**
 * As the SDK does it: what storage has not taken in time, on a machine that is busy, is sent again with its key and is one
 * message.
 */
export async function publish(
  writer: RawClient,
  params: { readonly channel: string; readonly key: string; readonly text: string },
): Promise<void> {
  for (;;) {
    const answer = await writer.call('chat.publish', params)
    if ('result' in answer) return
    const { code, message, retryAfterMs = stepMs } = answer.error
    if (code !== 'UNAVAILABLE') throw new Error(`${code}: ${message}`)
    await new Promise((resolve) => setTimeout(resolve, retryAfterMs))
  }
}

export interface Crowd extends AsyncDisposable {
  /** Writes at a steady rate for a while. @returns the time from due to received of each message (ms). */
  measure(forMs: number, perSecond: number): Promise<number[]>
}

/** Everybody is enrolled, connected and reading. */
export async function gatherCrowd(url: string, size: number): Promise<Crowd> {
  const people = Array.from({ length: size }, (_, n) => ({
    id: `reader-${n}`,
    advisor: `writer-${Math.floor(n / portfolio)}`,
  }))
  const advisors = [...new Set(people.map(({ advisor }) => advisor))]
  for (const advisor of advisors) await enrol(url, advisor, { role: 'advisor' })
  await inBatches(people, async ({ id, advisor }) => enrol(url, id, { role: 'jobseeker', advisor }))

  let onReceived: (text: string) => void = () => {}
  const readers: WebSocket[] = []
  await inBatches(people, async ({ id }) => {
    const socket = new WebSocket(`${url.replace(/^http/, 'ws')}/ws`, subprotocol)
    readers.push(socket)
    socket.on('error', () => {})
    await once(socket, 'open')
    socket.send(
      JSON.stringify({ id: 0, method: 'session.open', params: { token: tokenOf(id, 'jobseeker'), versions: [1] } }),
    )
    await once(socket, 'message')
    socket.on('message', (data) => {
      const { event, data: told } = JSON.parse(String(data)) as { event?: string; data?: { message: { text: string } } }
      if (event === 'chat.messagePublished' && told !== undefined) onReceived(told.message.text)
    })
  })
  const writers = new Map<string, RawClient>()
  for (const advisor of advisors) writers.set(advisor, await rawClient(url, tokenOf(advisor, 'advisor')))

  return {
    async measure(forMs, perSecond) {
      const due = new Map<string, number>()
      const waits: number[] = []
      onReceived = (text) => {
        const at = due.get(text)
        if (at === undefined || !due.delete(text)) return
        waits.push(performance.now() - at)
      }
      const total = Math.floor((forMs * perSecond) / 1_000)
      const answers: Promise<unknown>[] = []
      const begunAt = performance.now()
      // Open loop: what is late counts as late, and does not make what follows later.
      for (let sent = 0; sent < total; ) {
        for (; sent < total && begunAt + (sent * 1_000) / perSecond <= performance.now(); sent += 1) {
          const { id, advisor } = people[sent % people.length] ?? { id: '', advisor: '' }
          const text = randomUUID()
          due.set(text, begunAt + (sent * 1_000) / perSecond)
          const writer = writers.get(advisor)
          if (writer !== undefined) answers.push(publish(writer, { channel: id, key: text, text }))
        }
        await new Promise((resolve) => setTimeout(resolve, stepMs))
      }
      await Promise.all(answers)
      const deadline = performance.now() + 10_000
      while (due.size > 0) {
        if (performance.now() > deadline) throw new Error(`${due.size} messages were not received`)
        await new Promise((resolve) => setTimeout(resolve, stepMs))
      }
      return waits
    },
    async [Symbol.asyncDispose]() {
      for (const socket of readers) socket.terminate()
      for (const writer of writers.values()) writer.socket.terminate()
    },
  }
}

async function inBatches<T>(all: readonly T[], act: (one: T) => Promise<void>): Promise<void> {
  for (let n = 0; n < all.length; n += 25) await Promise.all(all.slice(n, n + 25).map(act))
}

/** The value below which so large a share lies. */
export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN
}
