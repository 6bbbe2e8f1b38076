/** From the facts of the domains to the events that people's pages receive. */
import type { ChatEvent } from '../chat/channels.ts'
import type { EnrolmentEvent } from '../enrolment/enrolment.ts'
import { queueEvent } from '../queue/callbacks.ts'
import { channelTopic, type Fanout, personTopic } from './fanout.ts'
import type { Sessions } from './sessions.ts'

type Relay = (event: unknown) => void

/** The logs are written by our own scripts only, so their entries have the domain's event type. */
export const relayChat =
  (fanout: Fanout): Relay =>
  (fact) => {
    const event = fact as ChatEvent
    const topic = channelTopic(event.channel)
    if (event.type === 'messagePublished') {
      const { channel, message, position } = event
      fanout.publish(topic, 'chat.messagePublished', { channel, message }, { stream: topic, position })
      return
    }
    const { channel, person, readOffset } = event
    fanout.publish(topic, 'chat.readMoved', { channel, person, readOffset })
  }

export const relayQueue =
  (fanout: Fanout): Relay =>
  (fact) => {
    const { callback, offer } = queueEvent(fact)
    fanout.publish(personTopic(callback.jobseeker), 'callback.changed', { callback })
    fanout.publish(personTopic(callback.advisor), 'callback.changed', { callback })
    if (offer !== undefined) fanout.publish(personTopic(callback.advisor), 'callback.offered', { callback, offer })
  }

export const relayEnrolment =
  (sessions: Sessions): Relay =>
  (fact) => {
    const { person, before } = fact as EnrolmentEvent
    sessions.personChanged(person, before)
  }
