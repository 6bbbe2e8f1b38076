/** Pure: what the demand of a region is computed from. Each parameter is a flag, and says where its default comes from. */

import regions from '../../config/regions.json' with { type: 'json' }

export interface Parameter {
  readonly default: number
  readonly least: number
  readonly most: number
  readonly unit: string
  readonly meaning: string
  /** Where the default was published; "assumption" when nobody has published it. */
  readonly source: string
}

const parameter = (
  value: number,
  [least, most]: readonly [number, number],
  unit: string,
  meaning: string,
  source = 'assumption',
): Parameter => ({ default: value, least, most, unit, meaning, source })

const afp2014 = 'AFP, 4 December 2014, webmanagercenter.com/2014/12/04/157683'
const portfolios2016 = 'AFP, January 2016, gestionsociale.fr: 100–150 for a guided follow-up'
const senate =
  'Sénat, report 713 (2010–2011): monthly from the fourth month in principle, 41.9 % of it realised in 2009'
const share: readonly [number, number] = [0, 1]

export const parameters = {
  registered: parameter(
    185_410,
    [1, 1e8],
    'people',
    'registered with the agency in the region',
    'journaldunet.com, Bretagne, November 2010',
  ),
  volunteers: parameter(12_000, [1, 1e8], 'people', 'of whom follow the scheme online'),
  portfolio: parameter(100, [1, 2_000], 'volunteers', 'that one advisor follows', portfolios2016),
  onShift: parameter(0.8, [0.01, 1], 'share', 'of the advisors who are at work at a time'),
  appointmentsPerMonth: parameter(0.42, [0, 60], 'per volunteer', 'webcam appointments a month', senate),
  workingDays: parameter(20, [1, 31], 'days', 'a month on which the service is open'),
  openHours: parameter(7, [1, 24], 'hours', 'a day in which appointments begin'),
  slotMinutes: parameter(30, [5, 240], 'minutes', 'between two starts of appointments: on the hour and the half hour'),
  appointmentMinutes: parameter(60, [5, 240], 'minutes', 'that a webcam appointment is booked for', afp2014),
  busyHourShare: parameter(
    0.2,
    [0.01, 1],
    'share',
    'of the appointments, callbacks and sessions of a day in its busiest hour',
  ),
  overrunShare: parameter(0.2, share, 'share', 'of the appointments that take longer than booked'),
  overrunMinutes: parameter(5, [0, 120], 'minutes', 'by which these do, on average (exponential)'),
  joinMinutes: parameter(2, [0.1, 30], 'minutes', 'around its start within which everybody joins an appointment'),
  onlineShare: parameter(0.05, share, 'share', 'of the volunteers with a page open in the busiest hour'),
  messagesPerHour: parameter(
    12,
    [0, 3_600],
    'per session',
    'chat messages that each open session of a jobseeker brings about, both sides together',
  ),
  burst: parameter(4, [1, 100], 'messages', 'that follow each other in a conversation'),
  callbacksPerMonth: parameter(0.5, [0, 60], 'per volunteer', 'callbacks asked for a month'),
  callbackMinutes: parameter(12, [0.5, 240], 'minutes', 'that a callback takes an advisor'),
  videoCallbackShare: parameter(0.2, share, 'share', 'of the callbacks that are held by webcam'),
  reconnectSeconds: parameter(30, [1, 600], 'seconds', 'in which everybody of a lost node comes back'),
} as const satisfies Readonly<Record<string, Parameter>>

export type ParameterName = keyof typeof parameters
export type Parameters = Readonly<Record<ParameterName, number>>

export const parameterNames = Object.keys(parameters) as ParameterName[]

/** `onShift` is the flag `--on-shift`. */
export const flagOf = (name: string): string => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** A parameter with where its value came from. */
export interface Given {
  readonly name: ParameterName
  readonly value: number
  readonly unit: string
  readonly meaning: string
  readonly source: string
}

export interface Preset {
  readonly title: string
  readonly values: Partial<Parameters>
  /** In which its people are enrolled, unless a region is given. */
  readonly regions: readonly string[]
  /** Why these values. */
  readonly source: string
}

const leTemps = 'Les Echos, 12 November 2014; AFP, 4 December 2014'
const fiveRegions = [
  'bretagne',
  'auvergne-rhone-alpes',
  'hauts-de-france',
  'ile-de-france',
  'provence-alpes-cote-d-azur',
] as const
const everyRegion = regions.map(({ id }) => id)
export const presets = {
  'trial-2014': {
    title: 'the trial of 2014: 11 agencies, 9,000 volunteers, 91 advisors',
    values: { registered: 150_000, volunteers: 9_000, portfolio: 9_000 / 91 },
    regions: ['bretagne'],
    source: `${leTemps}: 8,935 volunteers in 11 agencies; 91 advisors as stated by the agency; registered and region: assumption`,
  },
  'five-regions': {
    title: 'the five regions of January 2015',
    values: { registered: 1_483_000, volunteers: 20_000 },
    regions: fiveRegions,
    source: `${leTemps}: five regions in January 2015; which ones, volunteers and registered: assumption, two thirds of the national target`,
  },
  nation: {
    title: 'the nation at the target that was published for generalisation',
    values: { registered: 5_216_000, volunteers: 30_000 },
    regions: everyRegion,
    source: `${leTemps}: 30,000 volunteers at generalisation; Dares Analyses 2015-075: 5,216,000 registered`,
  },
  'nation-guided': {
    title: 'the nation, should everybody with a guided follow-up come',
    values: { registered: 5_216_000, volunteers: 1_483_000 },
    regions: everyRegion,
    source: 'Cour des comptes, ccomptes.fr/fr/documents/30026: 1,483,000 in guided follow-up, January 2015',
  },
} as const satisfies Readonly<Record<string, Preset>>

export type PresetName = keyof typeof presets
export const isPreset = (name: string): name is PresetName => Object.hasOwn(presets, name)

/** What was given by a flag stands above the preset, and that above the defaults. @throws Error for what cannot be. */
export function chooseParameters(
  flags: Partial<Parameters>,
  preset?: PresetName,
): { values: Parameters; given: Given[] } {
  const chosen: Preset | undefined = preset === undefined ? undefined : presets[preset]
  const given = parameterNames.map((name): Given => {
    const { default: usual, least, most, unit, meaning, source } = parameters[name]
    const flag = flags[name]
    const value = flag ?? chosen?.values[name] ?? usual
    if (!(value >= least && value <= most)) throw new Error(`--${flagOf(name)} takes a number from ${least} to ${most}`)
    const said = flag !== undefined ? 'given by flag' : chosen?.values[name] === undefined ? source : chosen.source
    return { name, value, unit, meaning, source: said }
  })
  const values = Object.fromEntries(given.map(({ name, value }) => [name, value])) as Parameters
  if (values.volunteers > values.registered) throw new Error('there cannot be more --volunteers than --registered')
  return { values, given }
}
