import fc from 'fast-check'
import t from 'tap'
import { isTicket, readTicket, signTicket, type Ticket } from '../../src/nodes/ticket.ts'

const ticket: Ticket = {
  identity: { person: 'jobseeker-1', role: 'jobseeker', name: 'Jeanne Martin', region: 'bretagne' },
  session: 's',
  room: 'jobseeker-1',
  node: 'b.1',
  sessionUntil: 9_000,
  expiresAt: 2_000,
}

t.test('a ticket is good at its node, until its time', async (t) => {
  const token = signTicket(ticket, 'secret')
  t.ok(isTicket(token))
  t.same(readTicket(token, 'secret', 'b.1', 1_999), ticket)
  t.equal(readTicket(token, 'secret', 'b.1', 2_000), undefined, 'over')
  t.equal(readTicket(token, 'secret', 'c.1', 1_000), undefined, 'of another node')
  t.equal(readTicket(token, 'another', 'b.1', 1_000), undefined, 'of another service')
})

t.test('whatever is changed of a ticket makes it worthless', async (t) => {
  const token = signTicket(ticket, 'secret')
  fc.assert(
    fc.property(fc.integer({ min: 'ticket.'.length, max: token.length - 1 }), fc.constantFrom(...'aZ9_.'), (at, by) => {
      const changed = token.slice(0, at) + by + token.slice(at + 1)
      // The last character of base64url has bits that say nothing.
      if (changed === token || at === token.length - 1) return true
      return readTicket(changed, 'secret', 'b.1', 1_000) === undefined
    }),
  )
  for (const other of ['ticket.', 'ticket..', `${token}.x`, token.slice(0, -2)])
    t.equal(readTicket(other, 'secret', 'b.1', 1_000), undefined, other.slice(0, 12))
})
