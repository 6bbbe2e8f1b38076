/** Whose certificates of capacity a node believes: wires src/http/capacity-certificate.ts to its setting. */
import { readFile } from 'node:fs/promises'
import type { CertificateKey } from './capacity/certificate.ts'
import { keysOf } from './capacity-command.ts'

/** Read anew each time: certificates come once a month, and a key that was withdrawn is withdrawn at once. */
export const trustedCapacityKeys =
  (file: string | undefined) => async (): Promise<readonly Pick<CertificateKey, 'x'>[]> =>
    file === undefined ? [] : keysOf(JSON.parse(await readFile(file, 'utf8')))
