import { createHmac } from 'node:crypto'
import t from 'tap'
import { iceServersFor } from '../../src/media/ice-servers.ts'
import { testRooms } from './test-rooms.ts'

const turnSecret = 'shared with the TURN server'
const urls = [
  'stun:stun.example.org',
  'turn:turn.example.org?transport=udp',
  'turns:turn.example.org:443?transport=tcp',
]

t.test('a TURN server gets the name and password that it can check with the shared secret', async (t) => {
  const told = iceServersFor({ urls, turnSecret, turnCredentialMs: 600_000 }, 'participant', 1_000_999)
  const username = '1600:participant'
  t.strictSame(told, {
    iceServers: [
      { urls: ['stun:stun.example.org'] },
      {
        urls: urls.slice(1),
        username,
        credential: createHmac('sha1', turnSecret).update(username).digest('base64'),
      },
    ],
    goodForMs: 600_000,
  })
})

t.test('without a secret, or without TURN, nothing is told that would need it, or that ends', async (t) => {
  const stun = { iceServers: [{ urls: ['stun:stun.example.org'] }] }
  t.strictSame(iceServersFor({ urls, turnCredentialMs: 600_000 }, 'p', 0), stun)
  t.strictSame(iceServersFor({ urls: urls.slice(0, 1), turnSecret, turnCredentialMs: 600_000 }, 'p', 0), stun)
})

t.test('each join has credentials of its own, which do not name the person', async (t) => {
  await using house = await testRooms(t, { iceServers: { urls, turnSecret, turnCredentialMs: 60_000 } })
  const [anne, bob] = [await house.enter('r', 'anne'), await house.enter('r', 'bob')]
  const names = [anne, bob].map(({ joined }) => joined.iceServers[1]?.username?.split(':')[1])
  t.strictSame(names, [anne.participant.id, bob.participant.id])
  t.strictSame(anne.joined.goodForMs, 60_000)
})
