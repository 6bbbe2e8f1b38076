/** What the server tells the pages of its settings. Until it has, nothing is known. */
import { pages } from './place.ts'

interface Settings {
  /** How long a message can be edited; 0: for ever. */
  readonly editWindowMs?: number
}

let settings: Settings = {}

export async function readSettings(): Promise<void> {
  const response = await fetch(`${pages}config.json`)
  if (response.ok) settings = (await response.json()) as Settings
}

/** Not known: let the server decide. @param at when it was written. */
export function mayStillEdit(at: number, now: number): boolean {
  const { editWindowMs = 0 } = settings
  return editWindowMs === 0 || now - at < editWindowMs
}
