/**
 * Question: what does an idle session cost, and how soon is everybody back, with everything, after a node was killed?
 */

import { cp } from 'node:fs/promises'
import type { Connect, SessionOrders, Silence } from '../generator/sessions.ts'
import { shares } from '../generators.ts'
import { merge, percentileMs } from '../latency.ts'
import { collecting, settledBytes } from '../memory.ts'
import { Crew } from '../orders.ts'
import type { PeerName } from '../peer.ts'
import { peerSecret } from '../peers.ts'
import { endWithin, startServer, temporaryFolder } from '../processes.ts'
import { startRedis } from '../redis.ts'
import { metric, type Result, type RunOptions, ratio, type Scenario } from '../scenario.ts'
import { quantile } from '../statistics.ts'
import { signToken } from '../tokens.ts'
import { cpuUs, difference, type PerPart } from '../usage.ts'
import { enrolMany, type Portfolio, region, startVisavis } from '../visavis.ts'

interface Size {
  readonly sessions: number
  /** An advisor and their jobseekers. */
  readonly portfolio: number
  /** At which sessions are opened, open loop. */
  readonly connectsPerSecond: number
  /** Sent all the while the server is killed and comes back, open loop. */
  readonly messagesPerSecond: number
  /** Before the kill, and after everybody is back. */
  readonly talkMs: number
  readonly recoverMs: number
}
const full: Size = {
  sessions: 10_000,
  portfolio: 100,
  connectsPerSecond: 1_000,
  messagesPerSecond: 200,
  talkMs: 1_500,
  recoverMs: 60_000,
}
const smoke: Size = { ...full, sessions: 100, portfolio: 10, connectsPerSecond: 500, talkMs: 300 }

/** One process may open 20,000 files on a machine that nobody has tuned. */
const sessionsPerGenerator = 6_000

export const connect: Scenario = {
  name: 'connect',
  peers: ['ws', 'socket.io'],
  question: 'What does an idle session cost, and how soon is everybody back, with everything, after a node was killed?',
  async run(options) {
    const base = options.smoke ? smoke : full
    const size = { ...base, sessions: options.sessions ?? base.sessions }
    await using prepared = await prepare(size)
    options.say(`${prepared.portfolios.length * size.portfolio} people are enrolled`)
    const rounds: Round[] = []
    for (let n = 0; n < options.repeats; n += 1) {
      const beside: Record<string, Idle> = {}
      const besideAll = async (peers: readonly PeerName[]) => {
        for (const peer of peers) beside[peer] = await idle(prepared, size, options, peer)
      }
      // There and back, so that a machine that changes changes for all.
      if (n % 2 === 1) await besideAll(options.peers.toReversed())
      const mine = await ours(prepared, size, options)
      if (n % 2 === 0) await besideAll(options.peers)
      rounds.push({ ours: mine, beside })
    }
    return summarize(rounds, options.peers)
  },
}

interface Idle {
  readonly bytesPerSession: number
  /** From the moment a session is due until it is open. */
  readonly p50Ms: number
  readonly p95Ms: number
  readonly p99Ms: number
}

interface Ours extends Idle, Silence {
  readonly sessions: number
  /** After the kill, s, for each session. */
  readonly recoveredS: readonly number[]
  /** Of each part, from then on until all were back. */
  readonly cores: PerPart
  /** Until the server listened again. */
  readonly listeningS: number
}

interface Round {
  readonly ours: Ours
  /** By peer. */
  readonly beside: Readonly<Record<string, Idle>>
}

interface Prepared extends AsyncDisposable {
  /** A data folder with everybody enrolled, and no server on it. */
  readonly folder: string
  readonly portfolios: readonly Portfolio[]
}

async function prepare({ sessions, portfolio }: Size): Promise<Prepared> {
  await using stack = new AsyncDisposableStack()
  const folder = stack.use(temporaryFolder()).path
  const advisors = Math.max(2, Math.ceil(sessions / portfolio))
  await using visavis = await startVisavis({ folder })
  const portfolios = await enrolMany(visavis.url, folder, { advisors, jobseekers: portfolio - 1 })
  const resources = stack.move()
  return { folder, portfolios, [Symbol.asyncDispose]: () => resources.disposeAsync() }
}

async function ours(prepared: Prepared, size: Size, { sabotage, say }: RunOptions): Promise<Ours> {
  await using folder = temporaryFolder()
  await cp(prepared.folder, folder.path, { recursive: true })
  // Whatever happens between the kill and the next start.
  using _ = endWithin(folder.path)
  await using visavis = await startVisavis({ folder: folder.path, nodeFlags: collecting })
  await using crew = crewFor(prepared)
  const idle = await holdIdle(
    crew,
    { url: visavis.url, dialect: 'visavis', portfolios: prepared.portfolios },
    size,
    visavis.parts.server?.[0] ?? 0,
  )
  const each = <T>(params: T) => Array.from({ length: crew.size }, () => params)

  await crew.order('talk', each({ perSecond: size.messagesPerSecond / crew.size }))
  await pause(size.talkMs)
  await crew.order('expectLoss', each(undefined))
  const killedAt = Date.now()
  await visavis.kill()
  await using again = await startVisavis({ folder: folder.path, env: { VISAVIS_PORT: new URL(visavis.url).port } })
  const listeningS = (Date.now() - killedAt) / 1_000
  const parts = { ...again.parts, generators: crew.pids }
  const [before, startedAt] = [await cpuUs(parts), performance.now()]
  const recovered = (await crew.order('recoveries', each({ timeoutMs: size.recoverMs }))).flat()
  const used = difference(before, await cpuUs(parts))
  const elapsedUs = (performance.now() - startedAt) * 1_000
  const cores = Object.fromEntries(Object.entries(used).map(([part, us]) => [part, us / elapsedUs]))
  await pause(size.talkMs)
  const silences = await crew.order('silence', each({ sabotage }))
  const recoveredS = recovered.map((at) => (at - killedAt) / 1_000)
  const sessions = prepared.portfolios.length * size.portfolio
  const found: Ours = {
    ...idle,
    sessions,
    recoveredS,
    listeningS,
    messages: sum(silences.map(({ messages }) => messages)),
    snapshots: sum(silences.map(({ snapshots }) => snapshots)),
    repeats: sum(silences.map(({ repeats }) => repeats)),
    gaps: sum(silences.map(({ gaps }) => gaps)),
    cores,
    faults: silences.flatMap(({ faults }) => faults),
    notDurable: silences.flatMap(({ notDurable }) => notDurable),
  }
  say(
    `visavis: ${describe(idle)}; ${again.url} listened again after ${listeningS.toFixed(1)} s, ${recoveredS.length} of ${sessions} sessions were back after ${worst(recoveredS).toFixed(1)} s, with ${found.messages} messages (cores: ${Object.entries(
      cores,
    )
      .map(([part, share]) => `${part} ${share.toFixed(2)}`)
      .join(', ')})`,
  )
  return found
}

async function idle(prepared: Prepared, size: Size, { say }: RunOptions, peer: PeerName): Promise<Idle> {
  await using stack = new AsyncDisposableStack()
  const redis = peer === 'ws' ? undefined : stack.use(await startRedis())
  const file = peer === 'ws' ? 'peers/ws/idle.ts' : 'peers/socket.io/server.ts'
  const env = { PEER_SECRET: peerSecret, ...(redis && { PEER_REDIS: redis.socket }) }
  const server = stack.use(await startServer(file, env, collecting))
  const crew = stack.use(crewFor(prepared))
  const signed = (sub: string, role: 'advisor' | 'jobseeker') => signToken({ sub, role, name: sub, region }, peerSecret)
  const portfolios = prepared.portfolios.map(({ advisor, channels }) => ({
    advisor,
    token: signed(advisor, 'advisor'),
    channels: channels.map(({ channel }) => ({ channel, token: signed(channel, 'jobseeker') })),
  }))
  const dialect = peer === 'ws' ? 'visavis' : 'socket.io'
  const found = await holdIdle(crew, { url: server.url, dialect, portfolios }, size, server.pid)
  say(`${peer}: ${describe(found)}`)
  return found
}

const crewFor = ({ portfolios }: Prepared): Crew<SessionOrders> => {
  const sessions = sum(portfolios.map(({ channels }) => channels.length + 1))
  return new Crew('generator/sessions.ts', Math.min(portfolios.length, Math.ceil(sessions / sessionsPerGenerator)))
}

/**
 * Opens a tenth of the sessions, then the rest: what the second step adds is what sessions cost, without what any server
 * allocates for the first few.
 */
async function holdIdle(
  crew: Crew<SessionOrders>,
  target: Pick<Connect, 'url' | 'dialect' | 'portfolios'>,
  { connectsPerSecond, portfolio }: Size,
  pid: number,
): Promise<Idle> {
  const { portfolios } = target
  const tenth = Math.ceil(portfolios.length / 10)
  const open = (portfolios: readonly Portfolio[], generation: number): Promise<string[]> => {
    const split = shares(portfolios, crew.size)
    const orders = Array.from(
      { length: crew.size },
      (_, n): Connect => ({
        ...target,
        portfolios: split[n] ?? [],
        perSecond: connectsPerSecond / Math.max(1, split.length),
        firstAddress: (generation * crew.size + n) * addressesEach,
      }),
    )
    return crew.order('connect', orders)
  }
  await open(portfolios.slice(0, tenth), 0)
  const before = await settledBytes(pid)
  const latency = merge(await open(portfolios.slice(tenth), 1))
  const after = await settledBytes(pid)
  const added = (portfolios.length - tenth) * portfolio
  return {
    // A smoke run may add less than the noise, and a ratio needs a number.
    bytesPerSession: Math.max(1, (after - before) / added),
    p50Ms: percentileMs(latency, 50),
    p95Ms: percentileMs(latency, 95),
    p99Ms: percentileMs(latency, 99),
  }
}

const addressesEach = 4_096

function summarize(rounds: readonly Round[], peers: readonly PeerName[]): Result {
  const visavis = rounds.map(({ ours }) => ours)
  const of = <T>(from: readonly T[], figure: (each: T) => number, unit: string) =>
    metric(from.map(figure), unit, 'lower')
  const bytes = ({ bytesPerSession }: Idle) => bytesPerSession
  const theirs = (peer: PeerName) => rounds.map(({ beside }) => beside[peer]?.bytesPerSession ?? Number.NaN)
  const faults = visavis.flatMap(({ faults }) => faults)
  const snapshots = sum(visavis.map(({ snapshots }) => snapshots))
  const [repeats, gaps] = [sum(visavis.map(({ repeats }) => repeats)), sum(visavis.map(({ gaps }) => gaps))]
  const missing = sum(visavis.map(({ sessions, recoveredS }) => sessions - recoveredS.length))
  return {
    metrics: {
      bytes_per_idle_session: of(visavis, bytes, 'bytes'),
      ...Object.fromEntries(peers.map((peer) => [`${peer}_bytes_per_session`, metric(theirs(peer), 'bytes', 'lower')])),
      connect_p50_ms: of(visavis, ({ p50Ms }) => p50Ms, 'ms'),
      connect_p95_ms: of(visavis, ({ p95Ms }) => p95Ms, 'ms'),
      connect_p99_ms: of(visavis, ({ p99Ms }) => p99Ms, 'ms'),
      storm_recovered_s: of(visavis, ({ recoveredS }) => worst(recoveredS), 's'),
      storm_p50_s: of(visavis, ({ recoveredS }) => orNever(recoveredS, 0.5), 's'),
      storm_p99_s: of(visavis, ({ recoveredS }) => orNever(recoveredS, 0.99), 's'),
      storm_listening_s: of(visavis, ({ listeningS }) => listeningS, 's'),
      generator_cores: of(visavis, ({ cores }) => cores.generators ?? 0, 'cores'),
    },
    ratios: Object.fromEntries(
      peers.map((peer) => [`memory_vs_${peer}`, ratio(visavis.map(bytes), theirs(peer), 'lower')]),
    ),
    checks: {
      nothing_lost: visavis.every(({ faults, messages }) => faults.length === 0 && messages > 0),
      everybody_came_back: missing === 0,
    },
    notes: [
      `${visavis.map(({ sessions }) => sessions)[0]} sessions; ${sum(visavis.map(({ messages }) => messages))} messages were sent around the kills`,
      ...(missing > 0 ? [`${missing} sessions did not come back in time`] : []),
      ...(snapshots > 0 ? [`${snapshots} streams came back as a snapshot; their messages were read again`] : []),
      ...(repeats + gaps > 0
        ? [
            `${repeats} events came again after a resume had told them, ${gaps} before an earlier one: put right by the rules of the client`,
          ]
        : []),
      ...faults.slice(0, 10),
    ],
  }
}

const orNever = (values: readonly number[], q: number): number =>
  values.length === 0 ? Number.NaN : quantile(values, q)
const worst = (values: readonly number[]): number => orNever(values, 1)
const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0)
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))
const describe = ({ bytesPerSession, p50Ms, p99Ms }: Idle): string =>
  `${(bytesPerSession / 1_000).toFixed(1)} kB a session, opened in p50 ${p50Ms} ms, p99 ${p99Ms} ms`
