/**
 * The key with which this node signs records. It is made in the data folder, replaced when it is old enough, and its public part
 * is published in Redis for good, so that what it has signed can be checked for as long as there is a record.
 */
import { createPrivateKey, generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { outageAware } from '../store/errors.ts'
import type { RedisClient } from '../store/redis.ts'
import { publicKeysKey } from './keys.ts'
import { keyId, type PublicKey, type Seal, type Sealed, seal } from './seal.ts'

export interface SigningKeysOptions {
  readonly client: RedisClient
  readonly folder: string
  /** How long a key signs (ms). */
  readonly maxAgeMs: number
  readonly now?: () => number
}

/** As it lies in the folder, under `<kid>.json`. */
interface StoredKey {
  readonly since: number
  /** PKCS #8, PEM. */
  readonly privateKey: string
}

interface Signing {
  readonly key: KeyObject
  readonly published: PublicKey
}

export class SigningKeys {
  readonly #options: SigningKeysOptions
  readonly #now: () => number
  #current: Promise<Signing> | undefined

  constructor(options: SigningKeysOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  /** With the key of this moment. @throws VisavisError UNAVAILABLE while a new key cannot be published. */
  async sign(sealed: Omit<Sealed, 'kid'>): Promise<Seal> {
    const { key, published } = await this.#signing()
    return seal({ ...sealed, kid: published.kid }, key)
  }

  /** Of all nodes, the oldest first. */
  async published(): Promise<PublicKey[]> {
    const stored = await outageAware(this.#options.client.hvals(publicKeysKey))
    return stored.map((json) => JSON.parse(json) as PublicKey).sort((a, b) => a.since - b.since)
  }

  async #signing(): Promise<Signing> {
    const known = await this.#current?.catch(() => undefined)
    if (known !== undefined && !this.#isOld(known.published.since)) return known
    const opened = this.#open()
    this.#current = opened
    return opened
  }

  #isOld(since: number): boolean {
    return this.#now() - since >= this.#options.maxAgeMs
  }

  /** The newest of the folder, or a new one. Nothing is signed before the public part is durable. */
  async #open(): Promise<Signing> {
    const { client, folder } = this.#options
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const names = (await readdir(folder)).filter((name) => name.endsWith('.json'))
    const stored = await Promise.all(
      names.map(async (name) => JSON.parse(await readFile(join(folder, name), 'utf8')) as StoredKey),
    )
    const newest = stored.toSorted((a, b) => b.since - a.since)[0]
    const used = newest === undefined || this.#isOld(newest.since) ? await this.#make() : newest
    const signing = signingOf(used)
    await outageAware(client.hset(publicKeysKey, signing.published.kid, JSON.stringify(signing.published)))
    // What cannot sign any more can leak no more.
    const kept = `${signing.published.kid}.json`
    await Promise.all(names.filter((name) => name !== kept).map((name) => rm(join(folder, name), { force: true })))
    return signing
  }

  async #make(): Promise<StoredKey> {
    const { privateKey } = generateKeyPairSync('ed25519')
    const pem = privateKey.export({ format: 'pem', type: 'pkcs8' }) as string
    const stored: StoredKey = { since: this.#now(), privateKey: pem }
    const file = join(this.#options.folder, `${signingOf(stored).published.kid}.json`)
    // Whole or not at all.
    await writeFile(`${file}.part`, JSON.stringify(stored), { mode: 0o600 })
    await rename(`${file}.part`, file)
    return stored
  }
}

function signingOf({ since, privateKey }: StoredKey): Signing {
  const key = createPrivateKey(privateKey)
  const { x = '' } = key.export({ format: 'jwk' })
  const named = { kty: 'OKP', crv: 'Ed25519', x } as const
  return { key, published: { ...named, kid: keyId(named), use: 'sig', alg: 'EdDSA', since } }
}
