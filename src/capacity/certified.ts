/** What the certificates in force say, by region. How many are let in by them is enrolment's to keep. */
import type { CertificateSummary } from '../protocol/operator.ts'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { certifiedKey } from './keys.ts'

/** With Redis away, every method throws UNAVAILABLE and may be repeated. */
export class Certified {
  readonly #client: RedisClient

  constructor(client: RedisClient) {
    this.#client = client
  }

  async keep(region: string, summary: CertificateSummary): Promise<void> {
    await outageAware(this.#client.set(certifiedKey(region), JSON.stringify(summary)))
  }

  async of(region: string): Promise<CertificateSummary | undefined> {
    const json = await outageAware(this.#client.get(certifiedKey(region)))
    return json === null ? undefined : (JSON.parse(json) as CertificateSummary)
  }
}
