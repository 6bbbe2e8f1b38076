/** Pure: the command line of the benchmarks. */
import { parseArgs } from 'node:util'
import { type Sabotage, sabotages } from './delivery.ts'
import { type PeerName, peerNames } from './peer.ts'

export interface Arguments {
  /** A scenario's name, `all` or `list`. */
  readonly what: string
  readonly smoke: boolean
  readonly repeats: number
  /** Absent: half the cores. */
  readonly generators: number | undefined
  /** Of the scenario that asks for many at a time; absent: its own number. */
  readonly sessions: number | undefined
  readonly json: string | undefined
  /** A former result, beside which the new one is laid. */
  readonly compare: string | undefined
  readonly sabotage: Sabotage | undefined
  /** Beside whom only; absent: all that a scenario has. */
  readonly peers: readonly PeerName[] | undefined
  /** Whether the results are to stand in bench/README.md. */
  readonly keep: boolean
}

const usage = `npm run bench -- <scenario|all|list>
  --smoke         about 2 s of load each, one repeat, every check: shows that they work, proves no figure
  --json FILE     write the result there; of all scenarios, an array of results
  --compare FILE  lay the result beside the one in there, as --json wrote it: ratios with their intervals
  --repeats N     of each measurement and pairs with the peer; default 5
  --generators N  processes that make load; default half the cores
  --sessions N    of connect, at the same time; default 10,000
  --peer NAME     beside this one only, of ${peerNames.join(', ')}; may be given again, or several with commas
  --keep          and keep the results for bench/README.md, as results does
  --sabotage HOW  ${sabotages.join(', ')}: spoil the results on purpose; the checks must fail. Beside nobody`
const defaultRepeats = 5
const maxSessions = 1_000_000

/** @throws Error with the usage. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parse(argv)
  const [what, ...more] = positionals
  if (what === undefined || more.length > 0) throw new Error(usage)
  return {
    what,
    smoke: values.smoke ?? false,
    repeats: count('repeats', values.repeats) ?? (values.smoke ? 1 : defaultRepeats),
    generators: count('generators', values.generators),
    sessions: count('sessions', values.sessions, maxSessions),
    json: values.json,
    compare: values.compare,
    sabotage: sabotage(values.sabotage),
    peers: peers(values.peer),
    keep: keep(values),
  }
}

function parse(argv: readonly string[]) {
  const text = { type: 'string' } as const
  const options = {
    smoke: { type: 'boolean' },
    json: text,
    compare: text,
    repeats: text,
    generators: text,
    sessions: text,
    sabotage: text,
    peer: { type: 'string', multiple: true },
    keep: { type: 'boolean' },
  } as const
  try {
    return parseArgs({ args: [...argv], allowPositionals: true, options })
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${usage}`, { cause: error })
  }
}

function count(name: string, text: string | undefined, most = 100): number | undefined {
  if (text === undefined) return undefined
  const value = Number(text)
  if (Number.isInteger(value) && value >= 1 && value <= most) return value
  throw new Error(`--${name} takes a whole number from 1 to ${most}\n${usage}`)
}

function peers(given: readonly string[] | undefined): PeerName[] | undefined {
  return given?.flatMap((words) =>
    words.split(',').map((word) => {
      const found = peerNames.find((name) => name === word)
      if (found === undefined) throw new Error(`--peer takes one of ${peerNames.join(', ')}\n${usage}`)
      return found
    }),
  )
}

/** @throws Error when the figures would not be what a reader takes them for. */
function keep({
  keep = false,
  smoke,
  sabotage,
  peer,
}: {
  keep?: boolean
  smoke?: boolean
  sabotage?: string
  peer?: string[]
}) {
  const other = smoke ? '--smoke' : sabotage === undefined ? peer && '--peer' : '--sabotage'
  if (keep && other) throw new Error(`--keep is for whole results: not together with ${other}\n${usage}`)
  return keep
}

function sabotage(text: string | undefined): Sabotage | undefined {
  if (text === undefined) return undefined
  const found = sabotages.find((each) => each === text)
  if (found === undefined) throw new Error(`--sabotage takes one of ${sabotages.join(', ')}\n${usage}`)
  return found
}
