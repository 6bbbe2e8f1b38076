/** One step of the check: its number, its name, whether it is done, and what there is to do. */
import type { ComponentChildren } from 'preact'
import { DoneIcon } from '../page/icons.tsx'

export interface StepProps {
  readonly n: number
  readonly title: string
  readonly done: boolean
  readonly children: ComponentChildren
}

export const Step = ({ n, title, done, children }: StepProps) => (
  <section class="ds-card panel check__step" data-color="neutral" data-done={done} aria-labelledby={`check-step-${n}`}>
    <h2 class="ds-heading check__title" data-size="2xs" id={`check-step-${n}`}>
      <span class="check__number" aria-hidden="true">
        {done ? <DoneIcon /> : n}
      </span>
      {title}
    </h2>
    {children}
  </section>
)
