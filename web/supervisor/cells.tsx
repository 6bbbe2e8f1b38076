/** Cells that the tables of teams and advisors share. On a small screen a cell stands below its name. */
import type { ComponentChildren } from 'preact'
import { duration } from './duration.ts'
import { shareOf } from './figures.ts'
import { percent } from './percent.ts'
import { s } from './words.ts'

export const Cell = ({
  name,
  late = false,
  children,
}: {
  name: string
  late?: boolean
  children: ComponentChildren
}) => (
  <td data-name={name} data-late={late}>
    {children}
  </td>
)

export const WaitCell = ({ waitedMs, levelMs }: { waitedMs: number | undefined; levelMs: number }) => {
  const late = waitedMs !== undefined && waitedMs > levelMs
  return (
    <Cell name={s('longest')} late={late}>
      {waitedMs === undefined ? '–' : duration(waitedMs)}
      {late ? <span class="late"> {s('late', { time: duration(levelMs) })}</span> : null}
    </Cell>
  )
}

export const InTimeCell = (figures: { taken: number; inTime: number }) => {
  const share = shareOf(figures)
  return <Cell name={s('inTime')}>{share === undefined ? '–' : percent(share)}</Cell>
}
