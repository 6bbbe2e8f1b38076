/** Work that is looked for again and again: one round at a time, and once more for whoever woke it meanwhile. */
import type { Logger } from 'pino'

export interface Rounds extends AsyncDisposable {
  /** Something may be due: look now. */
  wake(): void
  /** Disposed: a round in hand comes to its end, and no other begins. */
  readonly closed: boolean
}

/**
 * Runs until disposed; then it waits for the round in hand.
 * @param round must not reject.
 */
export function startRounds(round: () => Promise<void>, everyMs: number): Rounds {
  let closed = false
  let again = false
  let running: Promise<void> | undefined
  const run = async () => {
    do {
      again = false
      await round()
    } while (again && !closed)
    running = undefined
  }
  const wake = () => {
    if (closed) return
    again = true
    running ??= run()
  }
  const timer = setInterval(wake, everyMs)
  return {
    wake,
    get closed() {
      return closed
    },
    async [Symbol.asyncDispose]() {
      closed = true
      clearInterval(timer)
      await running
    },
  }
}

export interface LookOptions {
  readonly everyMs: number
  readonly log: Logger
  /** What is said, to who debugs, of a round that failed. */
  readonly failed: string
}

/** The same for what is looked at from the start on, and may be missed now and then: the round after one that failed tries again. */
export function startLooks(look: (rounds: Pick<Rounds, 'closed'>) => Promise<void>, options: LookOptions): Rounds {
  const { everyMs, log, failed } = options
  const rounds: Rounds = startRounds(() => look(rounds).catch((err) => log.debug({ err }, failed)), everyMs)
  rounds.wake()
  return rounds
}
