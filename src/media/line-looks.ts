/** Looks after the lines of everybody on a node. */

/** How often (ms) it is asked whose turn it is. */
const everyMs = 1_000

export interface LineLooksOptions {
  readonly participants: () => Iterable<{ look(now: number): Promise<void> }>
}

/** Costs one step per participant each second, and three questions to the worker for each that is due. */
export function startLineLooks({ participants }: LineLooksOptions): Disposable {
  const timer = setInterval(() => {
    const now = performance.now()
    for (const participant of participants()) void participant.look(now)
  }, everyMs)
  timer.unref()
  return { [Symbol.dispose]: () => clearInterval(timer) }
}
