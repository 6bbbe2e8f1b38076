/** What was signed is read as it was; nothing else is. */
import fc from 'fast-check'
import t from 'tap'
import { isSameSecret, isSignature, isToken, readToken, signatureOf, signToken } from '../../src/signed/signed.ts'

const secrets = fc.string({ minLength: 1, maxLength: 64 })
const purpose = fc.constantFrom('ticket', 'invitation', 'link')

t.test('what was signed is read again, with that secret and for that purpose alone', async (t) => {
  fc.assert(
    fc.property(purpose, purpose, fc.json(), secrets, secrets, (made, read, json, own, other) => {
      const claims: unknown = JSON.parse(json)
      const token = signToken(made, claims, own)
      t.equal(isToken(made, token), true)
      const found = readToken(read, token, other)
      if (made === read && own === other) t.same(found, claims)
      else t.equal(found, undefined)
      t.same(readToken(made, token, own), claims)
    }),
    { numRuns: 200 },
  )
})

t.test('one character changed, added or left out: nothing is read', async (t) => {
  const token = signToken('ticket', { room: 'jobseeker-1', until: 1_900_000_000_000 }, 'secret')
  for (let at = 0; at < token.length; at += 1) {
    const other = token[at] === 'A' ? 'B' : 'A'
    t.equal(
      readToken('ticket', token.slice(0, at) + other + token.slice(at + 1), 'secret'),
      undefined,
      `changed at ${at}`,
    )
    t.equal(readToken('ticket', token.slice(0, at) + token.slice(at + 1), 'secret'), undefined, `left out at ${at}`)
  }
  for (const more of ['.', '.x', '=', 'A']) t.equal(readToken('ticket', token + more, 'secret'), undefined, more)
  for (const nothing of ['', 'ticket', 'ticket.', 'ticket..', '..'])
    t.equal(readToken('ticket', nothing, 'secret'), undefined)
})

t.test('a signature and a secret are compared as a whole, whatever their length', async (t) => {
  t.equal(isSignature(signatureOf('said', 'secret'), 'said', 'secret'), true)
  t.equal(isSignature(signatureOf('said', 'secret').slice(0, -1), 'said', 'secret'), false)
  t.equal(isSignature('', 'said', 'secret'), false)
  t.equal(isSameSecret('é', 'é'), true)
  t.equal(isSameSecret('é', 'e'), false)
  t.equal(isSameSecret('', ''), true)
})
