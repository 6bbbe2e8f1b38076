/** One figure with its name, the limit it is held against, and a bar that shows how much of it is used. */
import type { ComponentChildren } from 'preact'

export interface FigureProps {
  readonly name: string
  readonly note?: string | undefined
  /** Of the limit; undefined: it has none. */
  readonly used?: number | undefined
  readonly is?: 'near' | 'reached' | undefined
  readonly children: ComponentChildren
}

export const Figure = ({ name, note, used, is, children }: FigureProps) => (
  <div class="figure" data-is={is}>
    <dt class="figure__name">{name}</dt>
    <dd class="figure__value">
      {children}
      {note === undefined ? null : <span class="figure__note">{note}</span>}
      {used === undefined || !Number.isFinite(used) ? null : (
        <span class="bar" aria-hidden="true">
          <span class="bar__used" style={{ inlineSize: `${Math.min(100, Math.max(0, used * 100)).toFixed(1)}%` }} />
        </span>
      )}
    </dd>
  </div>
)
