import { requireConversation } from '../../auth/grants.ts'
import type { Identity } from '../../auth/identity.ts'
import type { Channels } from '../../chat/channels.ts'
import type { Enrolment, Person } from '../../enrolment/enrolment.ts'
import type { ChannelSummary } from '../../protocol/index.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'

export interface ChatHandlersOptions {
  readonly channels: Channels
  readonly enrolment: Enrolment
}

export function chatHandlers({ channels, enrolment }: ChatHandlersOptions): Handlers<MethodsOf<'chat'>> {
  const requireMember = async (identity: Identity, channel: string) =>
    requireConversation(identity, await enrolment.person(identity.region, channel))

  /** The jobseekers whose channels this person takes part in, and the advisor of those channels. */
  const conversations = async (identity: Identity): Promise<{ jobseekers: Person[]; advisor: Person | undefined }> => {
    const self = await enrolment.person(identity.region, identity.person)
    if (identity.role === 'advisor') {
      return { jobseekers: await enrolment.portfolio(identity.region, identity.person), advisor: self }
    }
    const advisor = self?.advisor === undefined ? undefined : await enrolment.person(identity.region, self.advisor)
    return { jobseekers: self === undefined ? [] : [self], advisor }
  }

  return {
    async 'chat.channels'({ identity }) {
      const { jobseekers, advisor } = await conversations(identity)
      if (advisor === undefined) return { channels: [] }
      const summarize = async (jobseeker: Person): Promise<ChannelSummary> => ({
        channel: jobseeker.id,
        jobseeker: { id: jobseeker.id, name: jobseeker.name },
        advisor: { id: advisor.id, name: advisor.name },
        ...(await channels.summary(jobseeker.id, identity.person)),
      })
      return { channels: await Promise.all(jobseekers.map(summarize)) }
    },
    async 'chat.publish'({ identity }, { channel, key, text }) {
      await requireMember(identity, channel)
      return channels.publish(channel, { from: identity.person, key, text })
    },
    async 'chat.history'({ identity }, { channel, ...page }) {
      await requireMember(identity, channel)
      return channels.history(channel, page)
    },
    async 'chat.read'({ identity }, { channel, offset }) {
      await requireMember(identity, channel)
      return channels.read(channel, identity.person, offset)
    },
  }
}
