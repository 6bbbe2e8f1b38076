/** `visavis verify` as its users meet it: what it says in plain words, and how it ends. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import t from 'tap'
import { headsOf } from '../../src/attendance/chain.ts'
import { recordOf, standingIn } from '../../src/attendance/standing.ts'
import type { Fact } from '../../src/protocol/index.ts'
import { verifyCommand, verifyUsage } from '../../src/verify-command.ts'
import { chained, window } from './facts.ts'

const folder = await mkdtemp(join(tmpdir(), 'vv-verify-'))
t.teardown(() => rm(folder, { recursive: true, force: true }))

const arrived: Fact = { type: 'arrived', party: 'jobseeker', visit: 'v1' }
const entries = chained([arrived, { ...arrived, visit: 'v2' }].map((fact) => ({ at: window.from, fact })))
const { heads } = headsOf(entries)
const spelt = heads.map(({ n, hash }) => `${n}:${hash}`)
const file = {
  ...{ format: 'visavis-attendance', version: 1, exportedAt: 1 },
  record: recordOf(standingIn('bretagne', entries, []), true),
  ...{ entries, contents: [], seals: [], keys: [] },
}

async function stored(name: string, value: unknown): Promise<string> {
  const path = join(folder, name)
  await writeFile(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}
async function verify(...args: string[]) {
  const said: string[] = []
  const code = await verifyCommand(args, (line) => said.push(line))
  return { code, said: said.join('\n') }
}
const record = await stored('record.json', file)

t.test('0 when all is as it should be, with what the file cannot show', async (t) => {
  const { code, said } = await verify(record)
  t.equal(code, 0)
  t.match(said, 'ok     the chain of 3 entries is whole')
  t.match(said, 'ok     its entries say that there is no verdict yet')
  t.match(said, 'note   without a head that somebody kept')
  t.match(said, /The record is good\.$/)
})

t.test('each head that was kept is named, however it is handed over', async (t) => {
  const own = heads.map((head) => ({ appointment: 'a1', ...head }))
  for (const given of [own, own.map(({ n, hash }) => ({ n, hash })), spelt]) {
    const { code, said } = await verify(record, '--head', await stored('heads.json', given))
    t.equal(code, 0, said)
    for (const { n } of heads) t.match(said, `everything up to entry ${n} is as it was when head ${n} was handed out`)
    t.notMatch(said, 'without a head')
  }
  const both = await verify(record, '--head', spelt[0] ?? '', '--head', spelt[2] ?? '')
  t.match(both.said, 'head 1 was')
  t.match(both.said, 'head 3 was')
})

t.test('a head of another appointment accuses nobody', async (t) => {
  const other = { appointment: 'a2', n: 1, hash: 'ab'.repeat(32) }
  const mixed = await verify(record, '--head', await stored('mixed.json', [other, { appointment: 'a1', ...heads[1] }]))
  t.equal(mixed.code, 0, mixed.said)
  t.match(mixed.said, 'head 2 was handed out')
  const foreign = await verify(record, '--head', await stored('foreign.json', [other]))
  t.equal(foreign.code, 2)
  t.match(foreign.said, 'cannot verify: there is no head of this appointment in')
})

t.test('1 when something is not, and it says what', async (t) => {
  const wrong: readonly (readonly [name: string, value: unknown, says: string])[] = [
    ['edited', { ...file, entries: entries.with(1, { ...chained([])[0], n: 2 } as never) }, 'the chain is broken at'],
    ['cut', { ...file, entries: entries.slice(0, 2) }, 'it does not end with the head it names, 3'],
    [
      'said',
      { ...file, record: { ...file.record, state: 'confirmed', verdict: 'absent' } },
      'what it says of "verdict"',
    ],
    ['strange', { hello: 1 }, 'this is no attendance record that this program knows'],
    ['damaged', { ...file, entries: [{ fact: {} }] }, 'NOT good'],
  ]
  for (const [name, value, says] of wrong) {
    const { code, said } = await verify(await stored(`${name}.json`, value), '--head', spelt[2] ?? '')
    t.equal(code, 1, name)
    t.match(said, 'WRONG ')
    t.match(said, says)
    t.match(said, /The record is NOT good\.$/)
  }
  const longer = await verify(record, '--head', `4:${'ab'.repeat(32)}`)
  t.equal(longer.code, 1)
  t.match(longer.said, 'head 4 was handed out, but the record ends before it')
  const json = await verify(record, '--head', `4:${'ab'.repeat(32)}`, '--json')
  t.match(JSON.parse(json.said), { ok: false })
})

t.test('2 when it could not look, with how it is used', async (t) => {
  const text = await stored('text.json', 'no json')
  const strange = await stored('strange-heads.json', [7])
  const keyless = await stored('keyless.json', {})
  const calls: readonly (readonly string[])[] = [
    [],
    [record, record],
    [join(folder, 'none.json')],
    [text],
    [record, '--head', '7:short'],
    [record, '--head', strange],
    [record, '--keys', keyless],
    [record, '--unknown'],
  ]
  for (const args of calls) {
    const { code, said } = await verify(...args)
    t.equal(code, 2, args.join(' '))
    t.match(said, /^cannot verify: /)
    t.ok(said.endsWith(verifyUsage))
  }
})
