/** Who follows whom. Changes are made by the agency; but leaving is the jobseeker's own act, and advisors hand over. */
import { closeCodes, VisavisError } from '../src/protocol/errors.ts'
import type { ParamsOf, ResultOf } from '../src/protocol/index.ts'
import type { Connection } from './connection.ts'
import { makeKey } from './key.ts'

export type Colleague = ResultOf<'enrolment.colleagues'>['colleagues'][number]
/** `key` only to repeat an act of which it is not known whether it was done. */
export type Transfer = Omit<ParamsOf<'enrolment.transfer'>, 'key'> & { readonly key?: string }
export type Transferred = ResultOf<'enrolment.transfer'>

export class Enrolment {
  readonly #connection: Connection
  /** One per person, so that asking twice is one act. */
  readonly #leaveKey = makeKey()

  constructor(connection: Connection) {
    this.#connection = connection
  }

  /**
   * For a jobseeker: who answers. `answered` is false while neither the advisor nor whoever stands in can: their
   * supervisor has been told, and what is written to `chat.channel(<own id>)` is kept for whoever comes.
   */
  advisor(): Promise<ResultOf<'enrolment.advisor'>> {
    return this.#connection.call('enrolment.advisor', {})
  }

  /** The advisors of one's own team, by name: to whom a jobseeker can be handed over. */
  async colleagues(): Promise<readonly Colleague[]> {
    return (await this.#connection.call('enrolment.colleagues', {})).colleagues
  }

  /**
   * For an advisor or their supervisor: hands a jobseeker over. The channel is the new advisor's from then on, and the
   * event `enrolment.transferred` tells both advisors the reason.
   * @throws VisavisError FORBIDDEN (not their jobseeker), NOT_FOUND (no colleague who could take them), CONFLICT (somebody
   * else follows the jobseeker by now, or the colleague does already).
   */
  transfer({ key = makeKey(), ...transfer }: Transfer): Promise<Transferred> {
    return this.#connection.call('enrolment.transfer', { ...transfer, key })
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
