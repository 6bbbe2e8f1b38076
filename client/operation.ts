/** For operators, over REST: the load of all nodes beside what was certified, and taking a node out of service. */
import type {
  CertificateSummary,
  Limited,
  LimitWarning,
  NodeLoad,
  OperatedNode,
  OperatorLoad,
  RedisLoad,
  RegionLoad,
} from '../src/protocol/operator.ts'
import type { ConnectOptions } from './connection.ts'
import { sendRest } from './rest.ts'

export type { CertificateSummary, Limited, LimitWarning, NodeLoad, OperatedNode, OperatorLoad, RedisLoad, RegionLoad }

/** Every method rejects with a VisavisError: the server's own, or UNAVAILABLE when it cannot be reached. */
export class Operation {
  readonly #options: Pick<ConnectOptions, 'url' | 'token'>

  constructor(options: Pick<ConnectOptions, 'url' | 'token'>) {
    this.#options = options
  }

  load(): Promise<OperatorLoad> {
    return sendRest(this.#options, 'GET', 'operator/load')
  }

  /** A node takes no new rooms from now on, or takes them again. Repeating changes nothing. */
  async drain(node: string, on: boolean): Promise<void> {
    await sendRest(this.#options, on ? 'PUT' : 'DELETE', `nodes/${encodeURIComponent(node)}/drain`)
  }
}
