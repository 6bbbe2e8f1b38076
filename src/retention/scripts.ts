/** The transitions of a turn as typed functions. */
import { script } from '../store/script.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)

export interface Turn {
  readonly token: number
  /** The last person that was looked at; '' at the beginning. */
  readonly cursor: string
}

export const takeTurn = script<[turn: string], [lastsMs: number], Turn | undefined>(file('take-turn'), (reply) => {
  if (reply === null) return undefined
  const [token, cursor] = reply as [number, string]
  return { token, cursor }
})

export const passTurn = script<[turn: string], [token: number, cursor: string], void>(file('pass-turn'), () => {})
