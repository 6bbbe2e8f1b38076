/** After everybody has left, half of them without a word, the server itself says that nobody is there. */
import { until } from './condition.ts'
import { askNode } from './exposition.ts'

const withinMs = 5_000

/** Whether a node says so soon enough. */
export async function roomsAreEmpty(url: string): Promise<boolean> {
  const isEmpty = async () => {
    const { value } = await askNode(url)
    return value('visavis_rooms') === 0 && value('visavis_participants') === 0
  }
  return until(isEmpty, withinMs).then(
    () => true,
    () => false,
  )
}
