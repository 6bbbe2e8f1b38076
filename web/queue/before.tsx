/** What was tried before, with the notes of colleagues. */
import { useEffect, useState } from 'preact/hooks'
import type { Callback, ResultOf, Visavis } from '../../client/index.ts'
import { type Key, t } from '../language/language.ts'
import { moment } from '../language/times.ts'

type Entry = ResultOf<'callback.history'>['history'][number]

/** The transitions that tell something about the jobseeker; offers and leases are nothing of theirs. */
const told: Readonly<Record<string, Key>> = {
  requested: 'historyRequested',
  rescheduled: 'historyRescheduled',
  'no-answer': 'attemptNoAnswer',
  busy: 'attemptBusy',
  'wrong-number': 'attemptWrongNumber',
  postponed: 'attemptPostponed',
}

export const Before = ({ visavis, callback }: { visavis: Visavis; callback: Callback }) => {
  const { id, attempts } = callback
  const [history, setHistory] = useState<readonly Entry[]>([])
  const tried = attempts?.length ?? 0
  useEffect(() => {
    if (tried === 0) return
    let gone = false
    visavis.callbacks.history(id).then(
      (entries) => {
        if (!gone) setHistory(entries)
      },
      // The callback can be made without it.
      () => {},
    )
    return () => {
      gone = true
    }
  }, [visavis, id, tried])
  const shown = history.filter(({ why = '' }) => Object.hasOwn(told, why))
  if (tried === 0 || shown.length === 0) return null
  return (
    <details class="before" open>
      <summary>{t('queueHistory', { count: shown.length })}</summary>
      <ol class="attempts__list">
        {shown.map(({ at, why = '', note }) => (
          <li key={at}>
            <span class="quiet">{moment(at, visavis.now())}</span>
            <span>{t(told[why] ?? 'historyRequested')}</span>
            {note === undefined ? null : (
              <span class="before__note" dir="auto">
                {note}
              </span>
            )}
          </li>
        ))}
      </ol>
    </details>
  )
}
