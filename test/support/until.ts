/** Waits for a condition, never for a fixed time. */

export interface UntilOptions {
  readonly timeoutMs?: number
  /** For the error: what was waited for. */
  readonly what?: string
  readonly everyMs?: number
}

/** @returns the first value of `condition` that is neither false, null nor undefined. */
export async function until<T>(
  condition: () => T | Promise<T>,
  { timeoutMs = 30_000, what = 'the condition', everyMs = 10 }: UntilOptions = {},
): Promise<NonNullable<Exclude<T, false>>> {
  const deadline = performance.now() + timeoutMs
  for (;;) {
    const value = await condition()
    if (value !== false && value !== undefined && value !== null) return value as NonNullable<Exclude<T, false>>
    if (performance.now() > deadline) throw new Error(`waited ${timeoutMs} ms in vain for ${what}`)
    await new Promise((resolve) => setTimeout(resolve, everyMs))
  }
}
