/** Who of a room is told of whom: everybody of everybody, or, in front of a stage, of those who are on it. */
import { type DataOf, type Source, VisavisError } from '../protocol/index.ts'
import type { RoomParticipant } from './participant.ts'
import type { RoomEventName } from './reach.ts'
import type { Stage } from './stage.ts'

export interface AudienceOptions {
  readonly room: string
  /** Absent: everybody may send, and sees everybody. */
  readonly stage: Stage | undefined
  /** Everybody who is in the room. */
  readonly people: () => Iterable<RoomParticipant>
}

export class Audience {
  readonly #options: AudienceOptions
  /** Those on the stage of whom everybody was told. */
  readonly #seen = new Set<RoomParticipant>()

  constructor(options: AudienceOptions) {
    this.#options = options
  }

  get hasStage(): boolean {
    return this.#options.stage !== undefined
  }

  entered(participant: RoomParticipant): void {
    if (this.#options.stage?.isSeen(participant.info.person) === true) this.#seen.add(participant)
  }

  /** Once the others were told that they have left. */
  gone(participant: RoomParticipant): void {
    this.#seen.delete(participant)
  }

  sees(viewer: RoomParticipant, other: RoomParticipant): boolean {
    const { stage } = this.#options
    return stage === undefined || stage.isHost(viewer.info.person) || this.#seen.has(other)
  }

  /** @throws VisavisError FORBIDDEN where not everybody may send. */
  requireMaySend(participant: RoomParticipant, source: Source): void {
    const { stage } = this.#options
    if (stage === undefined || stage.maySend(participant.info.person, source)) return
    throw new VisavisError('FORBIDDEN', `who has not the floor sends no ${source} here`, {
      details: { reason: 'no-floor' },
    })
  }

  tellOthers<E extends RoomEventName>(than: RoomParticipant, event: E, data: DataOf<E>): void {
    for (const participant of this.#options.people())
      if (participant !== than && this.sees(participant, than)) participant.notify(event, data)
  }

  /** Tells everybody something, each in their own words. */
  tellEach<E extends RoomEventName>(event: E, dataFor: (person: string) => DataOf<E>): void {
    for (const participant of this.#options.people()) participant.notify(event, dataFor(participant.info.person))
  }

  /** Of one's own line, and of those whom one sees. */
  tellLines(lines: DataOf<'room.qualityChanged'>['lines']): void {
    const { room, stage } = this.#options
    const visible = new Set<string>([...this.#seen].map(({ id }) => id))
    for (const participant of this.#options.people()) {
      const { id } = participant
      const all = stage === undefined || stage.isHost(participant.info.person)
      const told = all ? lines : lines.filter((line) => line.participant === id || visible.has(line.participant))
      participant.notify('room.qualityChanged', { room, lines: told })
    }
  }

  /** Somebody was given the floor, or it was taken from them: what they may not send ends, and everybody is told of them. */
  stageChanged(): void {
    const { room, stage, people } = this.#options
    if (stage === undefined) return
    for (const participant of [...people()]) {
      const { person } = participant.info
      const seen = stage.isSeen(person)
      if (seen && !this.#seen.has(participant)) {
        this.#tellRest(participant, 'room.participantJoined', { room, participant: participant.shown })
        this.#seen.add(participant)
      }
      participant.stopSending((source) => stage.maySend(person, source))
      if (!seen && this.#seen.delete(participant))
        this.#tellRest(participant, 'room.participantLeft', { room, participant: participant.id })
    }
  }

  /** Whoever is told of others only while those are seen. */
  #tellRest<E extends RoomEventName>(than: RoomParticipant, event: E, data: DataOf<E>): void {
    const { stage, people } = this.#options
    for (const participant of people())
      if (participant !== than && stage?.isHost(participant.info.person) !== true) participant.notify(event, data)
  }
}
