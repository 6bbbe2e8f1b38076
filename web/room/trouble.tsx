/** What does not go as it should in a talk, and what is done or can be done about it. */
import type { ComponentChildren } from 'preact'
import type { Room, Rung } from '../../client/index.ts'
import { sentenceOf } from '../language/failures.ts'
import { t } from '../language/language.ts'
import { useChanges } from '../page/use-changes.ts'
import { type RoomKey, r } from './words.ts'

export interface TroubleProps {
  readonly room: Room
  /** Where a jobseeker asks to be called back; absent for others. */
  readonly onCallback: (() => void) | undefined
}

/** What is being tried while nothing gets through. */
const tried: Readonly<Partial<Record<Rung, RoomKey>>> = {
  restarting: 'troubleRestarting',
  rejoining: 'troubleRejoining',
  'audio-only': 'troubleSoundAlone',
  'relay-only': 'troubleRelay',
}

function* troubles({ room, onCallback }: TroubleProps): Generator<{ key: string; text: ComponentChildren }> {
  const { continuity, held, quality } = room
  const { rung, flows } = continuity
  const trying = tried[rung]
  if (!flows && rung === 'callback')
    yield { key: rung, text: r(onCallback === undefined ? 'troubleCallbackAdvisor' : 'troubleCallback') }
  // While the room is entered again the stage says so itself.
  else if (!flows && trying !== undefined && room.state === 'in') yield { key: rung, text: r(trying) }
  else if (continuity.audioOnly) yield { key: 'audio-only', text: r('troubleAudioOnly') }
  else if (held.sending) yield { key: 'sending', text: r('heldSending') }
  else if (held.receiving) yield { key: 'receiving', text: r('heldReceiving') }
  else if (quality === 'poor' && !room.audioOnly) yield { key: 'poor', text: r('troublePoor') }
  for (const device of ['camera', 'microphone'] as const) {
    const problem = room.problem(device)
    if (problem === undefined) continue
    yield { key: device, text: r('deviceProblem', { device: r(device), reason: t(sentenceOf(problem)) }) }
  }
}

export const Trouble = (props: TroubleProps) => {
  useChanges((change) => props.room.onChange(change), props.room)
  const found = [...troubles(props)]
  const { onCallback } = props
  return (
    <div class="stage__trouble" role="status">
      {found.map(({ key, text }) => (
        <p key={key}>
          {text}
          {key === 'callback' && onCallback !== undefined ? (
            <button type="button" class="text-button" onClick={onCallback}>
              {r('callback')}
            </button>
          ) : null}
        </p>
      ))}
    </div>
  )
}
