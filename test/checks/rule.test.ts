/** What follows from what a check has measured. */
import t from 'tap'
import { judge, type Measured, type NetworkMeasured } from '../../src/protocol/check-rule.ts'

const line: NetworkMeasured = {
  path: 'udp',
  roundTripMs: 40,
  lostUpPermille: 0,
  lostDownPermille: 2,
  upKbps: 1_400,
  downKbps: 1_400,
}
const good: Measured = {
  camera: 'ok',
  microphone: 'ok',
  speaker: 'heard',
  paths: { udp: 'reached', tcp: 'reached', relay: 'not-offered' },
  network: line,
}
const on = (network: Partial<NetworkMeasured>): Measured => ({ ...good, network: { ...line, ...network } })
const blocked = { udp: 'blocked', tcp: 'blocked', relay: 'blocked' } as const

const cases: readonly (readonly [string, Measured, string, readonly string[]])[] = [
  ['all is well', good, 'passed', []],
  ['no camera', { ...good, camera: 'missing' }, 'limited', ['connect-camera']],
  ['no microphone', { ...good, microphone: 'missing' }, 'failed', ['connect-microphone']],
  ['both refused', { ...good, camera: 'denied', microphone: 'denied' }, 'failed', ['allow-devices']],
  ['the camera alone is busy', { ...good, camera: 'busy' }, 'limited', ['free-devices']],
  ['a muted microphone', { ...good, microphone: 'silent' }, 'limited', ['microphone-silent']],
  ['nothing heard', { ...good, speaker: 'not-heard' }, 'failed', ['speaker-silent']],
  ['the loudspeaker left out', { ...good, speaker: 'skipped' }, 'limited', ['unfinished']],
  ['no way is open', { ...good, paths: blocked, network: undefined }, 'failed', ['network-blocked']],
  ['open, but nothing came back', { ...good, network: undefined }, 'failed', ['network-failed']],
  [
    'TCP alone',
    { ...on({ path: 'tcp' }), paths: { udp: 'blocked', tcp: 'reached', relay: 'not-offered' } },
    'limited',
    ['only-detours'],
  ],
  ['too slow to talk', on({ upKbps: 49 }), 'failed', ['network-too-slow']],
  ['enough to talk', on({ upKbps: 50 }), 'limited', ['audio-only']],
  ['enough for a small picture', on({ downKbps: 250 }), 'limited', ['network-slow']],
  ['enough for a good picture', on({ downKbps: 600 }), 'passed', []],
  ['loss that is not noticed', on({ lostUpPermille: 29 }), 'passed', []],
  ['loss that is', on({ lostUpPermille: 30 }), 'limited', ['network-lossy']],
  ['loss in which words go under', on({ lostDownPermille: 200 }), 'failed', ['network-lossy']],
  ['far away', on({ roundTripMs: 400 }), 'limited', ['network-far']],
]

for (const [what, measured, outcome, advice] of cases)
  t.test(what, async (t) => t.same(judge(measured), { outcome, advice }))

t.test('nothing tested is no pass, and says no more than that', async (t) => {
  const nothing: Measured = {
    ...{ camera: 'skipped', microphone: 'skipped', speaker: 'skipped' },
    paths: { udp: 'untested', tcp: 'untested', relay: 'untested' },
  } as const
  t.same(judge(nothing), { outcome: 'limited', advice: ['unfinished'] })
})
