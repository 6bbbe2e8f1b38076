/**
 * Which pages may open a WebSocket (pure). A browser lets every page connect to every server and only tells where the
 * page came from, so the server has to refuse strangers itself (cross-site WebSocket hijacking).
 */

export interface Origins {
  /** The URL people use, when the node was told; its origin is then the node's own. */
  readonly publicUrl: string | undefined
  /** Further origins, each as a browser writes it; "null" stands for pages without an origin (files, sandboxes). */
  readonly allowed: readonly string[]
}

/** What the upgrade request says. */
export interface Asker {
  readonly origin: string | undefined
  readonly protocol: string
  readonly host: string
}

/**
 * The header must be, character for character, an origin that is known: browsers always write the canonical form, so
 * nothing is parsed that a stranger wrote and no prefix, suffix or spelling can pass for another.
 *
 * Without the header it is no browser (an SDK in Node, a load test), hence no page that could abuse somebody's sign-in;
 * and there is nothing to abuse, since the token travels in the first frame and never in a cookie.
 */
export function mayConnect({ origin, protocol, host }: Asker, { publicUrl, allowed }: Origins): boolean {
  if (origin === undefined) return true
  if (allowed.includes(origin)) return true
  const own = originOf(publicUrl ?? `${protocol}://${host}`)
  return own !== undefined && own === origin
}

/** @returns nothing for what has no origin, such as a malformed Host header. */
export function originOf(url: string): string | undefined {
  if (!URL.canParse(url)) return undefined
  const { origin } = new URL(url)
  return origin === 'null' ? undefined : origin
}
