/** Files that go with the messages of a channel. They are sent over HTTP (docs/security.md) and fetched by a link. */
import { method } from './define.ts'
import { AttachmentId, ChannelId, object, type Static, Text, Timestamp } from './schema.ts'
import { Type } from './type.ts'

export { AttachmentId }

export const maxFileNameLength = 120

export const Attachment = object({
  id: AttachmentId,
  /** As its sender called it, without what a name may not have, and with the ending of what it is. */
  name: Text(maxFileNameLength),
  /** By its content. */
  mediaType: Text(100),
  bytes: Type.Integer({ minimum: 1 }),
})
export type Attachment = Static<typeof Attachment>

export const attachmentMethods = {
  'attachment.link': method({
    summary:
      'A link by which this person can fetch a file of a channel for a short time, and only while they take part in the channel. The URL is relative to the address of the server.',
    roles: ['jobseeker', 'advisor'],
    params: object({ channel: ChannelId, attachment: AttachmentId }),
    result: object({ url: Text(600), expiresAt: Timestamp }),
    errors: ['NOT_FOUND'],
    audit: {
      record: 'acts',
      subject: { kind: 'channel', path: 'params.channel' },
      details: ['params.attachment'],
    },
  }),
}
