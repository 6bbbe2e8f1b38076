/** Acts of a generator that came to nothing, and how many of them by the server's own word. */
import { VisavisError } from '../../src/protocol/index.ts'
import { Refusal } from '../socket.ts'

export class Failures {
  /** A sentence each. */
  readonly told: string[] = []
  #refused = 0

  /** To so many the server answered no: nobody has to ask whether the generator was too late to hear it. */
  get refused(): number {
    return this.#refused
  }

  note(what: string, error: unknown): void {
    this.told.push(`${what}: ${String(error)}`)
    // What the SDK says for want of an answer has the code of a server that is away.
    const isAnswer = error instanceof Refusal || error instanceof VisavisError
    if (isAnswer && error.code !== 'UNAVAILABLE') this.#refused += 1
  }
}
