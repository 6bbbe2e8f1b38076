/** Where this device keeps what must outlive the page: the browser's localStorage, or whatever an app has of the kind. */
export interface DeviceStorage {
  getItem(key: string): string | null
  /** May throw when there is no room left. */
  setItem(key: string, value: string): void
  removeItem(key: string): void
}

/** localStorage where there is one; else memory, which ends with the process. */
export function deviceStorage(): DeviceStorage {
  try {
    // Node has one only with a file to put it in, and some browsers forbid it: then asking for it throws.
    if (typeof document !== 'undefined' && typeof localStorage !== 'undefined') return localStorage
  } catch {}
  const kept = new Map<string, string>()
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, value) => void kept.set(key, value),
    removeItem: (key) => void kept.delete(key),
  }
}
