/** The node's own certificate: read, checked against its key, and taken up anew when the files change. */

import { unwatchFile, watchFile } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { Server } from 'node:http'
import { createSecureContext, Server as TlsServer } from 'node:tls'
import type { Logger } from 'pino'

/** PEM files. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

export interface Certificate {
  readonly cert: Buffer
  readonly key: Buffer
  readonly minVersion: 'TLSv1.2'
}

/** Files are looked at, not watched: renewals replace them by rename or by link, which watches lose sight of. */
const lookEveryMs = 1_000

/** @throws when a file cannot be read, or the certificate is not the key's. */
export async function readCertificate({ cert, key }: CertificateFiles): Promise<Certificate> {
  const read = { cert: await readFile(cert), key: await readFile(key), minVersion: 'TLSv1.2' } as const
  createSecureContext(read)
  return read
}

/**
 * On a change of either file and on SIGHUP. Connections that stand keep what they were made with. A pair that does not
 * fit, as between the writing of the two, changes nothing.
 */
export function watchCertificate(server: Server, files: CertificateFiles, log: Logger): Disposable {
  let reading = Promise.resolve()
  const reload = async () => {
    try {
      const certificate = await readCertificate(files)
      if (server instanceof TlsServer) server.setSecureContext(certificate)
      log.info('the certificate was read again')
    } catch (err) {
      log.error({ err }, 'the new certificate cannot be used: the former one stays')
    }
  }
  const onChange = () => {
    reading = reading.then(reload)
  }
  for (const file of Object.values(files)) watchFile(file, { interval: lookEveryMs, persistent: false }, onChange)
  process.on('SIGHUP', onChange)
  return {
    [Symbol.dispose]: () => {
      for (const file of Object.values(files)) unwatchFile(file, onChange)
      process.off('SIGHUP', onChange)
    },
  }
}
