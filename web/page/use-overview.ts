/** The channels of the person, drawn again as they change. */
import { useEffect, useState } from 'preact/hooks'
import type { Visavis } from '../../client/index.ts'

export function useOverview({ chat }: Visavis): Visavis['chat'] {
  const [, redraw] = useState(0)
  useEffect(() => chat.onChange(() => redraw((count) => count + 1)), [chat])
  return chat
}
