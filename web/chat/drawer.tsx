/** What lies beside the messages for a while: a search, the pinned ones, notes. Escape closes it. */
import type { ComponentChildren } from 'preact'
import { useEffect, useId, useRef } from 'preact/hooks'
import { t } from '../language/language.ts'
import { CloseIcon } from '../page/icons.tsx'

export interface DrawerProps {
  readonly title: string
  /** Only for the advisor's side, in words. */
  readonly secret?: ComponentChildren
  readonly onClose: () => void
  readonly children: ComponentChildren
}

export const Drawer = ({ title, secret, onClose, children }: DrawerProps) => {
  const id = useId()
  const heading = useRef<HTMLHeadingElement>(null)
  useEffect(() => heading.current?.focus(), [])
  return (
    <aside
      class="drawer"
      aria-labelledby={id}
      data-secret={secret !== undefined}
      onKeyDown={(event) => {
        if (event.key === 'Escape' && !event.defaultPrevented) onClose()
      }}
    >
      <div class="drawer__head">
        <h3 class="ds-heading" data-size="2xs" id={id} ref={heading} tabIndex={-1}>
          {title}
        </h3>
        <button
          type="button"
          class="ds-button tool"
          data-variant="tertiary"
          data-color="neutral"
          data-icon
          onClick={onClose}
        >
          <CloseIcon />
          <span class="ds-sr-only">{t('close')}</span>
        </button>
      </div>
      {secret}
      <div class="drawer__body">{children}</div>
    </aside>
  )
}
