/** Says things aloud to people who use a screen reader, without moving their focus. */
import { signal } from '@preact/signals'

const spoken = signal('')

export function announce(text: string): void {
  // The same text twice is not noticed as a change.
  spoken.value = spoken.peek() === text ? `${text}\u00a0` : text
}

export const Announcer = () => (
  <div class="ds-sr-only" aria-live="polite">
    {spoken.value}
  </div>
)
