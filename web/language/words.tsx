/** A sentence with names in it, each kept to itself whatever its direction of writing is. */
import type { ComponentChildren } from 'preact'
import { type Key, t } from './language.ts'

export interface WordsProps {
  readonly of: Key
  readonly values: Readonly<Record<string, ComponentChildren>>
}

export const Words = ({ of, values }: WordsProps) => (
  <>
    {t(of)
      .split(/\{(\w+)\}/)
      // Every second part is the name of a place.
      .map((part, index) => (index % 2 === 0 ? part : <bdi key={part}>{values[part] ?? `{${part}}`}</bdi>))}
  </>
)
