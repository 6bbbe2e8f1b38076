/** What must never be in a log, at its most talkative, from a whole process and whatever goes wrong. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { dtls, microphone } from '../media/test-rooms.ts'
import { developmentToken } from '../support/node.ts'
import { startProcess } from '../support/process.ts'
import { rawClient } from '../support/socket.ts'
import { until } from '../support/until.ts'

interface Opened {
  readonly id: string
  readonly iceParameters: { readonly usernameFragment: string; readonly password: string }
  readonly dtlsParameters: { readonly fingerprints: readonly { readonly value: string }[] }
}

for (const level of ['trace', 'debug']) {
  t.test(`at level ${level} no token, message, phone number or media parameter is logged`, async (t) => {
    const dataDir = await mkdtemp(join(tmpdir(), 'visavis-log-'))
    t.teardown(() => rm(dataDir, { recursive: true, force: true }))
    await using node = await startProcess({
      VISAVIS_LOG_LEVEL: level,
      VISAVIS_DATA_DIR: dataDir,
      VISAVIS_AGENCY_TOKEN: 'agency-secret-0123456789-0123456789',
    })
    const token = await developmentToken(node.url, 'jobseeker-1')
    const tampered = `${token.slice(0, -8)}TAMPERED`
    await using client = await rawClient(node.url, token)

    const said = { text: 'Je suis suivie pour une dépression', phone: '06 98 76 54 32', reason: 'Mon divorce en mars' }
    const room = 'jobseeker-1'
    const message = { channel: room, key: 'hygiene-1', text: said.text }
    await client.result('chat.publish', message)
    await client.call('chat.publish', { ...message, extra: said.text })
    await client.call('chat.publish', { ...message, channel: 'jobseeker-2' })
    await client.call('chat.publish', { ...message, text: said.text.repeat(200) })
    await client.result('chat.history', { channel: room })
    await client.result('callback.request', {
      key: 'hygiene-2',
      medium: 'phone',
      phone: said.phone,
      reason: said.reason,
    })
    await client.result('room.join', { room })
    const opened = (await client.result('room.openTransport', { room, direction: 'send' })) as Opened
    const connecting = { room, transport: opened.id, dtlsParameters: dtls }
    const wrong = { ...dtls, fingerprints: [{ algorithm: 'sha-256', value: 'NOT:A:FINGERPRINT' }] }
    await client.call('room.connectTransport', { ...connecting, dtlsParameters: wrong })
    await client.result('room.connectTransport', connecting)
    await client.call('room.connectTransport', connecting)
    const rtpParameters = { ...microphone(), rtcp: { cname: 'cname-of-jeanne', reducedSize: true } }
    const sending = { room, transport: opened.id, kind: 'audio', source: 'microphone', rtpParameters }
    await client.result('room.produce', sending)
    await client.call('room.produce', {
      ...sending,
      transport: 'none',
      rtpParameters: { ...rtpParameters, codecs: [] },
    })
    await client.call('session.refresh', { token: tampered })

    // What goes wrong on the way in: a bad token, a frame that is none, a token where none belongs.
    await using refused = await rawClient(node.url)
    await refused.call('session.open', { token: tampered, versions: [1] }).catch(() => {})
    await using broken = await rawClient(node.url)
    broken.sendText(`{"id":1,"method":"session.open","params":{"token":"${token}"`)
    await broken.closed
    const inUrl = `${node.url}/ws?token=${token}`
    await fetch(inUrl)
    await rawClient(`${node.url}/nothing?token=${token}&x=`).catch(() => {})
    for (const authorization of [`Bearer ${token}`, `Bearer ${tampered}`, 'Bearer agency-secret-0123456789-0123456789'])
      await fetch(`${node.url}/api/regions/bretagne/people?token=${token}`, { headers: { authorization } })
    await fetch(`${node.url}/dev/token`, {
      method: 'POST',
      body: `{"person":"${token}`,
      headers: { 'content-type': 'application/json' },
    })

    await node.kill('SIGTERM')
    await until(() => node.lines.some((line) => line.includes('"stopped"')), { what: 'the last line of the log' })
    const log = node.lines.join('\n')
    // So that an empty log, or one that tells of nothing, does not pass.
    t.match(log, /"listening"/)
    if (level === 'trace') t.match(log, /"path":"\/ws"/, 'requests are told')
    const [header = '', claims = '', signature = ''] = token.split('.')
    const secrets: Readonly<Record<string, string>> = {
      'the token': token,
      'its claims': claims,
      'its signature': signature,
      'the refused token': `${header}.${claims}`,
      'the agency’s token': 'agency-secret',
      'a message': said.text,
      'a phone number': said.phone,
      'a reason': said.reason,
      'the ICE user': opened.iceParameters.usernameFragment,
      'the ICE password': opened.iceParameters.password,
      'the server’s fingerprint': opened.dtlsParameters.fingerprints.at(-1)?.value ?? '',
      'the client’s fingerprint': dtls.fingerprints[0]?.value ?? '',
      'a wrong fingerprint': 'NOT:A:FINGERPRINT',
      'the client’s RTP parameters': 'cname-of-jeanne',
    }
    for (const [what, secret] of Object.entries(secrets)) {
      t.ok(secret.length >= 8, `${what} is something`)
      const line = node.lines.find((line) => line.includes(secret))
      t.equal(line, undefined, `${what} is not in the log`)
    }
  })
}
