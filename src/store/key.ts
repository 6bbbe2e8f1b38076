/** How every Redis key is spelt: `vv:<domain>:{<tag>}:<what>`. The tag is the unit of atomicity and of sharding. */
import { crc32 } from 'node:zlib'

export const key = (domain: string, tag: string, ...what: readonly string[]): string =>
  `vv:${domain}:{${tag}}:${what.join(':')}`

/** The tag of `id` among `shards` equal parts, for domains with more things than streams anybody could read. */
export const shardTag = (id: string, shards: number): string => `s${crc32(id) % shards}`

export const shardTags = (shards: number): readonly string[] => Array.from({ length: shards }, (_, n) => `s${n}`)
