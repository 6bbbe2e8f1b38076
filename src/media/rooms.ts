/** All rooms of a node: opens one at the first join, on the least loaded worker, and knows who is where. */
import { EventEmitter } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import type { types } from 'mediasoup'
import { type DataOf, type ParamsOf, type Participant, type ResultOf, VisavisError } from '../protocol/index.ts'
import { ask, gone } from './failures.ts'
import type { StreamFlow } from './flow.ts'
import { type IceServersOptions, type IceServersTold, iceServersFor } from './ice-servers.ts'
import { startLineLooks } from './line-looks.ts'
import { OpenRooms } from './open-rooms.ts'
import type { Joiner, RoomParticipant } from './participant.ts'
import type { Line, RoomEventName } from './reach.ts'
import type { Leaving, Room, RoomClosing } from './room.ts'
import type { Stage } from './stage.ts'
import type { MediaWorker } from './worker.ts'
import { openWorkers, type Workers, type WorkersOptions } from './workers.ts'

export interface RoomsOptions extends WorkersOptions {
  /** STUN and TURN servers told to browsers. */
  readonly iceServers: IceServersOptions
  /** Lets synthetic participants into rooms whose id begins with "synthetic-". Default false. */
  readonly synthetic?: boolean
  /** How long a participant without a connection may stay while its media flows (ms). Default 20 000. */
  readonly graceMs?: number
  /** How long a transport may be silent before it counts as lost (ms). Default 10 000. */
  readonly consentMs?: number
  /**
   * Asked when a room opens: undefined for one where everybody may send.
   * @throws VisavisError UNAVAILABLE when it is not known yet.
   */
  readonly stageOf?: (room: string) => Stage | undefined
}

export interface RoomsEvents {
  /** A session is in a room; told also when it takes the place of its earlier join. */
  joined: [room: string, joiner: Joiner]
  /** A session is not in a room any more. A join that takes the place of an earlier one is not told. */
  left: [room: string, session: string]
  /** A room got its first participant (`by` is that person), or is empty or gone again. */
  activated: [room: string, active: boolean, by?: string]
  /** Somebody is in a room; a session that joins again is another participant. */
  entered: [room: string, participant: Participant]
  gone: [room: string, participant: Participant, cause: Leaving]
}

export interface RoomsStats {
  readonly workers: readonly { pid: number; port: number; rooms: number; consumers: number }[]
  /** Workers that died since the node started. */
  readonly workerDeaths: number
  readonly rooms: number
  readonly participants: number
  readonly transports: number
  readonly producers: number
  readonly consumers: number
}

export type JoinOptions = Pick<ParamsOf<'room.join'>, 'withTransports' | 'rtpCapabilities'>

/** A join that waits for its room to open, and may be overtaken by a leave or by another join. */
interface Attempt {
  readonly room: string
  readonly session: string
  readonly connection: string
  cancelled: boolean
}

const defaults = { graceMs: 20_000, consentMs: 10_000 }

export class Rooms extends EventEmitter<RoomsEvents> implements AsyncDisposable {
  readonly #workers: Workers
  readonly #options: RoomsOptions
  readonly #rooms: OpenRooms
  readonly #joining = new Set<Attempt>()
  readonly #looks = startLineLooks({ participants: () => this.#rooms.all.flatMap((room) => [...room.all()]) })
  #closed = false

  constructor(workers: Workers, options: RoomsOptions) {
    super()
    this.#workers = workers
    this.#options = options
    this.#rooms = new OpenRooms({
      workers,
      synthetic: options.synthetic === true,
      consentMs: options.consentMs ?? defaults.consentMs,
      stageOf: (room) => options.stageOf?.(room),
      onOpened: (room) => this.#follow(room),
      onClosed: (room, wasUsed) => {
        if (wasUsed) this.emit('activated', room, false)
      },
    })
    workers.on('died', (worker) => {
      for (const room of this.#rooms.all) if (room.worker === worker) room.close('worker-died')
    })
  }

  /**
   * Enters a room. A participant of the same session in the same room is replaced.
   * @param options withTransports: opens both WebRTC transports as well, and with `rtpCapabilities` of a browser consumers of what
   * is sent already.
   * @throws VisavisError UNAVAILABLE without a worker; GONE when the session left before it was in; CONFLICT when full.
   */
  async join(
    room: string,
    joiner: Joiner,
    { withTransports = false, rtpCapabilities }: JoinOptions = {},
  ): Promise<ResultOf<'room.join'>> {
    const { session, line } = joiner
    if (this.#closed) throw new VisavisError('UNAVAILABLE', 'this node is stopping')
    this.#cancel(session, room)
    const attempt: Attempt = { room, session, connection: line.connection, cancelled: false }
    this.#joining.add(attempt)
    try {
      const open = await this.#rooms.open(room)
      if (attempt.cancelled) throw gone('the session left the room while joining it')
      const participant = open.prepare(joiner)
      try {
        // Before it is in: no event may reach a newcomer before the answer does.
        const { consumers, ...opened } = withTransports
          ? await participant.openTransports(open.producersFor(participant), rtpCapabilities)
          : {}
        // Nor may those who come at the same moment: each has a turn of its own, in which its answer is written.
        await turn()
        if (attempt.cancelled) throw gone('the session left the room while joining it')
        const result = open.join(participant)
        if (this.#rooms.used(room, joiner.person)) this.emit('activated', room, true, joiner.person)
        this.emit('joined', room, joiner)
        const joined = { ...result, ...this.iceServers(participant.id), ...opened }
        if (consumers === undefined) return joined
        // What has ended meanwhile took its consumer with it.
        const own = new Map(consumers.map((consumer) => [consumer.producer.id, consumer]))
        return {
          ...joined,
          consumers: result.producers.flatMap((producer) => {
            const consumer = own.get(producer.id)
            return consumer === undefined ? [] : [{ ...consumer, producer }]
          }),
        }
      } catch (error) {
        participant.close()
        throw error
      }
    } finally {
      this.#joining.delete(attempt)
      this.#closeIfUnused(room)
    }
  }

  /** @throws VisavisError GONE when the session is not in the room. */
  participant(room: string, session: string): RoomParticipant {
    const participant = this.#rooms.find(room)?.participant(session)
    if (participant === undefined) throw gone('you are not in this room; join it again')
    return participant
  }

  has(room: string, session: string): boolean {
    return this.#rooms.find(room)?.participant(session) !== undefined
  }

  /** @throws VisavisError GONE when there is no such participant. */
  known(room: string, participant: string): Participant {
    const info = this.#rooms.find(room)?.info(participant)
    if (info === undefined) throw gone('they are not in the room any more')
    return info
  }

  /** Sends every session of a person out of every room. */
  async expelPerson(person: string): Promise<void> {
    for (const room of this.#rooms.all)
      for (const session of room.sessionsOf(person)) await this.expel(room.id, session)
  }

  /** Everybody who is in a room now. */
  *present(): Iterable<{ room: string; session: string; participant: Participant }> {
    for (const room of this.#rooms.all)
      for (const { session, info } of room.all()) yield { room: room.id, session, participant: info }
  }

  /**
   * The session has a new connection; its participant was not gone meanwhile.
   * @throws VisavisError GONE when it is gone: join again.
   */
  resume(room: string, session: string, line: Line): ResultOf<'room.resume'> {
    const open = this.#rooms.find(room)
    if (open === undefined) throw gone('you are not in this room; join it again')
    return open.resume(session, line)
  }

  /** A connection is gone: participants whose media flows stay for a grace, others leave. Joins in progress end. */
  detach(session: string, connection: string): void {
    for (const attempt of this.#joining) if (attempt.connection === connection) attempt.cancelled = true
    const { graceMs = defaults.graceMs } = this.#options
    for (const room of this.#rooms.all) room.detach(session, connection, graceMs)
  }

  /**
   * The record has changed: whoever it may concern and cannot be told, because they have no connection, is out. They come
   * back by a join, which asks the record.
   */
  distrust(isDoubtful: (room: string, person: string) => boolean): void {
    for (const room of this.#rooms.all) room.distrust((person) => isDoubtful(room.id, person))
  }

  /** With credentials of this participant's own, good from now on. */
  iceServers(participant: string): IceServersTold {
    return iceServersFor(this.#options.iceServers, participant, Date.now())
  }

  /** Leaving twice is harmless. A join still in progress ends with GONE. */
  async leave(room: string, session: string, cause: Leaving = 'left'): Promise<void> {
    this.#cancel(session, room)
    this.#rooms.find(room)?.leave(session, cause)
  }

  /** The session may not be in this room any more: it is told, and out. */
  async expel(room: string, session: string): Promise<void> {
    const participant = this.#rooms.find(room)?.participant(session)
    await this.leave(room, session, 'access-ended')
    participant?.notify('room.closed', { room, reason: 'access-ended' })
  }

  /**
   * For a session that ends: leaves every room it is in.
   * @param connection the one that ended; the session may have another here, for one of the rooms, which goes on.
   */
  async leaveAll(session: string, cause: Leaving = 'connection-lost', connection?: string): Promise<void> {
    for (const attempt of this.#joining)
      if (attempt.session === session && (connection ?? attempt.connection) === attempt.connection)
        attempt.cancelled = true
    for (const room of this.#rooms.all)
      if (connection === undefined || room.participant(session)?.isReachedOnlyBy(connection)) room.leave(session, cause)
  }

  /** Whether somebody is in a room, or about to be. */
  isOpen(room: string): boolean {
    return this.#rooms.has(room)
  }

  /** Everybody in it is told to come again. */
  closeRoom(room: string, reason: RoomClosing): void {
    this.#rooms.find(room)?.close(reason)
  }

  /** Whoever may send in it, or is seen by everybody, is not who it was. */
  stageChanged(room: string): void {
    this.#rooms.find(room)?.stageChanged()
  }

  /** Tells everybody in a room something, each in their own words. */
  tellEach<E extends RoomEventName>(room: string, event: E, dataFor: (person: string) => DataOf<E>): void {
    this.#rooms.find(room)?.tellEach(event, dataFor)
  }

  /** Everybody who is in it now. */
  in(room: string): RoomParticipant[] {
    return [...(this.#rooms.find(room)?.all() ?? [])]
  }

  /** The person who opened a room that somebody is in; undefined for any other room. */
  openedBy(room: string): string | undefined {
    return this.#rooms.openedBy(room)
  }

  /** What the worker has counted, of everybody in a room, by participant. */
  async flows(room: string): Promise<Map<string, readonly StreamFlow[]>> {
    const participants = [...(this.#rooms.find(room)?.all() ?? [])]
    return new Map(await Promise.all(participants.map(async (one) => [one.id, await one.flow()] as const)))
  }

  /**
   * A router for a test call, on the worker that the next room would get; whoever asked closes it.
   * @throws VisavisError UNAVAILABLE.
   */
  async placeTestCall(): Promise<{ worker: MediaWorker; router: types.Router }> {
    const worker = await this.#rooms.place()
    return { worker, router: await ask(() => worker.createRouter(), 'UNAVAILABLE') }
  }

  stats(): RoomsStats {
    const rooms = this.#rooms.all
    const sum = { participants: 0, transports: 0, producers: 0, consumers: 0 }
    for (const { size, counts } of rooms) {
      sum.participants += size
      sum.transports += counts.transports
      sum.producers += counts.producers
      sum.consumers += counts.consumers
    }
    const workers = this.#workers.alive.map((worker) => {
      const own = rooms.filter((room) => room.worker === worker)
      const consumers = own.reduce((total, { counts }) => total + counts.consumers, 0)
      return { pid: worker.pid, port: worker.port, rooms: own.length, consumers }
    })
    return { workers, workerDeaths: this.#workers.deaths, rooms: rooms.length, ...sum }
  }

  /** CPU seconds and largest resident size of each worker, asked of the workers; one that is dying is left out. */
  async usage(): Promise<{ pid: number; cpuSeconds: number; maxRssBytes: number }[]> {
    const answers = await Promise.allSettled(
      this.#workers.alive.map(async (worker) => ({ pid: worker.pid, ...(await worker.usage()) })),
    )
    return answers.flatMap((answer) => (answer.status === 'fulfilled' ? [answer.value] : []))
  }

  /** Sends everybody out with `room.closed`, and ends the workers. */
  async close(): Promise<void> {
    this.#closed = true
    this.#looks[Symbol.dispose]()
    this.#rooms.close()
    await this.#workers.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close()
  }

  #cancel(session: string, room: string): void {
    for (const attempt of this.#joining)
      if (attempt.session === session && attempt.room === room) attempt.cancelled = true
  }

  /** A room opened for a join that came to nothing, and that nobody else waits for. */
  #closeIfUnused(id: string): void {
    const room = this.#rooms.find(id)
    if (room === undefined || room.size > 0) return
    for (const attempt of this.#joining) if (attempt.room === id && !attempt.cancelled) return
    room.close()
  }

  #follow(room: Room): void {
    const { id } = room
    room.on('left', (session) => this.emit('left', id, session))
    room.on('entered', ({ info }) => this.emit('entered', id, info))
    room.on('gone', ({ info }, cause) => this.emit('gone', id, info, cause))
  }
}

/** Starts the workers; none is left running when it fails. @throws Error that says what is missing. */
export async function openRooms(options: RoomsOptions): Promise<Rooms> {
  return new Rooms(await openWorkers(options), options)
}
