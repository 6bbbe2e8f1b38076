/** The browser's page: when the network returns, and whether the person looks at it. Elsewhere nothing happens. */

export interface PageListeners {
  readonly onOnline: () => void
  /** Also called at the start. */
  readonly onLooking: (looking: boolean) => void
}

/** @returns a function that stops it. */
export function followPage({ onOnline, onLooking }: PageListeners): () => void {
  if (typeof document === 'undefined') return () => {}
  const look = () => onLooking(document.visibilityState === 'visible')
  addEventListener('online', onOnline)
  document.addEventListener('visibilitychange', look)
  look()
  return () => {
    removeEventListener('online', onOnline)
    document.removeEventListener('visibilitychange', look)
  }
}
