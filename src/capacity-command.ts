/** `visavis capacity verify <certificate.json> [--keys …]`: checks a certificate of capacity offline. */
import { parseArgs } from 'node:util'
import { type CertificateKey, type CertificateVerification, verifyCertificate } from './capacity/certificate.ts'
import { readJson } from './json-file.ts'

export const capacityUsage = `visavis capacity verify <certificate.json> [--keys <keys.json>]

  Checks a certificate of capacity, offline: that nothing in it was changed since it was signed, and that it has not expired.
  --keys   whom to believe: a file { "keys": [{ "x": … }] } of Ed25519 keys. Without it the certificate's own key is taken,
           which shows that nothing was changed, and not who measured.

  Exit code 0: good. 1: not. 2: it could not be looked at.`

/** @returns the exit code. */
export async function capacityCommand(args: readonly string[], print: (line: string) => void): Promise<number> {
  let result: CertificateVerification
  let trusted: boolean
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { keys: { type: 'string' } },
      allowPositionals: true,
    })
    const [verb, file, ...more] = positionals
    if (verb !== 'verify' || file === undefined || more.length > 0) throw new Error('name one certificate')
    trusted = values.keys !== undefined
    const keys = values.keys === undefined ? undefined : keysOf(await readJson(values.keys))
    result = verifyCertificate(await readJson(file), { now: Date.now(), keys })
  } catch (error) {
    print(`cannot verify: ${error instanceof Error ? error.message : String(error)}\n\n${capacityUsage}`)
    return 2
  }
  for (const { ok, what } of result.findings) print(`${ok ? 'ok    ' : 'WRONG '} ${what}`)
  const { certificate, ok } = result
  if (certificate !== undefined) {
    const { region, verdict, capacity, expiresAt, key, limitedBy } = certificate
    const carried = capacity === undefined ? 'nothing was measured' : `${capacity.low} volunteers are carried`
    print(`note   ${region}: ${verdict}; ${carried}; good until ${new Date(expiresAt).toISOString()}`)
    if (typeof limitedBy === 'string') print(`note   limit: ${limitedBy}`)
    if (!trusted) print(`note   signed by key ${key.kid}; whose that is, only --keys can tell`)
  }
  print('')
  print(ok ? 'The certificate is good.' : 'The certificate is NOT good.')
  return ok ? 0 : 1
}

/** @throws Error when it is no list of keys. */
export function keysOf(value: unknown): readonly Pick<CertificateKey, 'x'>[] {
  const keys = (value as { keys?: unknown } | null)?.keys
  if (!Array.isArray(keys) || !keys.every((key: unknown) => typeof (key as { x?: unknown } | null)?.x === 'string')) {
    throw new Error('the file of keys has none')
  }
  return keys as Pick<CertificateKey, 'x'>[]
}
