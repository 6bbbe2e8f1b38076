/** What the server tells the pages of its settings. Until it has, nothing is known. */
import { pages } from './place.ts'

interface Settings {
  /** How long a message can be edited; 0: for ever. */
  readonly editWindowMs?: number
  /** Whether jobseekers wait in the lobby until they are let in. */
  readonly lobbies?: 'open' | 'kept'
}

let settings: Settings = {}
let read: Promise<void> | undefined

export function readSettings(): Promise<void> {
  read ??= ask().catch((error: unknown) => {
    read = undefined
    throw error
  })
  return read
}

async function ask(): Promise<void> {
  const response = await fetch(`${pages}config.json`)
  if (response.ok) settings = (await response.json()) as Settings
}

/** @throws TypeError when the service cannot be asked. */
export async function lobbiesKept(): Promise<boolean> {
  await readSettings()
  return settings.lobbies === 'kept'
}

/** Not known: let the server decide. @param at when it was written. */
export function mayStillEdit(at: number, now: number): boolean {
  const { editWindowMs = 0 } = settings
  return editWindowMs === 0 || now - at < editWindowMs
}
