/** Pure: charts as SVG text, readable in colour and, by dashes and labels, without it. */

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Line {
  readonly name: string
  readonly points: readonly Point[]
}

export interface ChartOptions {
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  /** Drawn across, with its name. */
  readonly limit?: { readonly y: number; readonly name: string }
  /** Drawn upwards. */
  readonly marks?: readonly { readonly x: number; readonly name: string }[]
  /** Between the least and the most of the points with the same x. */
  readonly band?: boolean
  /** Points further apart are not joined. */
  readonly gap?: number
}

/** Of each chart, and what its axes and its names take of it. */
export const size = { width: 720, height: 300, left: 64, right: 150, top: 16, bottom: 46 } as const
const { width, height, left, right, top, bottom } = size
const colours = ['#1d4f91', '#b34000', '#3a7d34', '#7a3b8f', '#8a6d00', '#007a87', '#a3123d']
/** Fewer than colours, so that it takes 42 lines until one looks like another. */
const dashes = ['', '7 3', '2 3', '9 3 2 3', '4 4', '12 4']
/** In the key, as long as there is room for all lines; and letters of a name. */
const [keyHeight, keyLetters, keyWidth] = [18, 17, right - 40]

export const escaped = (text: string): string =>
  text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)

/** A figure as people read it. */
export function shown(value: number): string {
  if (!Number.isFinite(value)) return '–'
  if (value > 0 && value < leastShown) return `< ${leastShown}`
  return Math.abs(value) >= 100 ? Math.round(value).toLocaleString('en') : String(Number(value.toPrecision(3)))
}
const leastShown = 0.001

/** A load, on one line. */
export const times = (factor: number): string => `×\u00a0${shown(factor)}`

export function lineChart(lines: readonly Line[], options: ChartOptions): string {
  const drawn = lines.map(({ name, points }) => ({
    name,
    points: points.filter(({ x, y }) => Number.isFinite(x) && Number.isFinite(y)).toSorted((a, b) => a.x - b.x),
  }))
  const all = drawn.flatMap(({ points }) => points)
  if (all.length === 0) return `<p>${escaped(options.title)}: nothing was measured.</p>`
  const marks = options.marks ?? []
  const xs = [...all.map(({ x }) => x), ...marks.map(({ x }) => x)]
  const [across, upwards] = [ticks(Math.max(...xs)), ticks(Math.max(...all.map(({ y }) => y), options.limit?.y ?? 0))]
  const x = (value: number) => left + (value / last(across)) * (width - left - right)
  const y = (value: number) => height - bottom - (value / last(upwards)) * (height - top - bottom)
  const each = Math.min(keyHeight, (height - top) / drawn.length)
  const keyFont = each < keyHeight ? ` style="font-size:${Math.min(12, each).toFixed(1)}px"` : ''
  const parts = drawn.map(({ name, points }, n) => {
    const look = `stroke="${colours[n % colours.length]}" stroke-dasharray="${dashes[n % dashes.length]}"`
    const means = medians(points)
    const band = options.band === true ? bandOf(points, x, y, colours[n % colours.length] ?? '') : ''
    const isJoined = (point: Point, before: Point | undefined) =>
      before !== undefined && point.x - before.x <= (options.gap ?? Number.POSITIVE_INFINITY)
    const path = means
      .map(
        (point, index) =>
          `${isJoined(point, means[index - 1]) ? 'L' : 'M'}${x(point.x).toFixed(1)} ${y(point.y).toFixed(1)}`,
      )
      .join('')
    const key = top + each / 2 + n * each
    const squeezed = name.length > keyLetters ? ` textLength="${keyWidth}" lengthAdjust="spacingAndGlyphs"` : ''
    return (
      `${band}<path d="${path}" fill="none" stroke-width="2" ${look}/>` +
      `<path d="M${width - right + 10} ${key}h22" stroke-width="2" ${look}/><text x="${width - right + 38}" y="${key + 4}"${keyFont}${squeezed}>${escaped(name)}</text>`
    )
  })
  const limit =
    options.limit === undefined
      ? ''
      : `<path d="M${left} ${y(options.limit.y)}H${width - right}" class="limit"/><text x="${left + 4}" y="${y(options.limit.y) - 4}">${escaped(options.limit.name)}</text>`
  const upright = marks.map(
    (mark, n) =>
      `<path d="M${x(mark.x)} ${top}V${height - bottom}" class="mark"/><text x="${x(mark.x) - 3}" y="${top + 24 + n * 13}" text-anchor="end">${escaped(mark.name)}</text>`,
  )
  return framed(options, [...axes({ across, upwards, x, y }), limit, ...upright, ...parts])
}

export interface Bar {
  readonly name: string
  readonly value: number
}

export function barChart(bars: readonly Bar[], options: ChartOptions): string {
  const upwards = ticks(Math.max(...bars.map(({ value }) => value).filter(Number.isFinite), options.limit?.y ?? 0))
  const y = (value: number) => height - bottom - (value / last(upwards)) * (height - top - bottom)
  const each = (width - left - 20) / Math.max(1, bars.length)
  // Of many bars, only some have room for a name.
  const every = Math.ceil(bars.length / 12)
  const parts = bars.map(({ name, value }, n) => {
    const from = left + n * each
    const label =
      n % every === 0
        ? `<text x="${from + each / 2}" y="${height - bottom + 16}" text-anchor="middle">${escaped(name)}</text>`
        : ''
    if (!Number.isFinite(value)) return label
    return `<rect x="${from + each * 0.1}" width="${each * 0.8}" y="${y(value)}" height="${height - bottom - y(value)}" fill="${colours[0]}"/>${label}`
  })
  const limit =
    options.limit === undefined
      ? ''
      : `<path d="M${left} ${y(options.limit.y)}H${width - 20}" class="limit"/><text x="${left + 4}" y="${y(options.limit.y) - 4}">${escaped(options.limit.name)}</text>`
  return framed(options, [...axes({ across: [], upwards, x: () => 0, y, end: width - 20 }), ...parts, limit])
}

export const last = (of: readonly number[]): number => of.at(-1) ?? 1

/** From 0 to the first that is not below the highest value, evenly apart by 1, 2 or 5 times a power of ten: three to six steps. */
export function ticks(highest: number): number[] {
  if (!(highest > 0) || !Number.isFinite(highest)) return [0, 1]
  const rough = highest / 6
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = (steps.find((each) => each * power >= rough) ?? 10) * power
  // Whole multiples, because sums of fractions would show their rounding.
  return Array.from({ length: Math.ceil(highest / step - 1e-9) + 1 }, (_, n) => Number((n * step).toPrecision(12)))
}
const steps = [1, 2, 5]

export interface Axes {
  /** None: the axis has names instead. */
  readonly across: readonly number[]
  readonly upwards: readonly number[]
  readonly x: (value: number) => number
  readonly y: (value: number) => number
  /** Where the grid ends. */
  readonly end?: number
}

export function axes({ across, upwards, x, y, end = width - right }: Axes): string[] {
  return [
    ...upwards.map(
      (value) =>
        `<path d="M${left} ${y(value)}H${end}" class="grid"/><text x="${left - 6}" y="${y(value) + 4}" text-anchor="end">${shown(value)}</text>`,
    ),
    ...across.map(
      (value) =>
        `<path d="M${x(value)} ${height - bottom}v4" class="tick"/><text x="${x(value)}" y="${height - bottom + 16}" text-anchor="middle">${shown(value)}</text>`,
    ),
  ]
}

export const framed = ({ title, xLabel, yLabel }: ChartOptions, parts: readonly string[]): string =>
  `<figure><figcaption>${escaped(title)}</figcaption><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="${escaped(title)}">` +
  `${parts.join('')}<text x="${(left + width - right) / 2}" y="${height - 8}" text-anchor="middle">${escaped(xLabel)}</text>` +
  `<text transform="translate(13 ${(top + height - bottom) / 2}) rotate(-90)" text-anchor="middle">${escaped(yLabel)}</text></svg></figure>`

/** One point for each x: the middle one. */
function medians(points: readonly Point[]): Point[] {
  return [...grouped(points)].map(([x, ys]) => {
    const sorted = ys.toSorted((a, b) => a - b)
    return { x, y: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN }
  })
}

function bandOf(
  points: readonly Point[],
  x: (value: number) => number,
  y: (value: number) => number,
  colour: string,
): string {
  const groups = [...grouped(points)]
  const at = (value: number, height: number) => `${x(value).toFixed(1)} ${y(height).toFixed(1)}`
  const upper = groups.map(([value, ys]) => at(value, Math.max(...ys)))
  const lower = groups.toReversed().map(([value, ys]) => at(value, Math.min(...ys)))
  return `<path d="M${[...upper, ...lower].join('L')}Z" fill="${colour}" opacity="0.15"/>`
}

function grouped(points: readonly Point[]): Map<number, number[]> {
  const groups = new Map<number, number[]>()
  for (const { x, y } of points) groups.set(x, [...(groups.get(x) ?? []), y])
  return groups
}
