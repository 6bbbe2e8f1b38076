/** A channel as Redis has it, read past the server. Its keys are those of src/chat/keys.ts, spelt out. */
import { decodeMessage } from '../../../src/chat/message.ts'
import type { Message, Position } from '../../../src/protocol/index.ts'
import { key, shardTag } from '../../../src/store/key.ts'
import type { RedisClient } from '../../../src/store/redis.ts'

export interface Marker {
  readonly read: number
  readonly received: number
  /** From which message on it is marked as unread. */
  readonly marked: number | undefined
}

export interface Truth {
  readonly position: Position
  /** All of them: message n is at n − 1. */
  readonly messages: readonly Message[]
  readonly markers: ReadonlyMap<string, Marker>
  /** The earlier texts of edited messages, oldest first. */
  readonly versions: ReadonlyMap<number, readonly string[]>
  /** Offsets of pinned messages, ascending. */
  readonly pins: readonly number[]
}

export async function readTruth(client: RedisClient, channel: string): Promise<Truth> {
  const of = (what: string) => key('chat', shardTag(channel, 16), channel, what)
  // As of one moment.
  const answers = await client
    .multi()
    .lrange(of('list'), '0', '-1')
    .hgetall(of('state'))
    .hgetall(of('versions'))
    .zrange(of('pins'), '0', '-1')
    .exec()
  const [list, state, versions, pins] = (answers ?? []).map(([, answer]) => answer) as [
    string[],
    Record<string, string>,
    Record<string, string>,
    string[],
  ]
  const number = (field: string) => Number(state[field] ?? 0)
  const people = new Set(
    Object.keys(state)
      .filter((field) => /^[@+~]/.test(field))
      .map((field) => field.slice(1)),
  )
  const markerOf = (person: string): Marker => ({
    read: number(`@${person}`),
    received: Math.max(number(`@${person}`), number(`+${person}`)),
    marked: state[`~${person}`] === undefined ? undefined : number(`~${person}`),
  })
  const textsOf = (json: string) => (JSON.parse(json) as { text: string }[]).map(({ text }) => text)
  return {
    position: { epoch: state.epoch ?? '', offset: number('last') + number('changes') },
    messages: list.map((json, index) => decodeMessage(index + 1, json)),
    markers: new Map([...people].map((person) => [person, markerOf(person)])),
    versions: new Map(Object.entries(versions).map(([offset, json]) => [Number(offset), textsOf(json)])),
    pins: pins.map(Number).toSorted((a, b) => a - b),
  }
}
