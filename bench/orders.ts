/** Processes that do what they are told step by step and keep what they hold in between, such as ten thousand sessions. */
import { type ChildProcess, fork } from 'node:child_process'
import { endWith, neutral, programPath } from './processes.ts'

/** What a process can be told to do: a name, and what it takes and gives back. */
export type Orders = Readonly<Record<string, (params: never) => Promise<unknown>>>

export interface Order {
  readonly id: number
  readonly name: string
  readonly params: unknown
}
export type Report = { readonly id: number; readonly result: unknown } | { readonly id: number; readonly why: string }

/** Serves orders in the process that was forked, one at a time or several, and ends with its parent. */
export function serveOrders(orders: Orders): void {
  process.once('disconnect', () => process.exit(1))
  const obey = async ({ id, name, params }: Order): Promise<Report> => {
    try {
      return { id, result: await orders[name]?.(params as never) }
    } catch (error) {
      return { id, why: error instanceof Error ? (error.stack ?? error.message) : String(error) }
    }
  }
  process.on('message', (order) => {
    void obey(order as Order).then((report) => process.send?.(report))
  })
}

/** Several such processes of the same kind. */
export class Crew<O extends Orders> implements AsyncDisposable {
  readonly #members: readonly Member[]

  constructor(file: string, size: number) {
    this.#members = Array.from({ length: size }, () => startMember(file))
  }

  get size(): number {
    return this.#members.length
  }

  get pids(): number[] {
    return this.#members.flatMap(({ pid }) => (pid === undefined ? [] : [pid]))
  }

  /** @param params for each process its own. @throws when one fails or has ended. */
  order<N extends keyof O & string>(
    name: N,
    params: readonly Parameters<O[N]>[0][],
  ): Promise<Awaited<ReturnType<O[N]>>[]> {
    const given = this.#members.map((member, n) => member.order(name, params[n]))
    return Promise.all(given) as Promise<Awaited<ReturnType<O[N]>>[]>
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#members.map(({ stop }) => stop()))
  }
}

interface Member {
  readonly pid: number | undefined
  order(name: string, params: unknown): Promise<unknown>
  readonly stop: () => Promise<void>
}

function startMember(file: string): Member {
  const child: ChildProcess = fork(programPath(file), { execPath: process.execPath, env: neutral(process.env) })
  const waiting = new Map<number, PromiseWithResolvers<unknown>>()
  let id = 0
  let ended: Error | undefined
  child.on('message', (told) => {
    const report = told as Report
    const order = waiting.get(report.id)
    waiting.delete(report.id)
    if ('why' in report) order?.reject(new Error(`${file}: ${report.why}`))
    else order?.resolve(report.result)
  })
  const end = (error: Error) => {
    ended = error
    for (const { reject } of waiting.values()) reject(error)
  }
  child.once('error', end)
  child.once('exit', () => end(new Error(`${file}: ended before its time`)))
  return {
    pid: child.pid,
    order(name, params) {
      if (ended !== undefined) return Promise.reject(ended)
      id += 1
      const answer = Promise.withResolvers<unknown>()
      // Whoever waits for several sees the first failure; the others must not end this process.
      answer.promise.catch(() => {})
      waiting.set(id, answer)
      child.send({ id, name, params } satisfies Order)
      return answer.promise
    },
    stop: endWith(child, 'SIGKILL'),
  }
}
