import type { Attachments } from '../../attachments/attachments.ts'
import type { Handlers, MethodsOf } from '../handlers.ts'

export const attachmentHandlers = (attachments: Attachments): Handlers<MethodsOf<'attachment'>> => ({
  async 'attachment.link'(caller, { channel, attachment }) {
    caller.requireConversation(channel)
    return attachments.link(channel, attachment, caller.identity)
  },
})
