import t from 'tap'
import { parseArguments } from '../../bench/arguments.ts'

const plain = {
  smoke: false,
  repeats: 5,
  generators: undefined,
  sessions: undefined,
  json: undefined,
  compare: undefined,
  sabotage: undefined,
  peers: undefined,
  keep: false,
}

t.test('a scenario alone is run with five repeats, a smoke run with one', async (t) => {
  t.strictSame(parseArguments(['chat']), { what: 'chat', ...plain })
  t.strictSame(parseArguments(['all', '--smoke']), { what: 'all', ...plain, smoke: true, repeats: 1 })
})

t.test('every option is read', async (t) => {
  const argv = ['rooms', '--json', 'x.json', '--repeats', '7', '--generators', '2', '--sabotage', 'lost']
  t.match(parseArguments(['connect', '--sessions', '15000', '--compare', 'old.json']), {
    sessions: 15_000,
    compare: 'old.json',
  })
  const expected = { what: 'rooms', ...plain, json: 'x.json', repeats: 7, generators: 2, sabotage: 'lost' }
  t.strictSame(parseArguments(argv), expected)
})

t.test('peers are named one by one or with commas', async (t) => {
  t.strictSame(parseArguments(['chat', '--peer', 'ws', '--peer', 'socket.io']).peers, ['ws', 'socket.io'])
  t.strictSame(parseArguments(['all', '--peer=bullmq,janus']).peers, ['bullmq', 'janus'])
  t.equal(parseArguments(['all', '--keep']).keep, true)
})

t.test('a wrong command line is answered with the usage', async (t) => {
  const wrong = [
    [],
    ['chat', 'rooms'],
    ['chat', '--fast'],
    ['chat', '--json'],
    ['chat', '--repeats', '0'],
    ['chat', '--repeats', '1.5'],
    ['chat', '--generators', 'many'],
    ['chat', '--sabotage', 'eaten'],
    ['chat', '--peer', 'kafka'],
    ['chat', '--peer', 'ws,kafka'],
    ['all', '--keep', '--smoke'],
    ['all', '--keep', '--peer', 'ws'],
    ['all', '--keep', '--sabotage', 'lost'],
  ]
  for (const argv of wrong) t.throws(() => parseArguments(argv), /npm run bench/, argv.join(' '))
})
