/**
 * *Pure.* What is done when the media of a talk does not get through, one rung after the other, each with a bounded time.
 *
 * | rung       | what is tried                                   | enters                                   |
 * |------------|-------------------------------------------------|------------------------------------------|
 * | steady     | nothing: media flows                            | the beginning, and media that keeps flowing |
 * | restarting | an ICE restart                                  | media is lost                            |
 * | rejoining  | a new join with new transports                  | the restart was in vain; the join broke  |
 * | audio-only | the same without pictures                       | a new join was in vain                   |
 * | relay-only | the same through TURN alone, TLS where there is | sound alone was in vain                  |
 * | callback   | the same again and again, while a callback by the same advisor is offered | all was in vain |
 *
 * A rung on which media flows is kept until it has flowed for `steadyMs`; what is lost before goes on with the next one.
 * A join that broke (its worker died, its node stopped) is no fault of the line, and climbs no further than a new join.
 */

export type Rung = 'steady' | 'restarting' | 'rejoining' | 'audio-only' | 'relay-only' | 'callback'

export interface Continuity {
  readonly rung: Rung
  /** Whether media gets through. */
  readonly flows: boolean
  /** Pictures are left out, by this ladder; a person may leave them out as well. */
  readonly audioOnly: boolean
  /** Media goes through TURN servers alone. Kept until the room is left: what once was blocked is blocked again. */
  readonly relayOnly: boolean
}

/** `late`: the time of the rung is over. `steady`: media has flowed for long. */
export type Happening = 'lost' | 'broken' | 'flows' | 'late' | 'steady'
export type Act = 'none' | 'restart-ice' | 'rejoin' | 'show-pictures'

export const beginning: Continuity = { rung: 'steady', flows: true, audioOnly: false, relayOnly: false }

/** How long a rung may take until media flows (ms), from the moment it can be tried: see `Ladder`. */
export const allowedMs: Record<Exclude<Rung, 'steady'>, number> = {
  restarting: 5_000,
  rejoining: 8_000,
  'audio-only': 8_000,
  // A relay is asked for over several ways, one of them with a handshake of TLS.
  'relay-only': 12_000,
  callback: 20_000,
}
export const steadyMs = 20_000

export interface Step {
  readonly state: Continuity
  readonly act: Act
}

export function climb(state: Continuity, happening: Happening, { hasRelay }: { hasRelay: boolean }): Step {
  const stay: Step = { state, act: 'none' }
  switch (happening) {
    case 'flows':
      return { state: { ...state, flows: true }, act: 'none' }
    case 'steady':
      if (!state.flows) return stay
      return { state: { ...state, rung: 'steady', audioOnly: false }, act: state.audioOnly ? 'show-pictures' : 'none' }
    case 'broken': {
      const below = state.rung === 'steady' || state.rung === 'restarting'
      return { state: { ...state, rung: below ? 'rejoining' : state.rung, flows: false }, act: 'rejoin' }
    }
    case 'lost':
      return state.flows ? next(state, hasRelay) : stay
    case 'late':
      return state.flows ? stay : next(state, hasRelay)
  }
}

function next(state: Continuity, hasRelay: boolean): Step {
  const is = { ...state, flows: false }
  switch (state.rung) {
    case 'steady':
      return { state: { ...is, rung: 'restarting' }, act: 'restart-ice' }
    case 'restarting':
      return { state: { ...is, rung: 'rejoining' }, act: 'rejoin' }
    case 'rejoining':
      return { state: { ...is, rung: 'audio-only', audioOnly: true }, act: 'rejoin' }
    case 'audio-only':
      if (!hasRelay) return { state: { ...is, rung: 'callback' }, act: 'rejoin' }
      return { state: { ...is, rung: 'relay-only', relayOnly: true }, act: 'rejoin' }
    case 'relay-only':
    case 'callback':
      return { state: { ...is, rung: 'callback' }, act: 'rejoin' }
  }
}
