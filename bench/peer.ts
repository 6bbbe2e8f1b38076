/** Those beside which Visavis is measured: their names, who has which version, and which can be run here. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { ownAddress } from './own-address.ts'

export const peerNames = ['ws', 'socket.io', 'bullmq', 'mediasoup', 'janus', 'fastify'] as const
export type PeerName = (typeof peerNames)[number]

/** What each is made of, as packages; Janus is a program of its own. */
const packages: Readonly<Record<PeerName, readonly string[]>> = {
  ws: ['ws', 'ioredis'],
  'socket.io': ['socket.io', '@socket.io/redis-streams-adapter', 'ws', 'ioredis'],
  bullmq: ['bullmq', 'ioredis'],
  mediasoup: ['mediasoup', 'ws'],
  janus: [],
  fastify: ['fastify'],
}

/** Where Debian puts it. */
export const janusProgram = '/usr/bin/janus'

/** Why a peer cannot be run here; undefined when it can. */
export function whyNot(peer: PeerName): string | undefined {
  if (peer !== 'janus') return undefined
  if (!existsSync(janusProgram))
    return 'janus is not installed: apt-get install --no-install-recommends janus (Debian 12: 1.1.2)'
  return ownAddress() === undefined
    ? 'janus cannot be run: this machine has no address besides the loopback one, which it does not use'
    : undefined
}

/** Versions of all that these peers are made of, by name. */
export async function versionsOf(peers: readonly PeerName[]): Promise<Readonly<Record<string, string>>> {
  const names = [...new Set(peers.flatMap((peer) => packages[peer]))]
  const found = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(`../node_modules/${name}/package.json`, import.meta.url), 'utf8')
      return [name, (JSON.parse(text) as { version: string }).version] as const
    }),
  )
  return { ...Object.fromEntries(found), ...(peers.includes('janus') ? { janus: await janusVersion() } : {}) }
}

async function janusVersion(): Promise<string> {
  // It says which one it is before it looks at what it was asked.
  const { stdout } = await promisify(execFile)(janusProgram, ['--version']).catch((error: { stdout?: string }) => error)
  return /\d+\.\d+\.\d+/.exec(stdout ?? '')?.[0] ?? 'unknown'
}

/** Of a scenario, and what is to be known of those that were left out. */
export interface Chosen {
  readonly peers: readonly PeerName[]
  readonly notes: readonly string[]
}

/**
 * @param asked on the command line; undefined: all that a scenario has and this machine can run.
 * @throws Error when one that was asked for cannot be run.
 */
export function choosePeers(offered: readonly PeerName[], asked: readonly PeerName[] | undefined): Chosen {
  const wanted = offered.filter((peer) => asked?.includes(peer) ?? true)
  const absent = wanted.flatMap((peer) => whyNot(peer) ?? [])
  if (asked !== undefined && absent.length > 0) throw new Error(`--peer: ${absent.join('; ')}`)
  const notes = absent.map((why) => `left out: ${why}`)
  return { peers: wanted.filter((peer) => whyNot(peer) === undefined), notes }
}
