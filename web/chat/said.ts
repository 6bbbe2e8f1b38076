/** What the service itself says in a channel, as a sentence; a newer server may say more than this page knows. */
import type { Message } from '../../client/index.ts'
import type { Key } from '../language/en.ts'
import { dayAndClock } from '../language/times.ts'

type System = NonNullable<Message['system']>

const sentences: Readonly<Record<System['code'], Key>> = {
  advisorChanged: 'advisorIsNow',
  coverStarted: 'coverStarted',
  coverEnded: 'coverEnded',
  callbackDone: 'calledBack',
  appointmentMade: 'appointmentSaid',
  appointmentChanged: 'appointmentSaidChanged',
  appointmentCancelled: 'appointmentSaidCancelled',
  left: 'saidLeft',
  cameBack: 'saidCameBack',
  agencyAsked: 'saidAgencyAsked',
}

export interface Said {
  readonly of: Key
  readonly values: Readonly<Record<string, string>>
}

export function saidIn({ code, person, from }: System): Said {
  const of = Object.hasOwn(sentences, code) ? sentences[code] : 'somethingSaid'
  return { of, values: { name: person?.name ?? '', time: from === undefined ? '' : dayAndClock(from) } }
}
