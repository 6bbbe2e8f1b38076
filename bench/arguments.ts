/** Pure: the command line of the benchmarks. */
import { parseArgs } from 'node:util'

export interface Arguments {
  /** A scenario's name, `all` or `list`. */
  readonly what: string
  readonly smoke: boolean
  readonly repeats: number
  readonly json: string | undefined
}

const usage = 'npm run bench -- <scenario|all|list> [--smoke] [--repeats N] [--json FILE]'
const defaultRepeats = 5

/** @throws Error with the usage. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv)
  const [what, ...more] = positionals
  const repeats = Number(values.repeats ?? (values.smoke ? 1 : defaultRepeats))
  if (what === undefined || more.length > 0) throw new Error(usage)
  if (!Number.isInteger(repeats) || repeats < 1 || repeats > 100) {
    throw new Error(`--repeats takes a whole number from 1 to 100\n${usage}`)
  }
  return { what, smoke: values.smoke ?? false, repeats, json: values.json }
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { smoke: { type: 'boolean' }, repeats: { type: 'string' }, json: { type: 'string' } },
    })
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`, { cause: error })
  }
}
