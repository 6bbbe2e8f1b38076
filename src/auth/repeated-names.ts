/** Finds a name that occurs twice in one JSON object. Pure. `JSON.parse` keeps the last, other parsers keep the first. */

/** Strings, and the marks that open and close objects and lists or end an entry; numbers and literals do not matter. */
const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g

/** @param text valid JSON. */
export function hasRepeatedNames(text: string): boolean {
  /** For each open object its names so far; for each open list undefined. */
  const open: (Set<string> | undefined)[] = []
  let last = ''
  for (const [mark] of text.matchAll(token)) {
    if (mark === '{') open.push(new Set())
    else if (mark === '[') open.push(undefined)
    else if (mark === '}' || mark === ']') open.pop()
    else if (mark === ':') {
      // Names are compared as they read, so that an escaped letter does not make another name.
      const name = JSON.parse(last) as string
      const names = open.at(-1)
      if (names?.has(name)) return true
      names?.add(name)
    }
    last = mark
  }
  return false
}
