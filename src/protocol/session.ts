/** Opening a session: the first request on every connection. */
import { Type } from 'typebox'
import { event, method } from './define.ts'
import { object, optional, PersonId, RegionId, Role, Text, Timestamp } from './schema.ts'

export const Identity = object({ person: PersonId, role: Role, name: Text(120), region: RegionId })

export const sessionMethods = {
  'session.open': method({
    summary:
      'Authenticates the connection. Must be the first request and must arrive within the time told in the settings; the token travels here and never in a URL.',
    roles: ['jobseeker', 'advisor', 'supervisor', 'operator'],
    params: object({
      token: Text(8_192),
      /** Protocol versions the client speaks; the server picks the highest it knows. */
      versions: Type.Array(Type.Integer({ minimum: 1, maximum: 1_000 }), { minItems: 1, maxItems: 8 }),
      client: optional(Text(120)),
    }),
    result: object({
      session: Text(64),
      version: Type.Integer(),
      identity: Identity,
      /** The server's clock, so that pages can show waits and ages right on a wrong local clock. */
      now: Timestamp,
      expiresAt: Timestamp,
      maxFrameBytes: Type.Integer(),
    }),
    errors: ['UNSUPPORTED', 'CONFLICT'],
  }),
}

export const sessionEvents = {
  'session.ending': event({
    summary: 'The node will close this connection soon (restart or token expiry); finish or reconnect.',
    data: object({ reason: Text(64), endsAt: Timestamp }),
  }),
}
