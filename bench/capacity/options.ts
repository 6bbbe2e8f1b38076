/** Pure: the command line of `npm run bench -- capacity`. */
import { parseArgs } from 'node:util'
import { defaultLimits, type Limits, type ObjectiveName, objectiveNames, objectives } from './objectives.ts'
import {
  chooseParameters,
  flagOf,
  type Given,
  isPreset,
  type ParameterName,
  type Parameters,
  type PresetName,
  parameterNames,
  parameters,
  presets,
} from './parameters.ts'

export interface CapacityOptions {
  readonly region: string
  /** In which the people of the load are enrolled, in turn: that one, or those of the preset. */
  readonly enrolledIn: readonly string[]
  readonly preset: PresetName | undefined
  readonly parameters: Parameters
  readonly given: readonly Given[]
  readonly limits: Limits
  /** Empty: a server of this command's own. */
  readonly nodes: readonly string[]
  readonly minutes: number
  readonly repeats: number
  /** Of each window of load; undefined: what fits into the minutes. */
  readonly seconds: number | undefined
  readonly margin: number
  readonly most: number
  readonly generators: number | undefined
  readonly workers: number | undefined
  readonly nodeCost: number
  readonly linkMbits: number
  readonly canary: boolean
  /** Of the pictures that the real browser sends. */
  readonly cameraWidth: number
  /** Whether everybody is cut at once at the end. */
  readonly storm: boolean
  /** Whether a break while other programs fill the machine proves nothing, as it should. */
  readonly excuseOthers: boolean
  readonly validDays: number
  /** A short run: it shows that the command works, and can prove nothing. */
  readonly smoke: boolean
  readonly key: string | undefined
  readonly out: string
  readonly json: string | undefined
  /** What `--json` wrote on another day. */
  readonly compare: string | undefined
  /** Whether the result is to stand in bench/README.md. */
  readonly keep: boolean
}

const settings = {
  minutes: [10, 0.2, 600, 'that the measurement may take'],
  repeats: [5, 1, 50, 'searches around the knee; fewer than 5 prove nothing'],
  margin: [0.2, 0, 10, 'to be carried on top of the demand, as a share of it'],
  most: [4, 1, 100, 'times the demand, beyond which nothing is tried'],
  nodeCost: [150, 0, 1e6, 'of one node a month, in the currency of your choice (assumption)'],
  linkMbits: [10_000, 1, 1e6, 'that the network of a node carries (assumption)'],
  cameraWidth: [
    ...[640, 160, 1_280],
    'pixels that the real browser sends: with 1280 its encoders fill two cores, and a machine of its own is needed',
  ],
  validDays: [30, 1, 366, 'that the certificate is good for'],
} as const
type SettingName = keyof typeof settings
const settingNames = Object.keys(settings) as SettingName[]

const line = (flag: string, text: string) => `  --${flag.padEnd(26)} ${text}`

export const capacityUsage = [
  'npm run bench -- capacity --region <id> [--registered N] [--volunteers N] [--nodes url,url] [--minutes 10] [--preset …]',
  '  Can this deployment serve these people, with what margin, and what limits it?',
  '  Exit code 0: LAUNCH, 1: DO NOT LAUNCH, 2: NOT PROVEN, or it could not be measured.',
  line('region', 'of which the demand is, and in which its people are enrolled (those of the preset)'),
  line(
    'preset',
    Object.entries(presets)
      .map(([name, { title }]) => `${name}: ${title}`)
      .join('; '),
  ),
  line(
    'nodes',
    'of a rehearsal deployment, with its agency token in VISAVIS_AGENCY_TOKEN; otherwise one server is started here',
  ),
  line('out', 'folder for report.html, certificate.json and series.json (capacity-report)'),
  line('json', 'one object in the format of all benchmarks'),
  line('compare', 'lay the result beside the one in there, as --json wrote it'),
  line('keep', 'and keep the result for bench/README.md'),
  line('key', 'Ed25519 key that signs the certificate, PEM; made in .cache when there is none'),
  line('seconds', 'of load in each run (what fits into the minutes)'),
  line('generators', 'processes for people, and as many for appointments (half the cores)'),
  line('workers', 'media workers of a server that is started here (one per core)'),
  line('smoke', 'two rooms and one search: shows that it works; its verdict is always NOT PROVEN'),
  line('no-canary', 'without a real browser'),
  line('no-storm', 'without the reconnect storm at the end'),
  line('no-excuse', 'a break counts against the server also while other programs fill the machine'),
  ...settingNames.map((name) => line(flagOf(name), `${settings[name][3]} (${settings[name][0]})`)),
  'Demand:',
  ...parameterNames.map((name) => {
    const { default: usual, unit, meaning, source } = parameters[name]
    return line(flagOf(name), `${unit} ${meaning} (${usual}; ${source})`)
  }),
  'Objectives:',
  ...objectiveNames.map((name) =>
    line(flagOf(name), `${objectives[name].unit} ${objectives[name].meaning} (${objectives[name].default})`),
  ),
].join('\n')

/** @throws Error with the usage. */
export function parseCapacity(argv: readonly string[]): CapacityOptions {
  try {
    return read(argv)
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${capacityUsage}`, { cause: error })
  }
}

/** The smallest load that there is. What is given besides stands above it. */
const smallest = [
  ...['--region', 'corse', '--registered', '1000', '--volunteers', '250', '--online-share', '0.02', '--no-canary'],
  ...['--most', '1', '--margin', '0', '--repeats', '1', '--seconds', '2', '--workers', '1'],
]

function read(given: readonly string[]): CapacityOptions {
  const isSmoke = given.includes('--smoke')
  const argv = isSmoke ? [...smallest, ...given] : given
  const text = { type: 'string' } as const
  const words = [
    'region',
    'preset',
    'nodes',
    'out',
    'json',
    'compare',
    'key',
    'seconds',
    'generators',
    'workers',
  ] as const
  const numbers = [...settingNames, ...parameterNames, ...objectiveNames].map(flagOf)
  const { values } = parseArgs({
    args: [...argv],
    options: {
      ...Object.fromEntries([...words, ...numbers].map((name) => [name, text])),
      'no-canary': { type: 'boolean' },
      'no-storm': { type: 'boolean' },
      'no-excuse': { type: 'boolean' },
      keep: { type: 'boolean' },
      smoke: { type: 'boolean' },
    },
  }) as { values: Readonly<Record<string, string | boolean | undefined>> }
  const word = (name: (typeof words)[number]) => (typeof values[name] === 'string' ? values[name] : undefined)
  const number = (name: string, [least, most]: readonly [number, number]): number | undefined => {
    const given = values[flagOf(name)]
    if (given === undefined) return undefined
    const value = given === '' ? Number.NaN : Number(given)
    if (value >= least && value <= most) return value
    throw new Error(`--${flagOf(name)} takes a number from ${least} to ${most}`)
  }
  const setting = (name: SettingName) => number(name, [settings[name][1], settings[name][2]]) ?? settings[name][0]
  const preset = word('preset')
  if (preset !== undefined && !isPreset(preset))
    throw new Error(`--preset takes one of ${Object.keys(presets).join(', ')}`)
  const named = word('region')
  const region = named ?? preset
  if (region === undefined || !/^[a-z0-9-]{1,64}$/.test(region)) throw new Error('--region takes the id of a region')
  const flags: Partial<Record<ParameterName, number>> = {}
  for (const name of parameterNames) {
    const value = number(name, [parameters[name].least, parameters[name].most])
    if (value !== undefined) flags[name] = value
  }
  const limits: Record<ObjectiveName, number> = { ...defaultLimits }
  for (const name of objectiveNames) limits[name] = number(name, [0, 1e9]) ?? limits[name]
  if (isSmoke && setting('repeats') > 1) throw new Error('--smoke makes one repeat: more would be no short run')
  if (isSmoke && values.keep === true) throw new Error('--keep is for whole results: not together with --smoke')
  const { values: chosen, given: sourced } = chooseParameters(flags, preset)
  return {
    ...{ region, enrolledIn: named === undefined && preset !== undefined ? presets[preset].regions : [region] },
    ...{ preset, parameters: chosen, given: sourced, limits, smoke: isSmoke },
    nodes: nodesOf(word('nodes')),
    ...{ minutes: setting('minutes'), repeats: Math.round(setting('repeats')), margin: setting('margin') },
    ...{
      most: setting('most'),
      nodeCost: setting('nodeCost'),
      linkMbits: setting('linkMbits'),
      validDays: setting('validDays'),
    },
    seconds: number('seconds', [1, 600]),
    generators: number('generators', [1, 100]),
    workers: number('workers', [1, 256]),
    canary: values['no-canary'] !== true,
    cameraWidth: setting('cameraWidth'),
    storm: values['no-storm'] !== true,
    excuseOthers: values['no-excuse'] !== true,
    ...{ key: word('key'), out: word('out') ?? 'capacity-report', json: word('json'), compare: word('compare') },
    keep: values.keep === true,
  }
}

function nodesOf(list: string | undefined): string[] {
  if (list === undefined) return []
  return list.split(',').map((given) => {
    const url = URL.parse(given.trim())
    if (url === null || !/^https?:$/.test(url.protocol)) throw new Error(`--nodes: "${given}" is no http or https URL`)
    return url.href.replace(/\/+$/, '')
  })
}
