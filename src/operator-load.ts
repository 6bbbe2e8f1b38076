/** The load of all nodes beside what was certified: from what every node says once a second, and what is counted of regions. */
import { objectivesOf, warningsOf } from './capacity/margin.ts'
import type { Places, ShownNode } from './lone-places.ts'
import { silentMs } from './nodes/registry.ts'
import type { LoadSampler } from './ops/load-sampler.ts'
import type { NodeLoad, OperatorLoad, RegionLoad } from './protocol/operator.ts'
import type { RegionWatch } from './region-watch.ts'

export interface OperatorLoadOptions {
  readonly places: Pick<Places, 'nodes'>
  readonly sampler: Pick<LoadSampler, 'redis'>
  readonly watch: Pick<RegionWatch, 'of'>
  readonly regions: readonly { readonly id: string; readonly name: string }[]
  readonly available: () => boolean
}

/** Asks nobody but this node: what it tells is a few seconds old at most. */
export async function operatorLoad(options: OperatorLoadOptions): Promise<OperatorLoad> {
  const { places, sampler, watch, regions, available } = options
  const at = Date.now()
  const nodes = (await places.nodes()).map(operated)
  const heard = nodes.flatMap(({ silent, load }) => (silent || load === undefined ? [] : [load]))
  const load = {
    at,
    regions: regions.map(({ id, name }) => ({ region: id, name, ...watch.of(id), ...totals(heard, id) })),
    nodes,
    redis: { available: available(), ...(available() ? sampler.redis : {}) },
  }
  const objectives = objectivesOf(load)
  return { ...load, objectives, warnings: warningsOf(load, objectives) }
}

const operated = ({ name, draining, silentMs: silence, rooms, participants, load }: ShownNode) => ({
  ...{ name, draining, silent: silence >= silentMs, silentMs: silence, rooms, participants },
  ...(load === undefined ? {} : { load }),
})

function totals(
  loads: readonly NodeLoad[],
  region: string,
): Pick<RegionLoad, 'rooms' | 'participants' | 'messagesPerSecond'> {
  const sum = { rooms: 0, participants: 0, messagesPerSecond: 0 }
  for (const { regions } of loads) {
    const own = regions.find((one) => one.region === region)
    if (own === undefined) continue
    sum.rooms += own.rooms
    sum.participants += own.participants
    sum.messagesPerSecond += own.messagesPerSecond
  }
  return sum
}
