/** Who is who in a channel: read when it is opened, and again when somebody unknown writes or who follows whom changes. */
import { useEffect, useState } from 'preact/hooks'
import type { ChannelSummary, Member, Visavis } from '../../client/index.ts'

export interface Members {
  readonly all: readonly Member[]
  readonly nameOf: (person: string) => string
  readonly is: (person: string) => Member['is'] | undefined
  /** Who stands in for the advisor at the moment. */
  readonly covers: readonly Member[]
}

export function useMembers(visavis: Visavis, { channel, jobseeker, advisor }: ChannelSummary): Members {
  const [all, setAll] = useState<readonly Member[]>([])
  useEffect(() => {
    const known = new Set([jobseeker.id, advisor?.id])
    let gone = false
    const read = async () => {
      const members = await visavis.chat.channel(channel).members()
      for (const { id } of members) known.add(id)
      if (!gone) setAll(members)
    }
    // What could not be read is asked for with the next occasion; until then messages have no names.
    const ask = () => void read().catch(() => {})
    ask()
    const stops = [
      visavis.on('chat.messagePublished', ({ channel: id, message }) => {
        if (id === channel && (message.system !== undefined || !known.has(message.from))) ask()
      }),
      visavis.on('enrolment.changed', ask),
      visavis.on('enrolment.coverChanged', ask),
      visavis.onState((state, before) => {
        if (state === 'open' && before === 'recovering') ask()
      }),
    ]
    return () => {
      gone = true
      for (const stop of stops) stop()
    }
  }, [visavis, channel, jobseeker.id, advisor?.id])

  const people = [jobseeker, ...(advisor === undefined ? [] : [advisor]), ...all]
  const names = new Map(people.map(({ id, name }) => [id, name]))
  return {
    all,
    nameOf: (person) => names.get(person) ?? person,
    is: (person) =>
      person === jobseeker.id
        ? 'jobseeker'
        : person === advisor?.id
          ? 'advisor'
          : all.find(({ id }) => id === person)?.is,
    covers: all.filter(({ is }) => is === 'cover'),
  }
}
