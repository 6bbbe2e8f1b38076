/** What whoever takes part does: raise a hand, and speak when they have the floor. */
import { useEffect, useRef } from 'preact/hooks'
import type { Workshop, WorkshopRoom } from '../../client/index.ts'
import { announce } from '../page/announcer.tsx'
import { CameraIcon, DoneIcon, HandIcon, MicrophoneIcon } from '../page/icons.tsx'
import { useAct } from '../page/use-act.ts'
import { useChanges } from '../page/use-changes.ts'
import { handsText } from './hands.ts'
import { w } from './words.ts'

export const HandBar = ({ room, workshop }: { room: WorkshopRoom; workshop: Workshop }) => {
  useChanges((change) => room.onChange(change), room)
  const act = useAct()
  const { floor } = room
  const name = workshop.advisorName
  const before = useRef({ maySpeak: false, raised: false })
  useEffect(() => {
    const was = before.current
    if (floor.maySpeak && !was.maySpeak) announce(w('yourTurn'))
    else if (!floor.maySpeak && was.maySpeak) announce(w('turnOver'))
    else if (floor.raised && !was.raised) announce(w('raised', { name }))
    else if (!floor.raised && was.raised) announce(w('lowered'))
    before.current = { maySpeak: floor.maySpeak, raised: floor.raised }
  }, [floor.maySpeak, floor.raised])
  useEffect(() => room.onMuted(() => announce(w('youAreMuted', { name }))), [room])
  const isIn = room.room.state === 'in' && floor.version >= 0
  return (
    <section
      class="ds-card panel side floor"
      data-color="neutral"
      data-awaited={floor.maySpeak}
      aria-labelledby="hand-heading"
    >
      <h2 class="ds-heading" data-size="2xs" id="hand-heading">
        {w('floorHeading')}
      </h2>
      <p class="quiet">{handsText(floor.hands)}</p>
      {act.problem === undefined ? null : (
        <p class="problem" role="alert">
          {act.problem}
        </p>
      )}
      {floor.maySpeak && floor.seat !== undefined ? (
        <>
          <p class="strong">{w('yourTurn')}</p>
          <div class="floor__acts">
            {(['microphone', 'camera'] as const).map((device) =>
              room.room.has(device) ? null : (
                <button
                  key={device}
                  type="button"
                  class="ds-button"
                  data-color="accent"
                  data-variant={device === 'microphone' ? 'primary' : 'secondary'}
                  disabled={act.busy}
                  onClick={() => void act.run(() => room.room.openDevice(device))}
                >
                  {device === 'microphone' ? <MicrophoneIcon /> : <CameraIcon />}
                  {w(device === 'microphone' ? 'openMicrophone' : 'openCamera')}
                </button>
              ),
            )}
            <button
              type="button"
              class="ds-button"
              data-variant="secondary"
              disabled={act.busy}
              onClick={() => void act.run(() => room.takeFloor(floor.seat ?? ''))}
            >
              <DoneIcon />
              {w('giveBack')}
            </button>
          </div>
        </>
      ) : (
        <>
          <button
            type="button"
            class="ds-button"
            data-color="accent"
            data-variant={floor.raised ? 'secondary' : 'primary'}
            aria-pressed={floor.raised}
            disabled={act.busy || !isIn}
            onClick={() => void act.run(() => (floor.raised ? room.lowerHand() : room.raiseHand()))}
          >
            <HandIcon />
            {w(floor.raised ? 'lower' : 'raise')}
          </button>
          <p class={floor.raised ? 'strong' : 'quiet'}>{floor.raised ? w('raised', { name }) : w('comesMuted')}</p>
        </>
      )}
    </section>
  )
}
