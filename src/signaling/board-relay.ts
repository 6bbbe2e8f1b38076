/** Keeps the boards of supervisors who are on this node up to date, at most once in a while however much happens. */
import type { Logger } from 'pino'
import type { Queue } from '../queue/queue.ts'
import { boardTopic, type Fanout } from './fanout.ts'

export interface BoardRelayOptions {
  readonly queue: Queue
  readonly fanout: Fanout
  /** Supervisors who are connected to this node: one entry for each team, and one without for whole regions. */
  readonly boards: () => Iterable<{ region: string; team: string | undefined }>
  readonly log: Logger
  readonly everyMs?: number
}

export interface BoardRelay extends AsyncDisposable {
  /** Something has changed in the queue of a region. */
  changed(region: string): void
}

export function startBoardRelay({ queue, fanout, boards, log, everyMs = 2_000 }: BoardRelayOptions): BoardRelay {
  const stale = new Set<string>()
  let running: Promise<void> | undefined

  const tell = async () => {
    const regions = new Set(stale)
    stale.clear()
    const wanted = new Map([...boards()].map(({ region, team }) => [boardTopic(region, team), { region, team }]))
    for (const [topic, { region, team }] of wanted) {
      if (!regions.has(region) || !fanout.isFollowed(topic)) continue
      fanout.publish(topic, 'callback.boardChanged', { board: await queue.supervision.board(region, team) })
    }
  }
  const timer = setInterval(() => {
    if (stale.size === 0 || running !== undefined) return
    running = tell()
      .catch((err) => log.debug({ err }, 'a board could not be read; it is told with the next change'))
      .finally(() => {
        running = undefined
      })
  }, everyMs)

  return {
    changed: (region) => void stale.add(region),
    async [Symbol.asyncDispose]() {
      clearInterval(timer)
      await running
    },
  }
}
