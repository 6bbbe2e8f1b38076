/** Whose a canned reply is, and what may be in one. Pure. */
import { VisavisError } from '../protocol/index.ts'
import { unknownVariable } from '../protocol/variables.ts'

export type { Reply } from '../protocol/index.ts'

/** A set of replies belongs to one advisor, or to a team of a region. */
export type Owner =
  | { readonly scope: 'own'; readonly region: string; readonly person: string }
  | { readonly scope: 'team'; readonly region: string; readonly team: string }

/** What somebody wants stored. */
export interface Draft {
  /** Made by the client. */
  readonly id: string
  readonly title: string
  readonly text: string
  /** Whose it is to be, or already was when their right to change it was looked at. */
  readonly author: string
  readonly updatedBy: string
  /** Of the version that was read; absent for a new one. */
  readonly updatedAt?: number | undefined
}

/** @throws VisavisError BAD_REQUEST naming a variable that there is not. */
export function checkVariables(text: string): void {
  const variable = unknownVariable(text)
  if (variable === undefined) return
  throw new VisavisError('BAD_REQUEST', `there is no variable {{${variable}}}`, {
    details: { path: '/text', variable },
  })
}
