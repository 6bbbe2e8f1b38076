/** What the host sees of the floor: hands in their order, who speaks, who is here. */
import { useEffect, useRef, useState } from 'preact/hooks'
import type { FloorView, Visavis, Workshop, WorkshopRoom } from '../../client/index.ts'
import { announce } from '../page/announcer.tsx'
import { Confirm } from '../page/dialog.tsx'
import { useAct } from '../page/use-act.ts'
import { useChanges } from '../page/use-changes.ts'
import { handsText } from './hands.ts'
import { PlacesDialog, usePlaces } from './host-dialogs.tsx'
import { w } from './words.ts'

type Hand = FloorView['speakers'][number]

export interface FloorPanelProps {
  readonly visavis: Visavis
  readonly room: WorkshopRoom
  readonly workshop: Workshop
}

export const FloorPanel = ({ visavis, room, workshop }: FloorPanelProps) => {
  useChanges((change) => room.onChange(change), room)
  const { places } = usePlaces(visavis, workshop)
  const act = useAct()
  const [asking, setAsking] = useState(false)
  const [looking, setLooking] = useState(false)
  const { order = [], speakers, hands, most } = room.floor
  const here = new Set(room.room.remotes.map(({ participant }) => participant.person))
  /** The host knows who has which seat. */
  const nameOf = ({ seat, name }: Hand) => places?.find((place) => place.seat === seat)?.name ?? name
  const heard = useRef<ReadonlySet<string>>(new Set())
  useEffect(() => {
    for (const hand of order) if (!heard.current.has(hand.seat)) announce(w('handNews', { name: nameOf(hand) }))
    heard.current = new Set(order.map(({ seat }) => seat))
  }, [order.map(({ seat }) => seat).join()])
  const isFull = speakers.length >= most
  const Name = ({ hand }: { hand: Hand }) => (
    <span class="floor__name">
      <bdi>{nameOf(hand)}</bdi>
      {here.has(hand.seat) ? null : <span class="quiet"> · {w('away')}</span>}
    </span>
  )
  const button = (short: string, whole: string, work: () => Promise<unknown>, disabled = false) => (
    <button
      type="button"
      class="ds-button"
      data-size="sm"
      data-variant="secondary"
      aria-label={whole}
      disabled={act.busy || disabled}
      onClick={() => void act.run(work)}
    >
      {short}
    </button>
  )
  return (
    <section class="ds-card panel side floor" data-color="neutral" aria-labelledby="floor-heading">
      <h2 class="ds-heading" data-size="2xs" id="floor-heading">
        {w('floorHeading')}
      </h2>
      <p class={hands === 0 ? 'quiet' : 'strong'} role="status">
        {handsText(hands)}
      </p>
      {act.problem === undefined ? null : (
        <p class="problem" role="alert">
          {act.problem}
        </p>
      )}
      {order.length === 0 ? null : (
        <>
          <ol class="floor__list" aria-label={w('order')}>
            {order.map((hand) => (
              <li key={hand.seat}>
                <Name hand={hand} />
                <span class="floor__acts">
                  {button(w('giveShort'), w('give', { name: nameOf(hand) }), () => room.giveFloor(hand.seat), isFull)}
                  {button(w('lowerShort'), w('lowerOne', { name: nameOf(hand) }), () => room.lowerHand(hand.seat))}
                </span>
              </li>
            ))}
          </ol>
          {isFull ? <p class="quiet">{w('floorFull', { most })}</p> : null}
          <button
            type="button"
            class="text-button"
            disabled={act.busy}
            onClick={() => void act.run(() => room.lowerHand())}
          >
            {w('lowerAll')}
          </button>
        </>
      )}
      <h3 class="ds-heading" data-size="2xs">
        {w('speaking')}
      </h3>
      {speakers.length === 0 ? <p class="quiet">{w('speakingNone')}</p> : null}
      <ul class="floor__list">
        {speakers.map((hand) => (
          <li key={hand.seat}>
            <Name hand={hand} />
            <span class="floor__acts">
              {button(w('takeShort'), w('take', { name: nameOf(hand) }), () => room.takeFloor(hand.seat))}
              {button(w('muteShort'), w('mute', { name: nameOf(hand) }), () => room.mute(hand.seat))}
            </span>
          </li>
        ))}
      </ul>
      <p class="quiet">{w('presentCount', { count: here.size })}</p>
      <div class="floor__acts">
        <button type="button" class="text-button" onClick={() => setLooking(true)}>
          {w('who')}
        </button>
        <button
          type="button"
          class="ds-button"
          data-color="danger"
          data-variant="secondary"
          data-size="sm"
          onClick={() => setAsking(true)}
        >
          {w('end')}
        </button>
      </div>
      {looking ? <PlacesDialog {...{ visavis, workshop, here }} onClose={() => setLooking(false)} /> : null}
      {asking ? (
        <Confirm
          title={w('endTitle')}
          text={w('endText')}
          action={w('endDo')}
          back={w('stay')}
          busy={act.busy}
          problem={act.problem}
          onConfirm={() =>
            void act.run(() => visavis.workshops.end(workshop.id)).then((done) => done && setAsking(false))
          }
          onClose={() => setAsking(false)}
        />
      ) : null}
    </section>
  )
}
