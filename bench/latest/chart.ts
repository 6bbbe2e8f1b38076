/** Pure: the ratios to peers and floors beside 1, as a picture; those of growth stand in the table. To the right is better for us, whichever way the figure itself goes. */
import { escaped } from '../capacity/report/charts.ts'
import { peerNames } from '../peer.ts'
import type { Report } from '../report.ts'
import type { Ratio } from '../scenario.ts'
import { nameOf } from './kept.ts'

const [width, left, right, top, each, bottom] = [860, 330, 90, 40, 22, 34]
/** Beyond these a chart would be all white. */
const [narrowest, widest] = [1 / 2, 2]
const margin = 1.08
const marks = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000]

/** The name of a ratio says beside what it is. */
const peers = new RegExp(`_vs_(?:floor|${peerNames.map((name) => name.replace('.', '\\.')).join('|')})(?:_|$)`)
const besidePeers = ({ ratios }: Report): [string, Ratio][] =>
  Object.entries(ratios).filter(([name]) => peers.test(name))

export function ratioChart(reports: readonly Report[]): string {
  const rows = reports.flatMap((report) =>
    besidePeers(report).map(([name, { value, low, high, better, pairs }]) => {
      const isTurned = better === 'lower'
      const [from, to] = isTurned ? [1 / high, 1 / low] : [low, high]
      return { name: `${nameOf(report)}: ${name}`, value: isTurned ? 1 / value : value, from, to, isProven: pairs > 1 }
    }),
  )
  // A little more, so that no mark touches a name.
  const least = Math.min(narrowest, ...rows.map(({ from }) => from)) / margin
  const most = Math.max(widest, ...rows.map(({ to }) => to)) * margin
  const height = top + rows.length * each + bottom
  const x = (value: number) =>
    (
      left +
      ((Math.log(value) - Math.log(least)) / (Math.log(most) - Math.log(least))) * (width - left - right)
    ).toFixed(1)
  const axis = marks
    .filter((mark) => mark >= least && mark <= most)
    .map(
      (mark) =>
        `<path d="M${x(mark)} ${top - 6}V${height - bottom}" stroke="${mark === 1 ? '#161616' : '#ddd'}"/><text x="${x(mark)}" y="${height - bottom + 18}" text-anchor="middle">${mark}</text>`,
    )
  const drawn = rows.map(({ name, value, from, to, isProven }, n) => {
    const y = top + n * each + each / 2
    const colour = !isProven ? '#666' : from > 1 ? '#18753c' : to < 1 ? '#a3123d' : '#666'
    return (
      `<text x="${left - 10}" y="${y + 4}" text-anchor="end">${escaped(name)}</text>` +
      `<path d="M${x(from)} ${y}H${x(to)}" stroke="${colour}" stroke-width="3"/><circle cx="${x(value)}" cy="${y}" r="5" fill="${colour}"/>` +
      `<text x="${width - right + 12}" y="${y + 4}">× ${Number(value.toPrecision(3))}</text>`
    )
  })
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="system-ui,sans-serif" font-size="12" role="img" aria-label="Ratios to peers and to the floor">` +
    `<rect width="${width}" height="${height}" fill="#fff"/><text x="10" y="18" font-weight="600">Times as good as the peer or the floor: right of 1 is better (logarithmic, 95 % intervals)</text>` +
    `${[...axis, ...drawn].join('\n')}</svg>\n`
  )
}
