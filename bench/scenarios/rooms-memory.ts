/** Question: how much memory does a 1:1 room take, at the node and at its worker? */
import type { RoomsJob, RoomsOutcome } from '../generator/rooms.ts'
import { runGenerators } from '../generators.ts'
import { workerBin } from '../machine.ts'
import { collecting, settledBytes } from '../memory.ts'
import { metric, type Result } from '../scenario.ts'
import { developmentToken } from '../socket.ts'
import { residentBytes } from '../usage.ts'
import { startVisavis, withoutLimits } from '../visavis.ts'

/** The first rooms make both larger for good. */
const first = 4

export interface MemorySize {
  readonly rooms: number
  /** How long they are held: as long as the collection of a node's garbage may take. */
  readonly seconds: number
  readonly repeats: number
}

/** Of rooms in which media flows, beyond what a few rooms have taken before; on a node of its own, without its garbage. */
export async function measureMemory({ rooms, seconds, repeats }: MemorySize): Promise<Result> {
  const [node, worker]: [number[], number[]] = [[], []]
  for (let n = 0; n < repeats; n += 1) {
    await using visavis = await startVisavis({
      env: { ...withoutLimits, VISAVIS_SYNTHETIC_PARTICIPANTS: 'true' },
      nodeFlags: collecting,
    })
    const { server: [pid] = [], workers = [] } = visavis.parts
    if (pid === undefined) throw new Error('there is no node')
    const token = await developmentToken(visavis.url, 'operator-denis')
    const held = async () => ({
      node: await settledBytes(pid),
      worker: (await residentBytes({ workers })).workers ?? 0,
    })
    const holding = async (count: number) => {
      let measuring: ReturnType<typeof held> | undefined
      const job: RoomsJob = {
        ...{ url: visavis.url, token, dialect: 'visavis', workerBin: workerBin(), name: `m${count}` },
        ...{ rooms: count, layers: 'all', seconds, joins: 0, sabotage: false },
      }
      await runGenerators<RoomsJob, RoomsOutcome>('generator/rooms.ts', [job], {
        watched: {},
        timeoutMs: 120_000 + count * 1_000,
        onGo: () => {
          measuring = held()
        },
      })
      return (await measuring) ?? held()
    }
    const [before, after] = [await holding(first), await holding(first + rooms)]
    node.push((after.node - before.node) / rooms / 1_024)
    worker.push((after.worker - before.worker) / rooms / 1_024)
  }
  return {
    metrics: {
      memory_per_room_kb: metric(
        node.map((kb, n) => kb + (worker[n] ?? 0)),
        'KiB',
        'lower',
      ),
      worker_memory_per_room_kb: metric(worker, 'KiB', 'lower'),
    },
    ratios: {},
    checks: {},
    notes: [],
  }
}
