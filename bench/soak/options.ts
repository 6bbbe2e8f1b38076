/** Pure: the command line of `npm run bench -- soak`: its own few flags, and those of the demand, which are capacity's. */
import { type CapacityOptions, parseCapacity } from '../capacity/options.ts'
import { leastLooks } from './leaks.ts'

export interface SoakOptions {
  readonly hours: number
  /** Of the demand. */
  readonly load: number
  /** Growth an hour that nobody minds, as a share of what is there. */
  readonly tolerance: number
  readonly demand: CapacityOptions
}

const own = {
  hours: { usual: 8, least: 1 / 3_600, most: 1_000 },
  minutes: { usual: undefined, least: 1 / 60, most: 60_000 },
  load: { usual: 0.3, least: 0.001, most: 100 },
  tolerance: { usual: 0.01, least: 0, most: 10 },
} as const
type Own = keyof typeof own

export const soakUsage = `npm run bench -- soak [--hours 8 | --minutes N] [--region bretagne] [--load 0.3] [demand flags of capacity]
  Does a server that works on and on hold more and more: memory, files, handles, keys?
  Exit code 0: NO LEAK, 1: LEAK, or something was lost; 2: NOT PROVEN, or it could not be measured.
  --hours N       that it works, and no less than 11 loads; 8 when nothing is given
  --minutes N     the same in minutes
  --load N        times the demand of the busiest hour, all the while (0.3)
  --tolerance N   growth an hour that is no leak, as a share of what is there (0.01)
  --seconds N     of load between two looks (20; less when so many loads take longer than the hours)
  --out DIR       for soak.html and soak.json (soak-report)
  --json FILE     one object in the format of all benchmarks
  --keep          and keep the result for bench/README.md
  --compare FILE  lay what was held beside what --json wrote on another day
  --smoke         some seconds of the smallest load: shows that it works; rarely proves anything
  and --region, --preset, --nodes, --workers, --generators and every flag of the demand: see capacity --help`

/** @throws Error with the usage. */
export function parseSoak(argv: readonly string[]): SoakOptions {
  try {
    const { given, others } = apart(argv.includes('--smoke') ? [...smallest, ...argv] : argv)
    const hours = given.hours ?? (given.minutes === undefined ? own.hours.usual : given.minutes / 60)
    if (argv.includes('--smoke') && given.hours !== undefined) throw new Error('--smoke takes no --hours')
    if (given.hours !== undefined && given.minutes !== undefined) throw new Error('--hours and --minutes are one flag')
    const has = (...flags: string[]) => others.some((word) => flags.some((flag) => word.split('=')[0] === flag))
    const demand = parseCapacity([
      ...(has('--region', '--preset') ? [] : ['--region', 'bretagne']),
      ...(has('--seconds') ? [] : ['--seconds', String(secondsOf(hours))]),
      ...(has('--out') ? [] : ['--out', 'soak-report']),
      ...others,
    ])
    const { load = own.load.usual, tolerance = own.tolerance.usual } = given
    return { hours, load, tolerance, demand }
  } catch (error) {
    // The usage of capacity is another one's.
    const [why = ''] = (error instanceof Error ? error.message : String(error)).split('\nnpm run')
    throw new Error(`${why}\n${soakUsage}`, { cause: error })
  }
}

/** What is given besides stands above it. */
const smallest = ['--minutes', '0.1', '--load', '1', '--seconds', '1']
const mostSeconds = 20
/** Beside its load: people come and go, and garbage is collected. */
const aroundSeconds = 8

/** So much load between two looks that there are enough of them. */
const secondsOf = (hours: number): number =>
  Math.max(2, Math.min(mostSeconds, Math.floor((hours * 3_600) / leastLooks) - aroundSeconds))

function apart(argv: readonly string[]): { given: Partial<Record<Own, number>>; others: string[] } {
  const given: Partial<Record<Own, number>> = {}
  const others: string[] = []
  const words = argv.flatMap((word) => (/^--[a-z]+=/.test(word) ? [...splitOnce(word)] : [word]))
  for (let n = 0; n < words.length; n += 1) {
    const word = words[n] ?? ''
    const name = (Object.keys(own) as Own[]).find((each) => word === `--${each}`)
    if (name === undefined) {
      others.push(word)
      continue
    }
    n += 1
    const [value, { least, most }] = [Number(words[n] || Number.NaN), own[name]]
    if (!(value >= least && value <= most))
      throw new Error(`--${name} takes a number from ${least.toPrecision(2)} to ${most}`)
    given[name] = value
  }
  return { given, others }
}

function splitOnce(word: string): [string, string] {
  const at = word.indexOf('=')
  return [word.slice(0, at), word.slice(at + 1)]
}
