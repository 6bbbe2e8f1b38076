/** When a workshop begins: a day and a time of day, by the clock of this device. */
import { useId, useState } from 'preact/hooks'
import { dateOf, timeOf, whenOf } from './local-time.ts'
import { w } from './words.ts'

export interface When {
  readonly date: string
  readonly time: string
  /** ms; undefined while what is written is no moment. */
  readonly from: number | undefined
  readonly setDate: (date: string) => void
  readonly setTime: (time: string) => void
}

/** @param at what stands there at first (ms). */
export function useWhen(at: number): When {
  const [date, setDate] = useState(dateOf(at))
  const [time, setTime] = useState(timeOf(at))
  return { date, time, from: whenOf(date, time), setDate, setTime }
}

export const WhenFields = ({ when: { date, time, setDate, setTime } }: { when: When }) => (
  <>
    <WhenField type="date" label={w('day')} value={date} onInput={setDate} />
    <WhenField type="time" label={w('time')} value={time} onInput={setTime} />
  </>
)

interface WhenFieldProps {
  readonly type: 'date' | 'time'
  readonly label: string
  readonly value: string
  readonly onInput: (value: string) => void
}

const WhenField = ({ type, label, value, onInput }: WhenFieldProps) => {
  const id = useId()
  return (
    <div class="ds-field">
      <label class="ds-label" for={id}>
        {label}
      </label>
      <input
        class="ds-input"
        id={id}
        type={type}
        value={value}
        onInput={(event) => onInput(event.currentTarget.value)}
      />
    </div>
  )
}
