/** A room: one router on one worker, and the participants in it. It is open while somebody is in it. */
import { EventEmitter } from 'node:events'
import type { types } from 'mediasoup'
import {
  type DataOf,
  type Participant,
  type ProducerInfo,
  type ResultOf,
  type Source,
  VisavisError,
} from '../protocol/index.ts'
import { Audience } from './audience.ts'
import { gone } from './failures.ts'
import { type Joiner, RoomParticipant, type Surroundings } from './participant.ts'
import type { Line, RoomEventName } from './reach.ts'
import { RoomNews } from './room-news.ts'
import { Speaker } from './speaker.ts'
import type { Stage } from './stage.ts'
import type { MediaWorker } from './worker.ts'

export interface RoomOptions {
  readonly id: string
  readonly worker: MediaWorker
  readonly router: types.Router
  /** Whether synthetic participants may be in it. */
  readonly synthetic: boolean
  /** How long a transport may be silent before it counts as lost (ms). */
  readonly consentMs: number
  /** Absent: everybody may send, and sees everybody. */
  readonly stage?: Stage | undefined
}

/** Why the people in it are sent out. A room that closes because it is empty has nobody to tell. */
export type RoomClosing = DataOf<'room.closed'>['reason']

/** Why somebody is not in it any more. */
export type Leaving = RoomClosing | 'left' | 'connection-lost'

export interface RoomEvents {
  /** The session is not in it any more. */
  left: [session: string]
  entered: [participant: RoomParticipant]
  gone: [participant: RoomParticipant, cause: Leaving]
  closed: []
}

/** As many as the answer to `room.join` may list. */
const maxParticipants = 64

export class Room extends EventEmitter<RoomEvents> implements Surroundings {
  readonly id: string
  readonly worker: MediaWorker
  readonly router: types.Router
  readonly synthetic: boolean
  readonly consentMs: number
  /** By session. */
  readonly #participants = new Map<string, RoomParticipant>()
  readonly #speaker: Speaker
  readonly #news: RoomNews
  readonly #audience: Audience
  /** Whoever shows their screen. */
  #screen: RoomParticipant | undefined
  #closed = false

  constructor({ id, worker, router, synthetic, consentMs, stage }: RoomOptions) {
    super()
    this.id = id
    this.worker = worker
    this.router = router
    this.synthetic = synthetic
    this.consentMs = consentMs
    this.#audience = new Audience({ room: id, stage, people: () => this.#participants.values() })
    this.#speaker = new Speaker({ router, onSpeaker: (producer) => this.#news.speaks(this.ownerOf(producer)?.id) })
    this.#news = new RoomNews({
      lines: () => [...this.#participants.values()].map((one) => ({ participant: one.id, ...one.quality })),
      tell: ({ lines, speaker }) => {
        if (lines !== undefined) this.#audience.tellLines(lines)
        if (speaker !== undefined) this.tellEach('room.speakerChanged', () => ({ room: id, participant: speaker }))
      },
    })
  }

  get closed(): boolean {
    return this.#closed
  }

  get size(): number {
    return this.#participants.size
  }

  get counts(): { transports: number; producers: number; consumers: number } {
    const sum = { transports: 0, producers: 0, consumers: 0 }
    for (const { counts } of this.#participants.values()) {
      sum.transports += counts.transports
      sum.producers += counts.producers
      sum.consumers += counts.consumers
    }
    return sum
  }

  info(participant: string): Participant | undefined {
    return [...this.#participants.values()].find(({ id }) => id === participant)?.info
  }

  all(): Iterable<RoomParticipant> {
    return this.#participants.values()
  }

  sessionsOf(person: string): string[] {
    return [...this.#participants.values()].flatMap(({ session, info }) => (info.person === person ? [session] : []))
  }

  participant(session: string): RoomParticipant | undefined {
    return this.#participants.get(session)
  }

  /** Somebody who is not in it yet, and may open transports before. Whoever asked closes it, if it does not join. */
  prepare(joiner: Joiner): RoomParticipant {
    return new RoomParticipant(this, joiner)
  }

  /** What others send that a participant is told of. @param participant may have yet to join. */
  producersFor(participant: RoomParticipant): ProducerInfo[] {
    return this.#othersFor(participant).flatMap(({ producers }) => producers)
  }

  #othersFor(participant: RoomParticipant): RoomParticipant[] {
    return [...this.#participants.values()].filter(
      (other) => other.session !== participant.session && this.#audience.sees(participant, other),
    )
  }

  /**
   * A participant of the same session is replaced, and so is one of the same person that nobody holds any more: what a
   * browser that died has left behind. The answer is what was here before the newcomer.
   * @throws VisavisError GONE when the room has ended; CONFLICT when it is full.
   */
  join(
    participant: RoomParticipant,
  ): Omit<ResultOf<'room.join'>, 'iceServers' | 'goodForMs' | 'transports' | 'consumers'> {
    if (this.#closed) throw gone('the room has just ended; join it again')
    const { session, info } = participant
    for (const earlier of [...this.#participants.values()]) {
      const same = earlier.session === session
      // In front of a stage everybody has one seat.
      const seatTaken = this.#audience.hasStage && earlier.attached
      if (!same && (earlier.info.person !== info.person || (earlier.attached && !seatTaken))) continue
      this.#remove(earlier, same || seatTaken ? 'replaced' : 'connection-lost')
      if (same) continue
      if (seatTaken) earlier.notify('room.closed', { room: this.id, reason: 'replaced' })
      this.emit('left', earlier.session)
    }
    if (this.size >= maxParticipants)
      throw new VisavisError('CONFLICT', `a room holds at most ${maxParticipants} participants`)
    const others = this.#othersFor(participant)
    this.#participants.set(session, participant)
    this.#audience.entered(participant)
    this.emit('entered', participant)
    this.microphonesChanged()
    this.#news.hearing(false)
    this.tellOthers(participant, 'room.participantJoined', { room: this.id, participant: participant.shown })
    return {
      participant: participant.id,
      rtpCapabilities: routerCapabilities(this.router),
      participants: others.map(({ shown }) => shown),
      producers: others.flatMap(({ producers }) => producers),
    }
  }

  /** The last one to leave closes the room. Leaving twice is harmless. */
  leave(session: string, cause: Leaving = 'left'): void {
    const participant = this.#participants.get(session)
    if (participant === undefined) return
    this.#remove(participant, cause)
    this.emit('left', session)
    if (this.size === 0) this.close()
  }

  /** A connection is gone. Its participant stays for as long as its media flows, but not longer than the grace (ms). */
  detach(session: string, connection: string, graceMs: number): void {
    const participant = this.#participants.get(session)
    const away = participant?.detach(connection, graceMs, () => this.#leaveIfStill(participant))
    if (participant === undefined || away !== true || participant.flowing) return
    // Before a stage it makes a difference: whoever was cut off keeps their hand and the floor.
    this.leave(session, this.#audience.hasStage ? 'connection-lost' : 'left')
  }

  /** The session is back. @returns how everything stands. @throws VisavisError GONE when the participant has left. */
  resume(session: string, line: Line): ResultOf<'room.resume'> {
    const participant = this.#participants.get(session)
    if (participant === undefined) throw gone('you are not in this room; join it again')
    participant.attach(line)
    this.#news.hearing(true)
    const others = this.#othersFor(participant)
    return {
      participant: participant.id,
      participants: others.map(({ shown }) => shown),
      producers: others.flatMap(({ producers }) => producers),
      sent: participant.producers,
    }
  }

  /** Nobody can be told that their access has changed while they have no connection: such are sent out to ask again. */
  distrust(isDoubtful: (person: string) => boolean): void {
    for (const participant of [...this.#participants.values()])
      if (!participant.attached && isDoubtful(participant.info.person)) this.leave(participant.session)
  }

  takeScreen(participant: RoomParticipant): void {
    if (this.#screen !== undefined && this.#screen !== participant)
      throw new VisavisError('CONFLICT', 'somebody else shows their screen', {
        details: { reason: 'screen-taken', participant: this.#screen.id },
      })
    this.#screen = participant
  }

  giveScreen(participant: RoomParticipant): void {
    if (this.#screen === participant) this.#screen = undefined
  }

  microphonesChanged(): void {
    if (this.#closed) return
    const microphones = [...this.#participants.values()].flatMap(({ microphone = [] }) => microphone)
    void this.#speaker.follow(this.size, microphones)
  }

  qualityChanged(): void {
    if (!this.#closed) this.#news.linesChanged()
  }

  mediaLost(participant: RoomParticipant): void {
    if (participant.attached) participant.probe()
    else this.#leaveIfStill(participant)
  }

  ownerOf(producer: string): RoomParticipant | undefined {
    for (const participant of this.#participants.values()) if (participant.sends(producer)) return participant
    return undefined
  }

  tellOthers<E extends RoomEventName>(than: RoomParticipant, event: E, data: DataOf<E>): void {
    this.#audience.tellOthers(than, event, data)
  }

  /** Tells everybody something, each in their own words. */
  tellEach<E extends RoomEventName>(event: E, dataFor: (person: string) => DataOf<E>): void {
    this.#audience.tellEach(event, dataFor)
  }

  requireMaySend(participant: RoomParticipant, source: Source): void {
    this.#audience.requireMaySend(participant, source)
  }

  /** Whoever may send, or is seen by everybody, is not who it was. */
  stageChanged(): void {
    if (!this.#closed) this.#audience.stageChanged()
  }

  /** @param reason told to whoever is still in it. */
  close(reason: RoomClosing = 'node-stopping'): void {
    if (this.#closed) return
    this.#closed = true
    this.#news.close()
    const participants = [...this.#participants.values()]
    this.#participants.clear()
    // The router first: what closes with it is not told track by track.
    this.router.close()
    for (const participant of participants) participant.close()
    for (const participant of participants) participant.notify('room.closed', { room: this.id, reason })
    for (const participant of participants) {
      this.emit('left', participant.session)
      this.emit('gone', participant, reason)
    }
    this.emit('closed')
  }

  #leaveIfStill(participant: RoomParticipant): void {
    if (this.#participants.get(participant.session) === participant) this.leave(participant.session, 'connection-lost')
  }

  #remove(participant: RoomParticipant, cause: Leaving): void {
    this.#participants.delete(participant.session)
    participant.close()
    this.giveScreen(participant)
    this.microphonesChanged()
    this.emit('gone', participant, cause)
    this.tellOthers(participant, 'room.participantLeft', { room: this.id, participant: participant.id })
    this.#audience.gone(participant)
  }
}

/** The client's types want what the server's leave open: a router has chosen every payload type. */
const routerCapabilities = ({ rtpCapabilities }: types.Router) =>
  rtpCapabilities as ResultOf<'room.join'>['rtpCapabilities']
