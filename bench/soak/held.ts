/** What a deployment holds when nobody is there: memory, files, handles, keys. */
import { readdir } from 'node:fs/promises'
import { Redis } from 'ioredis'
import type { Deployment } from '../capacity/deployment.ts'
import { askNode } from '../exposition.ts'
import { settledBytes } from '../memory.ts'
import { redisInfo } from '../redis-info.ts'
import { residentBytes } from '../usage.ts'
import type { Unit } from './leaks.ts'

export interface Held {
  readonly name: string
  readonly unit: Unit
  readonly value: number
  readonly isKept: boolean
}

export interface Holdings extends AsyncDisposable {
  look(): Promise<Held[]>
}

/** Of the processes of a server of this command's own; of nodes elsewhere what they say of themselves. */
export function openHoldings({ nodes, parts, redisSocket }: Deployment): Holdings {
  const redis = redisSocket === undefined ? undefined : new Redis(redisSocket)
  return {
    async look() {
      const own = await Promise.all(Object.entries(parts ?? {}).map(([part, pids]) => processHeld(part, pids)))
      const told = await Promise.all(
        nodes.map((url, n) => nodeHeld(url, nodes.length === 1 ? 'node' : `node ${n + 1}`)),
      )
      return [...own.flat(), ...told.flat(), ...(redis === undefined ? [] : await redisHeld(redis))]
    },
    async [Symbol.asyncDispose]() {
      redis?.disconnect()
    },
  }
}

async function processHeld(part: string, pids: readonly number[]): Promise<Held[]> {
  const [pid] = pids
  if (pid === undefined) return []
  // Redis holds what was said: its own figures tell more.
  const memory =
    part === 'server' ? await settledBytes(pid) : ((await residentBytes({ [part]: pids }))[part] ?? Number.NaN)
  const files = await readdir(`/proc/${pid}/fd`)
  return [
    { name: `memory of ${part}`, unit: 'bytes', value: memory, isKept: part === 'redis' },
    { name: `files of ${part}`, unit: 'files', value: files.length, isKept: false },
  ]
}

async function nodeHeld(url: string, name: string): Promise<Held[]> {
  const { value } = await askNode(url)
  return [
    { name: `heap of ${name}`, unit: 'bytes', value: value('nodejs_heap_size_used_bytes'), isKept: false },
    { name: `open files of ${name}`, unit: 'files', value: value('process_open_fds'), isKept: false },
    { name: `handles of ${name}`, unit: 'handles', value: value('nodejs_active_handles_total'), isKept: false },
  ]
}

async function redisHeld(client: Redis): Promise<Held[]> {
  const [memory, clients, keyspace] = await Promise.all([
    redisInfo(client, 'memory'),
    redisInfo(client, 'clients'),
    client.info('keyspace'),
  ])
  const [, keys = 0, expiring = 0] = (/keys=(\d+),expires=(\d+)/.exec(keyspace) ?? []).map(Number)
  return [
    { name: 'data in Redis', unit: 'bytes', value: memory('used_memory'), isKept: true },
    { name: 'keys without an expiry', unit: 'keys', value: keys - expiring, isKept: false },
    // They go when their time has come, which may be later than the end of this.
    { name: 'keys that expire', unit: 'keys', value: expiring, isKept: true },
    { name: 'clients of Redis', unit: 'clients', value: clients('connected_clients'), isKept: false },
  ]
}
