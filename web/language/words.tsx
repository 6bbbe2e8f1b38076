/** A sentence with names in it, each kept to itself whatever its direction of writing is. */
import type { ComponentChildren } from 'preact'
import { type Key, t } from './language.ts'

type Values = Readonly<Record<string, ComponentChildren>>

export const Words = ({ of, values }: { of: Key; values: Values }) => <Sentence text={t(of)} values={values} />

/** @param text with `{name}` where `values.name` is to stand. */
export const Sentence = ({ text, values }: { text: string; values: Values }) => (
  <>
    {text
      .split(/\{(\w+)\}/)
      // Every second part is the name of a place.
      .map((part, index) => (index % 2 === 0 ? part : <bdi key={part}>{values[part] ?? `{${part}}`}</bdi>))}
  </>
)
