/** From the logs of the domains to the people on this node: frames go out as they are, facts to whoever acts on them. */
import type { LogEntry } from '../store/events.ts'
import { type Fanout, isEvent } from './fanout.ts'

/** What this node does about a fact of a domain, by its name. */
export type FactHandlers = Readonly<Record<string, (fact: never) => void>>

/** The logs are written by our own scripts only, so a fact has the type that its name promises. */
export const relay =
  (fanout: Fanout, facts: FactHandlers) =>
  ({ topic, offset, name, text }: LogEntry): void => {
    if (topic === 'fact') facts[name]?.(JSON.parse(text) as never)
    // An event of a newer node, unknown to this one, is for the clients of that node.
    else if (isEvent(name)) fanout.send(topic, name, text, offset)
  }
