/** Standing in for an advisor begins and ends by the clock, and the client follows without being told anew. */
import t from 'tap'
import { connect, developmentToken } from '../../client/index.ts'
import { Covers } from '../../src/enrolment/covers.ts'
import { testNode } from '../support/node.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'

t.test('who stands in sees the channels from then until then, and no longer', async (t) => {
  const redis = await testRedis(t)
  const node = await testNode(t, { REDIS_URL: redis.url })
  await developmentToken(node.url, 'advisor-anne')
  const signIn = (person: string) => {
    const token = async () => (await developmentToken(node.url, person)).token
    const visavis = connect({ url: node.url, token })
    t.teardown(() => visavis.close())
    return visavis
  }
  const anne = signIn('advisor-anne')
  const bruno = signIn('advisor-bruno')
  await Promise.all([anne.opened, bruno.opened])
  const theirs = anne.chat.channels[0]?.channel ?? ''
  const follows = () => bruno.chat.channels.some(({ channel }) => channel === theirs)
  t.notOk(follows())

  const now = Date.now()
  const cover = { id: 'holiday', region: 'bretagne', advisor: 'advisor-anne', cover: 'advisor-bruno' }
  await new Covers({ client: redis.client }).put({ ...cover, from: now + 1_000, until: now + 6_000 })
  await until(follows, { what: 'the beginning of the cover' })
  t.ok(bruno.now() >= now + 1_000)
  const offsets: number[] = []
  bruno.on('chat.messagePublished', ({ message }) => offsets.push(message.offset))
  await anne.chat.channel(theirs).send('bonjour')
  await until(() => offsets.length === 1, { what: 'a message of a covered channel' })
  await until(() => !follows(), { what: 'the end of the cover' })
  t.ok(bruno.now() >= now + 6_000)
})
