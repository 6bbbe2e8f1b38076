/** The person's place in the scheme. Changes to it are made by the agency; leaving is the jobseeker's own act. */
import { closeCodes, VisavisError } from '../src/protocol/errors.ts'
import type { Connection } from './connection.ts'
import { makeKey } from './key.ts'

export class Enrolment {
  readonly #connection: Connection
  /** One per person, so that asking twice is one act. */
  readonly #leaveKey = makeKey()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /** For a jobseeker: ends everything at once, and the connection with it. */
  async leave(): Promise<void> {
    try {
      await this.#connection.call('enrolment.leave', { key: this.#leaveKey })
    } catch (error) {
      // The server closes the connection because the person has left, perhaps before its answer is read.
      const left = error instanceof VisavisError && error.details.closeCode === closeCodes.REMOVED.code
      if (!left) throw error
    }
  }
}
