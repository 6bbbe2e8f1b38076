/**
 * Runs the steps that follow when somebody leaves the scheme, gets another advisor or is erased, until every one is confirmed.
 * Safe on every node at once: a process is leased with a fencing token, and one whose node has died is taken by another.
 */
import type { Logger } from 'pino'
import { VisavisError } from '../protocol/index.ts'
import type { RedisClient } from '../store/redis.ts'
import { startRounds } from '../store/rounds.ts'
import { regionKeys } from './keys.ts'
import { isInOrder, type Process, type ProcessKind, type StepNames, waitAfter } from './process.ts'
import * as scripts from './scripts.ts'

export type { EndedProcess, Process, ProcessKind, StepNames } from './process.ts'

/**
 * One step. It may run more than once, and twice at the same time: it brings things to the state that the record of the
 * person asks for now, and finding them there it changes nothing. What it throws makes it run again later.
 */
export type Step = (region: string, person: string, process: Process) => Promise<void>
export type Steps = Readonly<Partial<Record<ProcessKind, Readonly<Record<string, Step>>>>>

export const stepNames = (steps: Steps): StepNames =>
  Object.fromEntries(Object.entries(steps).map(([kind, those]) => [kind, Object.keys(those)]))

export interface ProcessesOptions {
  readonly client: RedisClient
  readonly regions: readonly string[]
  readonly steps: Steps
  readonly log: Logger
  /** How often due processes are looked for without a wake. */
  readonly everyMs?: number
  /** How long a node may say nothing of a process before another one takes it. */
  readonly leaseMs?: number
}

export interface Processes extends AsyncDisposable {
  /** One may have begun: look now. */
  wake(): void
}

const everyDefaultMs = 2_000
const leaseDefaultMs = 30_000
/** Processes of one region that one node works on at the same time. */
const batch = 16

/** Runs until disposed; then it waits for the steps in hand. */
export function startProcesses(options: ProcessesOptions): Processes {
  const { client, regions, steps, log, everyMs = everyDefaultMs, leaseMs = leaseDefaultMs } = options
  /** @returns whether somebody else has the process now. */
  const confirm = async ({ id, region, token }: Process, step: string): Promise<boolean> => {
    const { processes, due, log: events, nudge } = regionKeys(region)
    const outcome = await scripts.confirmStep(client, [processes, due, events, nudge], [id, token, step, leaseMs])
    return outcome === 'gone'
  }

  /** A step may take longer than the lease, as long as its node lives. */
  const renewed = async (process: Process, work: Promise<void>): Promise<void> => {
    const { processes, due } = regionKeys(process.region)
    const renew = () => {
      scripts
        .renewProcess(client, [processes, due], [process.id, process.token, leaseMs])
        .catch((err) => log.debug({ err, process: process.id }, 'a lease could not be renewed'))
    }
    const timer = setInterval(renew, leaseMs / 3)
    await work.finally(() => clearInterval(timer))
  }

  const work = async (process: Process) => {
    const { id, kind, region, person, pending, attempts, token } = process
    const known = steps[kind] ?? {}
    let failed = false
    for (const name of pending) {
      if (rounds.closed) break
      const step = Object.hasOwn(known, name) ? known[name] : undefined
      try {
        // A newer node may have begun it: such a node will do that step.
        if (step === undefined) throw new Error(`this node knows no step ${name} of ${kind}`)
        await renewed(process, step(region, person, process))
        if (await confirm(process, name)) return
      } catch (err) {
        failed = true
        // Mail takes a moment to go, and Redis to come back: whatever lasts longer is told.
        const level = attempts === 0 && err instanceof VisavisError && err.retryable ? 'debug' : 'warn'
        log[level]({ err, process: id, region, step: name, attempts }, 'a step could not be done; trying again later')
        if (isInOrder(kind)) break
      }
    }
    // What this node leaves undone because it stops is due at once for another.
    const wait = failed ? waitAfter(attempts) : 0
    if (!failed && !rounds.closed) return
    const { processes, due } = regionKeys(region)
    await scripts.postponeProcess(client, [processes, due], [id, token, wait])
  }

  const settle = async (region: string) => {
    const { processes, due } = regionKeys(region)
    for (;;) {
      if (rounds.closed) return
      const taken = await scripts.takeProcesses(client, [processes, due], [leaseMs, batch])
      const results = await Promise.allSettled(taken.map(work))
      for (const result of results) {
        if (result.status === 'rejected') log.warn({ err: result.reason }, 'a process will be taken up after its lease')
      }
      if (taken.length < batch) return
    }
  }
  const rounds = startRounds(async () => {
    const results = await Promise.allSettled(regions.map(settle))
    for (const result of results) {
      if (result.status === 'rejected') log.debug({ err: result.reason }, 'processes cannot be looked for')
    }
  }, everyMs)
  return rounds
}
