import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import t from 'tap'
import { diesWithParent } from '../support/dies-with-parent.ts'
import { testRedis } from '../support/redis.ts'
import { until } from '../support/until.ts'
import { leftNotice, place, postOffice, unread } from './post-office.ts'
import { testSmtp } from './smtp-server.ts'

const sender = fileURLToPath(new URL('sender.ts', import.meta.url))

for (const kind of ['an official notice', 'a digest'] as const) {
  t.test(`${kind} of a node that was killed before it could record it is sent again as the same mail`, async (t) => {
    await using redis = await testRedis(t)
    await using smtp = await testSmtp(t)
    const post = postOffice(redis.client)
    const region = place.id
    await post.contacts.set(region, 'yann', { email: 'yann@example.org' })
    if (kind === 'a digest') for (const n of [1, 2]) await post.notices.put(unread('yann', `unread/yann/${n}`))
    else await post.notices.put(leftNotice('yann', 'left/yann/1'))

    const child = spawn(...diesWithParent('KILL', process.execPath, [sender, redis.socket, smtp.url, '1000']), {
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    const exited = once(child, 'exit')
    t.teardown(() => child.kill('SIGKILL'))
    smtp.beforeConfirming = async () => {
      child.kill('SIGKILL')
      await exited
    }
    await until(() => smtp.mails.length === 1, { what: 'the mail that nobody will record' })
    await exited
    t.match(await post.notices.of(region, 'yann'), [{ state: 'leased', attempts: [] }])

    smtp.beforeConfirming = async () => {}
    // What has come since is told in a mail of its own.
    if (kind === 'a digest') await post.notices.put(unread('yann', 'unread/yann/3'))
    await using _loop = post.deliver(smtp.url)
    await until(async () => (await post.outbox.waiting([region])) === 0)
    const [lost, ...later] = smtp.mails
    const again = later.filter(({ headers }) => headers.get('message-id') === lost?.headers.get('message-id'))
    t.equal(again.length, 1, 'the same Message-ID, once')
    t.equal(again[0]?.subject, lost?.subject)
    t.equal(again[0]?.text, lost?.text)
    t.equal(later.length, kind === 'a digest' ? 2 : 1)
    for (const record of await post.notices.of(region, 'yann'))
      t.match(record, { state: 'sent', attempts: [{ outcome: 'sent', code: 250 }] })
  })
}
