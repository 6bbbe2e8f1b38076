import t from 'tap'
import { liveLine, type Told, type UnderWay } from '../../../bench/capacity/live.ts'
import { terminalOn } from '../../../bench/capacity/terminal.ts'

const told: readonly Told[] = [
  { kind: 'people', people: 40, messages: 7, messageP99Ms: 31, offers: 0, offerP99Ms: Number.NaN, failed: 0 },
  { kind: 'people', people: 41, messages: 8, messageP99Ms: 52, offers: 2, offerP99Ms: 90, failed: 1 },
  { kind: 'appointments', rooms: 6, joins: 1, joinP95Ms: 310, failed: 1 },
]
const sample = {
  ...{
    atMs: 4_020,
    cores: { redis: 0.1, server: 0.34 },
    memoryBytes: {},
    machine: 0.61,
    others: 0,
    kernel: 0,
    networkMbits: 3,
    stalls: undefined,
  },
}
const underWay: UnderWay = {
  ...{ doing: 'repeat × 1.19', passedMs: 191_000, minutes: 10, seconds: 13, told, sample },
}

t.test('while a run goes, its figures are to be seen: of all generators, and the worst of each', async (t) => {
  t.equal(
    liveLine(underWay),
    '3:11 of 10:00  repeat × 1.19 · 4 of 13 s · 81 people, 6 rooms · p99 message 52 ms (15), offer 90 ms (2) · p95 join 310 ms (1) · machine 61 % · 2 failed · server 0.34 redis 0.10',
  )
  const early = liveLine({ ...underWay, told: told.slice(0, 1), sample: undefined })
  t.equal(early, '3:11 of 10:00  repeat × 1.19 · people and rooms come · 40 people, 0 rooms')
  t.match(liveLine({ ...underWay, seconds: 4 }), ' · the rest arrives · ')
  t.notMatch(liveLine({ ...underWay, told: [] }), /NaN|Infinity/)
})

t.test(
  'on a terminal the line is written over, and never longer than it is wide; in a pipe there is none',
  async (t) => {
    const written = (isTTY: boolean) => {
      let text = ''
      const write = (part: string) => {
        text += part
      }
      const terminal = terminalOn({ isTTY, columns: 12, write })
      terminal.say('a run')
      terminal.show('one of many figures')
      terminal.show('two')
      terminal.say('its result')
      terminal.say('the end')
      return text
    }
    const over = '\r\u001b[K'
    t.equal(written(true), `a run\n${over}one of man…${over}two${over}its result\nthe end\n`)
    t.equal(written(false), 'a run\nits result\nthe end\n')
  },
)
