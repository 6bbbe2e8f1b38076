/** The client: one connection and what people do over it. */
import { Answers } from './answers.ts'
import { Appointments } from './appointments.ts'
import { Attachments } from './attachments.ts'
import { Attendance } from './attendance.ts'
import { CallbackBoard } from './callback-board.ts'
import { Callbacks } from './callbacks.ts'
import { Chat } from './chat.ts'
import { Checks } from './checks.ts'
import { Connection, type ConnectOptions } from './connection.ts'
import { Enrolment } from './enrolment.ts'
import { Lobby } from './lobby.ts'
import { Notes } from './notes.ts'
import { Notices } from './notices.ts'
import { followPage } from './page.ts'
import { Presence } from './presence.ts'
import { Replies } from './replies.ts'
import { Rooms } from './rooms.ts'
import { deviceStorage } from './storage.ts'
import { Workshops } from './workshops.ts'

export class Visavis extends Connection {
  /** For supervisors. */
  readonly answers: Answers
  readonly appointments: Appointments
  readonly attachments: Attachments
  readonly attendance: Attendance
  readonly chat: Chat
  readonly callbacks: Callbacks
  /** For supervisors. */
  readonly callbackBoard: CallbackBoard
  readonly checks: Checks
  readonly enrolment: Enrolment
  readonly lobby: Lobby
  /** For advisors. */
  readonly notes: Notes
  readonly notices: Notices
  readonly presence: Presence
  readonly replies: Replies
  readonly rooms: Rooms
  readonly workshops: Workshops
  readonly #forgetPage: () => void

  constructor(options: ConnectOptions) {
    super(options)
    this.answers = new Answers(this)
    this.appointments = new Appointments(this)
    this.attachments = new Attachments(this, options)
    this.attendance = new Attendance(this, options.storage ?? deviceStorage(), options)
    this.chat = new Chat(this, (channels) =>
      this.setChannels(channels.map(({ channel, position }) => ({ stream: `channel:${channel}`, position }))),
    )
    this.callbacks = new Callbacks(this)
    this.callbackBoard = new CallbackBoard(this)
    this.checks = new Checks(this)
    this.enrolment = new Enrolment(this)
    this.lobby = new Lobby(this, (room) => this.rooms.lineOf(room))
    this.notes = new Notes(this)
    this.notices = new Notices(this)
    this.presence = new Presence(this)
    this.replies = new Replies(this)
    this.rooms = new Rooms(this, { ...options, onFailed: (room, cause) => this.attendance.attemptIn(room, cause) })
    this.workshops = new Workshops(this, this.rooms)
    this.#forgetPage = followPage({
      onLooking: (looking) => {
        this.presence.setLooking(looking)
        if (looking) this.#wake()
      },
      onOnline: () => {
        this.#wake()
        this.rooms.restartIce()
      },
    })
  }

  override close(): void {
    this.#forgetPage()
    this.rooms.close()
    super.close()
  }

  /** Back from sleep or from a dead network. */
  #wake(): void {
    this.hurry()
    this.probe()
  }
}

/** Connects at once and comes back by itself until `close()`. */
export const connect = (options: ConnectOptions): Visavis => new Visavis(options)
