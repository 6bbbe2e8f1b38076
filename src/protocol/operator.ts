/** What operators see: the load of all nodes beside what was certified, and which limits are near. REST only. */
import { list, object, oneOf, optional, RegionId, type Static, Text, Timestamp } from './schema.ts'
import { SchemeStatus, StoredCapacity } from './scheme.ts'
import { Type } from './type.ts'

const Count = Type.Integer({ minimum: 0 })
const Amount = Type.Number({ minimum: 0 })
const Cores = Type.Number({ minimum: 0, description: 'in use, 1 is one core' })

/** Of the certificate.json that was handed over. */
export const CertificateSummary = object({
  id: Text(128),
  issuedAt: Timestamp,
  expiresAt: Timestamp,
  verdict: oneOf('LAUNCH', 'DO NOT LAUNCH', 'NOT PROVEN'),
  /** Volunteers that are carried: the interval, of which the low end may be relied on. */
  low: optional(Count),
  value: optional(Count),
  high: optional(Count),
  /** The load generator gave out before the server: it carries at least that. */
  atLeast: optional(Type.Boolean()),
  /** What ran out first. */
  limit: optional(Text(64)),
  /** Nodes that were measured together. */
  nodes: Type.Integer({ minimum: 1 }),
  /** What had to hold for a load to count as carried. */
  objectives: object({ eventLoopP99Ms: optional(Amount), cpuShare: optional(Amount) }),
  /** What may be relied on of each part of the load. */
  carried: optional(
    object({ sockets: optional(Amount), rooms: optional(Amount), messagesPerSecond: optional(Amount) }),
  ),
})
export type CertificateSummary = Static<typeof CertificateSummary>

const RegionOfNode = object({ region: RegionId, rooms: Count, participants: Count, messagesPerSecond: Amount })

/** How a node stands, over its last few seconds. */
export const NodeLoad = object({
  connections: Count,
  sessions: Count,
  /** As `/metrics` tells it: a quiet node shows some 10 ms, at which it looks. */
  eventLoopP99Ms: Amount,
  /** Of the Node process. */
  cpu: Cores,
  memoryBytes: Count,
  outboxBytes: Count,
  /** Share of the files it may have open; absent where the system does not tell. */
  files: optional(Amount),
  workers: Count,
  /** Of the busiest media worker. */
  workerCpu: Cores,
  /** Those in which something happens here. */
  regions: list(RegionOfNode, 200),
})
export type NodeLoad = Static<typeof NodeLoad>

export const RedisLoad = object({
  available: Type.Boolean(),
  /** Absent while it is away, or does not tell. */
  cpu: optional(Cores),
  memoryBytes: optional(Count),
  /** Its `maxmemory`, or else that of its machine. */
  memoryLimitBytes: optional(Count),
})
export type RedisLoad = Static<typeof RedisLoad>

/** What is counted in Redis: absent while it is away. */
export const RegionLoad = object({
  region: RegionId,
  name: Text(120),
  status: optional(SchemeStatus),
  /** Jobseekers in portfolios. */
  enrolled: optional(Count),
  /** Beyond it nobody new comes in. */
  cap: optional(StoredCapacity),
  /** Of the certificate by which `cap` was set; absent when it was set by hand. */
  certificate: optional(CertificateSummary),
  sockets: optional(Count),
  callbacksWaiting: optional(Count),
  rooms: Count,
  participants: Count,
  messagesPerSecond: Amount,
})
export type RegionLoad = Static<typeof RegionLoad>

export const OperatedNode = object({
  name: Text(64),
  draining: Type.Boolean(),
  /** It has said nothing for so long that it gets no rooms, and is not counted with. */
  silent: Type.Boolean(),
  silentMs: Amount,
  rooms: Count,
  participants: Count,
  /** Absent until it has looked for a second, and of nodes of an earlier version. */
  load: optional(NodeLoad),
})
export type OperatedNode = Static<typeof OperatedNode>

/** What a limit is that of. */
export const Limited = oneOf(
  ...(['places', 'certificate', 'uncertified', 'sockets', 'rooms', 'messages', 'nodes'] as const),
  ...(['eventLoop', 'nodeCpu', 'workerCpu', 'files', 'workers', 'silent'] as const),
  ...(['redis', 'redisCpu', 'redisMemory'] as const),
)
export type Limited = Static<typeof Limited>

/** `near`: act before it is reached. `reached`: it is. */
export const LimitWarning = object({
  of: Limited,
  is: oneOf('near', 'reached'),
  region: optional(RegionId),
  node: optional(Text(64)),
  value: optional(Amount),
  limit: optional(Amount),
})
export type LimitWarning = Static<typeof LimitWarning>

export const OperatorLoad = object({
  at: Timestamp,
  /** What the figures of nodes are held against: the strictest of all certificates in force, or the defaults of the command. */
  objectives: object({
    eventLoopP99Ms: Amount,
    cpuShare: Amount,
    /** Of a node and each of its workers: less where there are several, so that one of them may be lost. */
    nodeCpuShare: Amount,
  }),
  regions: list(RegionLoad, 200),
  nodes: list(OperatedNode, 1_000),
  redis: RedisLoad,
  /** The most pressing first. */
  warnings: list(LimitWarning, 20_000),
})
export type OperatorLoad = Static<typeof OperatorLoad>
