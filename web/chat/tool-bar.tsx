/** The buttons that open what lies beside the messages. */
import type { ComponentChildren } from 'preact'
import { t } from '../language/language.ts'
import { NoteIcon, PinIcon, SearchIcon } from '../page/icons.tsx'

export type Tool = 'search' | 'pinned' | 'notes'

export interface ToolBarProps {
  readonly open: Tool | undefined
  readonly pinned: number
  /** Of the advisor's side. */
  readonly withNotes: boolean
  readonly onToggle: (tool: Tool) => void
}

interface ToggleProps {
  readonly tool: Tool
  readonly open: Tool | undefined
  readonly icon: ComponentChildren
  readonly children: ComponentChildren
  readonly onToggle: (tool: Tool) => void
}

const Toggle = ({ tool, open, icon, children, onToggle }: ToggleProps) => (
  <button
    type="button"
    id={`tool-${tool}`}
    class="ds-button tool-bar__button"
    data-variant="tertiary"
    data-color="neutral"
    aria-expanded={open === tool}
    onClick={() => onToggle(tool)}
  >
    {icon}
    <span class="tool-bar__label">{children}</span>
  </button>
)

export const ToolBar = ({ open, pinned, withNotes, onToggle }: ToolBarProps) => (
  <div class="tool-bar">
    <Toggle tool="search" open={open} onToggle={onToggle} icon={<SearchIcon />}>
      {t('search')}
    </Toggle>
    <Toggle tool="pinned" open={open} onToggle={onToggle} icon={<PinIcon />}>
      {pinned === 0 ? t('pinnedMessages') : t('pinnedCount', { count: pinned })}
    </Toggle>
    {withNotes ? (
      <Toggle tool="notes" open={open} onToggle={onToggle} icon={<NoteIcon />}>
        {t('notes')}
      </Toggle>
    ) : null}
  </div>
)
