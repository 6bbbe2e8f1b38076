/**
 * When a limit is near, and when it is reached. *Pure.*
 *
 * | what | against | near | reached |
 * | --- | --- | --- | --- |
 * | places | jobseekers in portfolios, of the region's cap | 80 % | all are taken |
 * | certificate | its end | 7 days ahead | it is over |
 * | uncertified | people are followed and nothing limits them | always | |
 * | sockets, rooms, messages | the region's load, of what its certificate carries | 80 % | 100 % |
 * | nodes | nodes that serve, of those its certificate was measured with | | fewer |
 * | eventLoop | its delay, of the objective | 80 % | beyond |
 * | nodeCpu, workerCpu, redisCpu | cores, of the objective; nodes and workers once the busiest node is lost | 80 % | beyond |
 * | files, redisMemory | what there is | 80 % | 95 % |
 * | workers, silent, redis | none is alive; nothing is heard | | at once |
 */
import type { LimitWarning, OperatorLoad, RegionLoad } from '../protocol/operator.ts'

export const nearShare = 0.8
/** A store that is full to the last byte has failed already. */
export const fullShare = 0.95
export const expiresSoonMs = 7 * 24 * 60 * 60 * 1_000
/** What holds where no certificate says otherwise: the defaults of the command that measures. */
export const usualObjectives = { eventLoopP99Ms: 150, cpuShare: 0.9 } as const

type Objectives = OperatorLoad['objectives']
type Where = Pick<LimitWarning, 'region' | 'node'>
type Load = Omit<OperatorLoad, 'objectives' | 'warnings'>

const servingOf = ({ nodes }: Pick<Load, 'nodes'>): number =>
  nodes.filter(({ draining, silent }) => !draining && !silent).length

/** The strictest: nodes serve all regions alike. */
export function objectivesOf(load: Pick<Load, 'regions' | 'nodes' | 'at'>): Objectives {
  const held = load.regions.flatMap(({ certificate }) =>
    certificate === undefined || certificate.expiresAt <= load.at ? [] : [certificate.objectives],
  )
  const strictest = (name: keyof typeof usualObjectives) => {
    const named = held.flatMap(({ [name]: value }) => value ?? [])
    return named.length === 0 ? usualObjectives[name] : Math.min(...named)
  }
  const cpuShare = strictest('cpuShare')
  const serving = servingOf(load)
  // When one of several is lost, the others have its work as well.
  const nodeCpuShare = serving > 1 ? (cpuShare * (serving - 1)) / serving : cpuShare
  return { eventLoopP99Ms: strictest('eventLoopP99Ms'), cpuShare, nodeCpuShare }
}

export function warningsOf(load: Load, objectives: Objectives): LimitWarning[] {
  const serving = servingOf(load)
  const warnings = [
    ...ofRedis(load, objectives),
    ...load.nodes.flatMap((node) => ofNode(node, objectives)),
    ...load.regions.flatMap((region) => ofRegion(region, serving, load.at)),
  ]
  return warnings.toSorted((x, y) => rank(x) - rank(y))
}

/** As sorting keeps the order of equals, the rest stays as it was found. */
const rank = ({ is, of }: LimitWarning): number => (is === 'reached' ? 0 : of === 'uncertified' ? 2 : 1)

function ofRegion(load: RegionLoad, serving: number, now: number): LimitWarning[] {
  const { region, enrolled, cap, certificate, sockets, rooms, messagesPerSecond } = load
  const where = { region }
  if (cap === undefined)
    return enrolled === undefined || enrolled === 0
      ? []
      : [{ of: 'uncertified', is: 'near', ...where, value: enrolled }]
  const left = cap.expiresAt - now
  const { nodes = 1, carried = {} } = certificate ?? {}
  return [
    ...compare('places', enrolled, cap.capacity, where, 1),
    ...(left > expiresSoonMs
      ? []
      : [{ of: 'certificate' as const, is: left > 0 ? ('near' as const) : ('reached' as const), ...where }]),
    ...compare('sockets', sockets, carried.sockets, where, 1),
    ...compare('rooms', rooms, carried.rooms, where, 1),
    ...compare('messages', messagesPerSecond, carried.messagesPerSecond, where, 1),
    ...(certificate !== undefined && serving < nodes
      ? [{ of: 'nodes' as const, is: 'reached' as const, ...where, value: serving, limit: nodes }]
      : []),
  ]
}

function ofNode(
  { name: node, silent, silentMs, load }: Load['nodes'][number],
  { eventLoopP99Ms, nodeCpuShare }: Objectives,
): LimitWarning[] {
  if (silent) return [{ of: 'silent', is: 'reached', node, value: silentMs }]
  if (load === undefined) return []
  return [
    ...compare('eventLoop', load.eventLoopP99Ms, eventLoopP99Ms, { node }, 1),
    ...compare('nodeCpu', load.cpu, nodeCpuShare, { node }, 1),
    ...(load.workers === 0
      ? [{ of: 'workers' as const, is: 'reached' as const, node }]
      : compare('workerCpu', load.workerCpu, nodeCpuShare, { node }, 1)),
    ...compare('files', load.files, 1, { node }, fullShare),
  ]
}

function ofRedis({ redis }: Load, { cpuShare }: Objectives): LimitWarning[] {
  if (!redis.available) return [{ of: 'redis', is: 'reached' }]
  return [
    ...compare('redisCpu', redis.cpu, cpuShare, {}, 1),
    ...compare('redisMemory', redis.memoryBytes, redis.memoryLimitBytes, {}, fullShare),
  ]
}

/** @param full from which share of the limit on it counts as reached. */
function compare(
  of: LimitWarning['of'],
  value: number | undefined,
  limit: number | undefined,
  where: Where,
  full: number,
): LimitWarning[] {
  if (value === undefined || limit === undefined || value < limit * nearShare) return []
  // A limit of nothing with nothing in it: it lets nobody in, and nobody is in.
  if (limit === 0 && value === 0 && of !== 'places') return []
  return [{ of, is: value >= limit * full ? 'reached' : 'near', ...where, value, limit }]
}
