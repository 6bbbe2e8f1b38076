/** The check of stopped-holder.test.ts finds what it is there to find: a server that does not look at tokens. */
import t from 'tap'
import { spoiltCheckout } from './spoilt-checkout.ts'
import { stopHolder } from './stopped-holder.ts'

t.setTimeout(120_000)

const file = 'src/queue/lua/queue.lua'
const check = 'if record.inner.token ~= tonumber(token) or record.inner.leasedTo ~= advisor then'

t.test(
  'twin: without the look at the token, an advisor’s older page ends the call that their newer one holds',
  async (t) => {
    const main = await spoiltCheckout(t, { file, text: check, becomes: 'if record.inner.leasedTo ~= advisor then' })
    t.match(await stopHolder(t, 'the same advisor', main), [
      /callback.accept with an old token was answered with an answer that says yes/,
    ])
  },
)

t.test('twin: without any look at the lease, a stopped node ends the call of another advisor', async (t) => {
  const main = await spoiltCheckout(t, { file, text: check, becomes: 'if false then' })
  const found = await stopHolder(t, 'another advisor', main)
  t.ok(
    found.some((change) => /^the callback became/.test(change)),
    found.join('; '),
  )
})
