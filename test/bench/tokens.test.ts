import t from 'tap'
import { signToken, verifyToken } from '../../bench/tokens.ts'

const secret = 'a secret of at least 32 characters'
const claims = { sub: 'ann', role: 'advisor', name: 'Ann', region: 'bretagne' } as const

t.test('a token that was signed here is accepted here, with its claims', async (t) => {
  t.match(verifyToken(signToken(claims, secret), secret), claims)
})

t.test('a peer refuses what a server must refuse, so that verifying costs it what it costs', async (t) => {
  const token = signToken(claims, secret)
  const [head, body, signature] = token.split('.')
  const none = Buffer.from(JSON.stringify({ alg: 'none', typ: 'JWT' })).toString('base64url')
  const other = signToken({ ...claims, sub: 'bob' }, secret).split('.')[1]
  for (const wrong of [
    '',
    'x',
    `${head}.${body}`,
    `${head}.${body}.`,
    `${head}.${other}.${signature}`,
    `${none}.${body}.`,
    `${token}.x`,
    signToken(claims, `${secret}!`),
  ]) {
    t.throws(() => verifyToken(wrong, secret), /refused/, wrong)
  }
})
