/**
 * Tells the advisor's side how a note stands when it has changed. The log of a shard says only which one has: a removed
 * note must be gone from there as well. So it is read, and only where somebody is to be told.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { Logger } from 'pino'
import type { NoteFact, Notes } from '../notes/notes.ts'
import { type Fanout, notesTopic } from './fanout.ts'

export interface NoteRelayOptions {
  readonly notes: Pick<Notes, 'note'>
  readonly fanout: Fanout
  readonly log: Logger
}

export interface NoteRelay extends AsyncDisposable {
  /** Never throws. */
  changed(fact: NoteFact): void
}

/** Where storage is away, whoever stayed connected is told when it is back. */
const retryMs = 500

/** Works until disposed. */
export function startNoteRelay({ notes, fanout, log }: NoteRelayOptions): NoteRelay {
  /** What is to be told, by note: told once, as it stands then, however often it has changed. */
  let waiting = new Map<string, NoteFact>()
  let running: Promise<void> | undefined
  const stop = new AbortController()

  const publish = ({ jobseeker, id }: NoteFact, note: Awaited<ReturnType<typeof notes.note>>) => {
    const topic = notesTopic(jobseeker)
    if (note === undefined) fanout.publish(topic, 'note.removed', { jobseeker, id })
    else fanout.publish(topic, 'note.changed', { jobseeker, note })
  }

  /** One batch after the other, so that nobody is told an older state after a newer one. */
  const run = async () => {
    while (waiting.size > 0 && !stop.signal.aborted) {
      const facts = [...waiting.values()]
      waiting = new Map()
      const read = await Promise.allSettled(facts.map(({ jobseeker, id }) => notes.note(jobseeker, id)))
      let failure: unknown
      for (const [n, fact] of facts.entries()) {
        const result = read[n]
        if (result?.status === 'fulfilled') publish(fact, result.value)
        else {
          failure = result?.reason
          add(fact)
        }
      }
      if (failure === undefined) continue
      log.debug({ err: failure }, 'changed notes cannot be read; trying again')
      await delay(retryMs, undefined, { signal: stop.signal }).catch(() => {})
    }
    running = undefined
  }
  const add = (fact: NoteFact) => waiting.set(`${fact.jobseeker}/${fact.id}`, fact)

  return {
    changed(fact) {
      if (!fanout.isFollowed(notesTopic(fact.jobseeker))) return
      add(fact)
      running ??= run()
    },
    async [Symbol.asyncDispose]() {
      stop.abort()
      await running
    },
  }
}
