/** What the command is asked with. What it measures: known-capacity.test.ts. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import t from 'tap'
import { parseCapacity } from '../../../bench/capacity/options.ts'
import { bench } from '../bench.ts'

t.test('--help is no error', async (t) => {
  const { stdout } = await bench('capacity', '--help')
  t.match(stdout, /^npm run bench -- capacity --region <id>[\s\S]+--message-p99-ms/)
})

t.test('what cannot be asked is refused with the usage', async (t) => {
  for (const [args, why] of [
    [['--region', 'bretagne', '--volunteers', 'many'], /--volunteers takes a number/],
    [['--volunteers', '100'], /--region takes/],
    [['--region', 'bretagne', '--nodes', 'ftp://example'], /no http or https URL/],
    [['--preset', 'moon'], /--preset takes one of/],
  ] as const) {
    const child = spawn(process.execPath, ['bench/run.ts', 'capacity', ...args], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    let text = ''
    child.stderr.on('data', (data) => {
      text += String(data)
    })
    const [code] = await once(child, 'exit')
    t.equal(code, 2)
    t.match(text, why)
  }
})

t.test('a smoke run is the smallest load, whatever is given stands above it, and it can prove nothing', async (t) => {
  t.match(parseCapacity(['--smoke']), { smoke: true, region: 'corse', repeats: 1, seconds: 2, canary: false })
  t.match(parseCapacity(['--smoke', '--region', 'bretagne', '--seconds', '3']), { region: 'bretagne', seconds: 3 })
  t.equal(parseCapacity(['--region', 'bretagne']).smoke, false)
  t.throws(() => parseCapacity(['--smoke', '--repeats', '5']), { message: /--smoke makes one repeat/ })
  t.throws(() => parseCapacity(['--smoke', '--nonsense']))
})
