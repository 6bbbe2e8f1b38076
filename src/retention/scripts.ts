/** The transitions of a turn as typed functions. */
import { script } from '../store/script.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)

/** @returns the last person that was looked at, '' at the beginning; undefined while somebody has the turn. */
export const takeTurn = script<[turn: string], [lastsMs: number], string | undefined>(file('take-turn'), (reply) =>
  reply === null ? undefined : (reply as string),
)

export const passTurn = script<[turn: string], [from: string, to: string], void>(file('pass-turn'), () => {})
