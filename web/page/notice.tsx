/** A sentence that matters: an error, or something that has happened. Errors are read out at once. */
import type { ComponentChildren } from 'preact'

export interface NoticeProps {
  readonly color?: 'info' | 'warning' | 'danger' | 'success'
  readonly children: ComponentChildren
}

export const Notice = ({ color = 'info', children }: NoticeProps) => (
  <div class="ds-alert notice" data-color={color} role={color === 'danger' ? 'alert' : 'status'}>
    {children}
  </div>
)
