/** What the retention of a region means for one person: each domain takes away what is over. */
import type { Appointments } from './appointments/appointments.ts'
import type { Channels } from './chat/channels.ts'
import type { Enrolment, Person } from './enrolment/enrolment.ts'
import type { Notes } from './notes/notes.ts'
import type { Callbacks } from './queue/callbacks.ts'
import type { RetentionOptions } from './retention/retention-loop.ts'
import type { Workshops } from './workshops/workshops.ts'

export interface RetainOptions {
  readonly enrolment: Enrolment
  readonly channels: Channels
  readonly notes: Notes
  readonly callbacks: Callbacks
  readonly appointments: Appointments
  readonly workshops: Workshops
  /** Messages went that had files. */
  readonly onRemoved: () => void
}

const pageSize = 200

export function retainedPeople({
  enrolment,
  channels,
  notes,
  callbacks,
  appointments,
  workshops,
  onRemoved,
}: RetainOptions): Pick<RetentionOptions<Person>, 'people' | 'expire'> {
  return {
    people: (region, after) =>
      enrolment.list(region, { role: 'jobseeker', limit: pageSize, ...(after === '' ? {} : { after }) }),
    async expire(person, edges) {
      const { region, id, disabled, leftAt } = person
      // Nobody answers somebody who takes part no longer.
      const keepWaiting = !disabled && leftAt === undefined
      const removed = {
        messages: edges.messages === undefined ? 0 : await channels.expire(id, edges.messages, { keepWaiting }),
        notes: edges.notes === undefined ? 0 : await notes.expire(id, edges.notes),
        callbacks: edges.callbacks === undefined ? 0 : await callbacks.expire(region, id, edges.callbacks),
        appointments: edges.appointments === undefined ? 0 : await appointments.expire(region, id, edges.appointments),
      }
      // They are nobody's in particular, and kept as appointments are: whoever's turn it is, the oldest go.
      if (edges.appointments !== undefined) await workshops.expire(region, edges.appointments)
      if (removed.messages > 0) onRemoved()
      return removed
    },
  }
}
