/** The transitions of checks as typed functions. */
import { script } from '../store/script.ts'

const file = (name: string) => new URL(`./lua/${name}.lua`, import.meta.url)

/** @returns ms to wait; 0: begun. */
export const begin = script<[starts: string], [most: number, withinMs: number], number>(file('begin'), Number)

/** @returns JSON as it is stored; undefined for somebody who was erased. */
export const report = script<
  [reports: string, erased: string],
  [person: string, key: string, report: string, most: number, keepMs: number],
  string | undefined
>(file('report'), (reply) => (typeof reply === 'string' ? reply : undefined))
