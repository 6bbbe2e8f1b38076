/** Pure: the header that has a browser save a file under its name and never show it (RFC 6266, RFC 8187). */
export function savedAs(name: string): string {
  // For clients that do not know the second form: what is not plain ASCII, or would need escaping, becomes "_".
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_')
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded(name)}`
}

/** As a URI component, with what RFC 8187 wants encoded besides. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
