/** Where the advisor stands, and how they say so. Only who is ready is offered callbacks. */
import type { DeskState, Visavis } from '../../client/index.ts'
import { type Key, t } from '../language/language.ts'
import { Notice } from '../page/notice.tsx'
import { useAct } from '../page/use-act.ts'
import { useChanges, useClock } from '../page/use-changes.ts'

const choices = [
  { state: 'ready', label: 'deskReady' },
  { state: 'busy', label: 'deskBusy' },
  { state: 'away', label: 'deskAway' },
] as const satisfies readonly { readonly state: DeskState; readonly label: Key }[]

const minutesAndSeconds = (ms: number): string => {
  const seconds = Math.ceil(ms / 1_000)
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`
}

export const DeskBar = ({ visavis }: { visavis: Visavis }) => {
  const { callbacks } = visavis
  useChanges((change) => callbacks.onChange(change), callbacks)
  const { desk } = callbacks
  const { busy, problem, run } = useAct()
  useClock(1_000, desk?.state === 'wrap-up')
  if (desk === undefined) return null
  const leftMs = (desk.until ?? 0) - visavis.now()
  const wrapsUp = desk.state === 'wrap-up' && leftMs > 0
  const state = desk.state === 'wrap-up' && !wrapsUp ? 'ready' : desk.state
  return (
    <div class="desk-bar" data-state={state}>
      <fieldset class="switch">
        <legend class="ds-sr-only">{t('desk')}</legend>
        {choices.map((choice) => (
          <button
            key={choice.state}
            type="button"
            class="switch__choice desk-bar__choice"
            data-state={choice.state}
            aria-pressed={state === choice.state}
            disabled={busy}
            onClick={() => void run(() => callbacks.setDesk(choice.state))}
          >
            <span class="desk-bar__sign" aria-hidden="true" />
            {t(choice.label)}
          </button>
        ))}
      </fieldset>
      {wrapsUp ? <p class="desk-bar__wrap-up">{t('deskWrapUp', { time: minutesAndSeconds(leftMs) })}</p> : null}
      {desk.missed && state === 'away' ? <Notice color="warning">{t('deskMissed')}</Notice> : null}
      {problem === undefined ? null : <Notice color="danger">{problem}</Notice>}
    </div>
  )
}
