import { existsSync, readFileSync } from 'node:fs'
import t from 'tap'
import { choosePeers, janusProgram, peerNames, versionsOf, whyNot } from '../../bench/peer.ts'

t.test('each peer has a folder, whose notes on fairness name the versions that are installed', async (t) => {
  for (const peer of peerNames) {
    const notes = readFileSync(new URL(`../../bench/peers/${peer}/README.md`, import.meta.url), 'utf8')
    for (const [name, version] of Object.entries(await versionsOf(peer === 'janus' ? [] : [peer]))) {
      t.ok(notes.includes(`\`${name}\` ${version}`), `${peer}: ${name} ${version}`)
    }
    t.ok(notes.split('\n').filter((line) => line.startsWith('- ')).length >= 2, `${peer} has notes`)
  }
})

t.test('without a wish a scenario runs beside all that it has; with one, beside those only', async (t) => {
  t.strictSame(choosePeers(['ws', 'socket.io'], undefined), { peers: ['ws', 'socket.io'], notes: [] })
  t.strictSame(choosePeers(['ws', 'socket.io'], ['socket.io', 'bullmq']).peers, ['socket.io'])
})

t.test('Janus is left out with a note where it is not installed, and is an error where it was asked for', async (t) => {
  const why = whyNot('janus')
  t.equal(why === undefined || /not installed|loopback/.test(why), true)
  if (!existsSync(janusProgram)) t.match(why, /apt-get install/)
  if (why === undefined) t.match(await versionsOf(['janus']), { janus: /^\d+\.\d+\.\d+$/ })
  if (why === undefined) return
  t.match(choosePeers(['mediasoup', 'janus'], undefined), { peers: ['mediasoup'], notes: [/^left out: janus/] })
  t.throws(() => choosePeers(['mediasoup', 'janus'], ['janus']), /--peer: janus/)
})
