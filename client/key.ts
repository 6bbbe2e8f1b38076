/** A key for one act: whoever repeats the act with the same key gets the first result. */
export const makeKey = (): string => {
  // randomUUID would need a secure context, which a page on http://<LAN address> is not.
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}
