/** The one transition of the audit log as a typed function. */
import { script } from '../store/script.ts'
import type { Tip } from './chain.ts'

export type Appended = { readonly is: 'stored' } | { readonly is: 'moved'; readonly tip: Tip }

type AppendArgs = [
  n: number,
  hash: string,
  batch: number,
  retentionMs: number,
  rememberMs: number,
  last: number,
  ...entriesAndHashes: string[],
]

export const append = script<[log: string, tip: string, writer: string], AppendArgs, Appended>(
  new URL('./lua/append.lua', import.meta.url),
  (reply) => {
    const [is, n, hash] = reply as ['stored' | 'moved', string, string]
    return is === 'stored' ? { is } : { is, tip: { n: Number(n), hash } }
  },
)
