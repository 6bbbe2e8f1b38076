/** The figures that matter, large: of the team, or of the whole region. */
import type { ComponentChildren } from 'preact'
import type { Board } from '../../client/index.ts'
import { duration } from './duration.ts'
import { shareOf, totalsOf } from './figures.ts'
import { percent } from './percent.ts'
import { s } from './words.ts'

interface TileProps {
  readonly name: string
  readonly note?: string
  readonly late?: boolean
  readonly children: ComponentChildren
}

const Tile = ({ name, note, late = false, children }: TileProps) => (
  <div class="tile" data-late={late}>
    <dt class="tile__name">{name}</dt>
    <dd class="tile__figure">
      {children}
      {note === undefined ? null : <span class="tile__note">{note}</span>}
    </dd>
  </div>
)

export const Tiles = ({ board, now }: { board: Board; now: number }) => {
  const { waiting, waitedMs, taken, inTime, ready, here } = totalsOf(board, now)
  const level = duration(board.serviceLevelMs)
  const share = shareOf({ taken, inTime })
  const late = waitedMs !== undefined && waitedMs > board.serviceLevelMs
  return (
    <dl class="tiles" aria-label={s('figures')}>
      <Tile name={s('waiting')}>{waiting}</Tile>
      {waitedMs === undefined ? (
        <Tile name={s('longest')}>{s('nobodyWaits')}</Tile>
      ) : (
        <Tile name={s('longest')} note={late ? s('late', { time: level }) : s('inOpeningTime')} late={late}>
          {duration(waitedMs)}
        </Tile>
      )}
      <Tile name={s('taken')}>{taken}</Tile>
      <Tile name={s('inTime')} note={s('within', { time: level })}>
        {share === undefined ? (
          <>
            <span aria-hidden="true">–</span>
            <span class="ds-sr-only">{s('noneTaken')}</span>
          </>
        ) : (
          percent(share)
        )}
      </Tile>
      <Tile name={s('ready')} note={s('ofHere', { here })}>
        {ready}
      </Tile>
    </dl>
  )
}
