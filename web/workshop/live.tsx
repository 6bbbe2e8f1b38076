/** A workshop that is on: pictures of whoever speaks, and the floor beside them. */
import type { Visavis, Workshop, WorkshopRoom } from '../../client/index.ts'
import { useChanges } from '../page/use-changes.ts'
import { Stage } from '../room/stage.tsx'
import { FloorPanel } from './floor-panel.tsx'
import { HandBar } from './hand-bar.tsx'
import { w } from './words.ts'

export interface LiveProps {
  readonly visavis: Visavis
  readonly room: WorkshopRoom
  readonly workshop: Workshop
  readonly onLeave: () => void
}

function aloneText({ room, host }: WorkshopRoom, name: string): string {
  if (!host) return w('waitHost', { name })
  return room.remotes.length === 0 ? w('waitPeople') : w('presentCount', { count: room.remotes.length })
}

export const Live = ({ visavis, room, workshop, onLeave }: LiveProps) => {
  useChanges((change) => room.onChange(change), room)
  const speakers = new Set(room.floor.speakers.map(({ seat }) => seat))
  const { title, advisorName } = workshop
  return (
    <div class="workshop-live">
      <div>
        <h1 class="ds-heading" data-size="xs">
          {w('room', { title })}
        </h1>
        <Stage
          room={room.room}
          name={advisorName}
          label={w('room', { title })}
          alone={aloneText(room, advisorName)}
          // To the host everybody is there; pictures are of whoever speaks.
          shown={({ participant }) => participant.role === 'advisor' || speakers.has(participant.person)}
          canShare={room.host}
          onLeave={onLeave}
        />
      </div>
      {room.host ? <FloorPanel {...{ visavis, room, workshop }} /> : <HandBar {...{ room, workshop }} />}
    </div>
  )
}
