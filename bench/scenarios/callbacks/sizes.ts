/** Does a callback become dearer as more of them wait? Closed loops and positions at three sizes, in turn. */
import type { CallbackOrders } from '../../generator/callbacks.ts'
import type { Crew } from '../../orders.ts'
import { type PerSize, type Pool, perSize, pools, type Size, sizes } from '../../queue-sizes.ts'
import { metric, type Result, type RunOptions, ratio } from '../../scenario.ts'
import { type BenchRedis, each, inTurn } from './bench-redis.ts'
import { checksOf, describe, faultsOf, type Loop, measure, miscounted } from './loop.ts'
import type { Amounts } from './size.ts'

type Cell = `${Size}_${Pool}`

interface Round {
  readonly loops: Readonly<Record<Cell, Loop>>
  /** CPU time of Redis for each question. */
  readonly placeUs: PerSize<number>
}

/** That are asked for in turn: an offer looks at each of them. */
export const topics = 5

const cells = sizes.flatMap((size) => pools.map((pool) => ({ size, pool, name: `${size}_${pool}` as const })))

/** @param redis filled, with a store of the crew for each. */
export async function growQueue(
  crew: Crew<CallbackOrders>,
  redis: PerSize<BenchRedis>,
  { loops: { seconds, places }, pools: advisors, waiting }: Amounts,
  { repeats, sabotage, say }: RunOptions,
): Promise<Result> {
  const loop = ({ size, pool }: { readonly size: Size; readonly pool: Pool }, lasting: number) => {
    // What is asked for is like what is taken, the oldest: else the work would be another as soon as a short queue has none of that left.
    const params = {
      store: size,
      pool: Math.ceil(advisors[pool] / crew.size),
      seconds: lasting,
      topics,
      openToTeam: true,
    }
    return measure(redis[size], crew.pids, {
      work: () => crew.order('work', each(crew, params)),
      judge: () => crew.order('judge', each(crew, { store: size, sabotage })),
    })
  }
  const placeUs = async (size: Size) => {
    const count = Math.ceil(places / crew.size)
    const before = await redis[size].cpuUs()
    await crew.order('places', each(crew, { store: size, count }))
    return ((await redis[size].cpuUs()) - before) / (count * crew.size)
  }
  for (const cell of cells) await loop(cell, seconds / 4)
  const rounds: Round[] = []
  for (let n = 0; n < repeats; n += 1) {
    const found: Partial<Record<Cell, Loop>> = {}
    for (const cell of inTurn(cells, n)) found[cell.name] = await loop(cell, seconds)
    const asked: Partial<Record<Size, number>> = {}
    for (const size of inTurn(sizes, n)) asked[size] = await placeUs(size)
    const round = { loops: found as Round['loops'], placeUs: asked as PerSize<number> }
    rounds.push(round)
    for (const pool of pools) {
      const those = sizes.map((size) => `${size} ${describe(round.loops[`${size}_${pool}`])}`)
      say(`${advisors[pool]} at work: ${those.join(', ')}`)
    }
    say(`a place: ${sizes.map((size) => `${size} ${round.placeUs[size].toFixed(1)} µs`).join(', ')}`)
  }
  const lost = (await Promise.all(sizes.map((size) => miscounted(crew, size)))).flat()
  const said = sizes.map((size) => `"${size}" is ${waiting[size]}`)
  return summarize(rounds, lost, [`callbacks that wait: ${said.join(', ')}`])
}

function summarize(rounds: readonly Round[], lost: readonly string[], notes: readonly string[]): Result {
  const of = (name: Cell, figure: (loop: Loop) => number) => rounds.map(({ loops }) => figure(loops[name]))
  const perSecond = ({ perSecond }: Loop) => perSecond
  const redisUs = ({ redisUsPerCycle }: Loop) => redisUsPerCycle
  const places = perSize((size) => rounds.map(({ placeUs }) => placeUs[size]))
  const growth = (pool: Pool) => [of(`1m_${pool}`, redisUs), of(`1k_${pool}`, redisUs)] as const
  const both = [0, 1].map((side) => pools.flatMap((pool) => growth(pool)[side] ?? []))
  const all = rounds.flatMap(({ loops }) => Object.values(loops))
  const checks = checksOf(all)
  return {
    metrics: {
      cycles_per_s: metric(of('1k_1000', perSecond), 'callbacks/s', 'higher'),
      ...Object.fromEntries(
        cells.flatMap(({ name }) => [
          [`cycles_per_s_${name}`, metric(of(name, perSecond), 'callbacks/s', 'higher')],
          [`redis_us_per_cycle_${name}`, metric(of(name, redisUs), 'µs', 'lower')],
        ]),
      ),
      generator_cores: metric(
        of('1k_1000', ({ clientShare }) => clientShare),
        'cores',
        'lower',
      ),
      ...Object.fromEntries(sizes.map((size) => [`place_redis_us_${size}`, metric(places[size], 'µs', 'lower')])),
    },
    ratios: {
      cost_1m_vs_1k: ratio(both[0] ?? [], both[1] ?? [], 'lower'),
      ...Object.fromEntries(pools.map((pool) => [`cost_1m_vs_1k_${pool}_advisors`, ratio(...growth(pool), 'lower')])),
      place_1m_vs_1k: ratio(places['1m'], places['1k'], 'lower'),
    },
    checks: { ...checks, nothing_lost: checks.nothing_lost && lost.length === 0 },
    notes: [...notes, ...lost, ...faultsOf(all)],
  }
}
