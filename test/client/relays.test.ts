import t from 'tap'
import { relaysOf } from '../../client/relays.ts'

const secret = { username: 'u', credential: 'c' }

t.test('of the servers only relays are kept, and of these TLS alone where there is any', async (t) => {
  const stun = { urls: ['stun:a.example'] }
  const turn = { urls: ['turn:a.example', 'stun:a.example'], ...secret }
  const turns = { urls: ['turn:a.example?transport=tcp', 'turns:a.example:443'], ...secret }
  t.same(relaysOf([]), [])
  t.same(relaysOf([stun]), [])
  t.same(relaysOf([stun, turn]), [{ urls: ['turn:a.example'], ...secret }])
  t.same(relaysOf([turn, turns]), [{ urls: ['turns:a.example:443'], ...secret }])
})
