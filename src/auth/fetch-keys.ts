/** Fetches the JWKS document of the issuer: bounded in time and size, and from nowhere but the address in the settings. */

export interface FetchLimits {
  /** For the whole answer, body included. */
  readonly timeoutMs: number
  readonly maxBytes: number
}

/** @throws Error on anything but a complete answer with status 200 within the limits; a redirect is not followed. */
export async function fetchKeys(url: string, { timeoutMs, maxBytes }: FetchLimits): Promise<string> {
  const response = await fetch(url, {
    headers: { accept: 'application/jwk-set+json, application/json' },
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  if (response.status !== 200) {
    await response.body?.cancel()
    throw new Error(`the answer has status ${response.status}`)
  }
  const chunks: Uint8Array[] = []
  let bytes = 0
  // Counted after decompression, so that a small answer cannot become a large one. Leaving the loop ends the transfer.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength
    if (bytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`)
    chunks.push(chunk)
  }
  return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.concat(chunks))
}
