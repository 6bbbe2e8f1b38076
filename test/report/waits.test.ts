/** On a whole node: how long a first answer and a place in the lobby were waited for is counted, each once. */
import t from 'tap'
import { connect } from '../../client/index.ts'
import { reportKeys } from '../../src/report/keys.ts'
import { testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

const redis = await testRedis(t)
const node = await testNode(t, { REDIS_URL: redis.url })
const [jobseeker, advisor] = await Promise.all(
  ['jobseeker-1', 'advisor-anne'].map(async (person) => {
    const visavis = connect({ url: node.url, token: () => node.token(person) })
    t.teardown(() => visavis.close())
    await visavis.opened
    return visavis
  }),
)
/** Whatever the week is. */
async function count(measure: string): Promise<number> {
  const all = await redis.client.hgetall(reportKeys('bretagne').counts)
  return Object.entries(all).reduce((sum, [field, n]) => (field.endsWith(`/${measure}`) ? sum + Number(n) : sum), 0)
}
const say = (who: typeof jobseeker, key: string) =>
  who?.call('chat.publish', { channel: 'jobseeker-1', key, text: 'Bonjour' })

t.test('the first answer ends a wait, and only the first', async (t) => {
  await say(advisor, 'chat-wait-00')
  await say(jobseeker, 'chat-wait-01')
  await say(jobseeker, 'chat-wait-02')
  await say(advisor, 'chat-wait-03')
  await until(async () => (await count('answers.1h')) === 1)
  await say(advisor, 'chat-wait-03')
  await say(advisor, 'chat-wait-04')
  await say(jobseeker, 'chat-wait-05')
  await say(advisor, 'chat-wait-06')
  await until(async () => (await count('answers.1h')) === 2)
  t.equal(await count('answers.1h'), 2, 'neither the repeat nor what nobody waited for')
})

t.test('being let in ends the wait in the lobby', async (t) => {
  const wait = jobseeker?.lobby.enter('jobseeker-1')
  await until(() => wait?.visit !== undefined)
  t.equal(await count('lobby.1min'), 0)
  const admit = () => advisor?.call('lobby.admit', { room: 'jobseeker-1', person: 'jobseeker-1' })
  await admit()
  await until(async () => (await count('lobby.1min')) === 1)
  await admit()
  t.equal(await count('lobby.1min'), 1, 'once')
})
