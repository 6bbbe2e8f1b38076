/** Whether a message names a file, on real channels. */
import { randomUUID } from 'node:crypto'
import t from 'tap'
import { Channels } from '../../src/chat/channels.ts'
import { namedAttachments } from '../../src/named-attachments.ts'
import { testRedis } from '../support/redis.ts'

t.test('a message is found however many came after it, and not looked for before the file came', async (t) => {
  await using redis = await testRedis(t, { args: ['--appendonly', 'no'] })
  const channels = new Channels({ clients: [redis.client] })
  const isNamed = namedAttachments(channels)
  const at = Date.now()
  t.notOk(await isNamed('jeanne', 'a', at), 'an empty channel')
  const publish = (attachments: string[] = []) =>
    channels.publish('jeanne', {
      from: 'jeanne',
      key: randomUUID(),
      text: 'bonjour',
      ...(attachments.length === 0
        ? {}
        : { attachments: attachments.map((id) => ({ id, name: 'a.pdf', mediaType: 'application/pdf', bytes: 1 })) }),
    })
  const { offset } = await publish(['a', 'b'])
  for (let n = 0; n < 450; n += 1) await publish()
  t.ok(await isNamed('jeanne', 'a', at))
  t.ok(await isNamed('jeanne', 'b', at))
  t.notOk(await isNamed('jeanne', 'c', at))
  t.notOk(await isNamed('jeanne', 'a', Date.now() + 24 * 60 * 60 * 1_000), 'later than every message')
  await channels.remove('jeanne', { who: 'jeanne', key: randomUUID(), offset })
  t.notOk(await isNamed('jeanne', 'a', at), 'a deleted message names nothing')
})
