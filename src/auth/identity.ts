/** Who is at the other end of a session. */
import type { Role } from '../protocol/index.ts'

export interface Identity {
  readonly person: string
  readonly role: Role
  readonly name: string
  readonly region: string
}
