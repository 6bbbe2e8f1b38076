/** Whoever leaves the page while something is not stored yet is asked by the browser whether they mean it. */
import { useEffect } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'
import { isUploading } from './draft.ts'

export function useLeaving({ chat }: Visavis): void {
  useEffect(() => {
    const onLeave = (event: BeforeUnloadEvent) => {
      if (chat.unsent > 0 || isUploading()) event.preventDefault()
    }
    addEventListener('beforeunload', onLeave)
    return () => removeEventListener('beforeunload', onLeave)
  }, [chat])
}
