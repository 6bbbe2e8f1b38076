/**
 * The command against a node of which is known what it carries: so many people in rooms, and then it says no. With one search; and
 * with all five of a measurement that may say LAUNCH, and what follows from that, when VISAVIS_TEST_LONG is set.
 */
import { generateKeyPairSync } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import t from 'tap'
import { demandOf } from '../../../bench/capacity/demand.ts'
import { namedDeployment } from '../../../bench/capacity/deployment.ts'
import type { Noted } from '../../../bench/capacity/measure.ts'
import { objectiveNames } from '../../../bench/capacity/objectives.ts'
import { parseCapacity } from '../../../bench/capacity/options.ts'
import { flagOf } from '../../../bench/capacity/parameters.ts'
import { runStep } from '../../../bench/capacity/step.ts'
import { agencyToken, startVisavis, withoutLimits } from '../../../bench/visavis.ts'
import { type Certificate, keyOf, verifyCertificate } from '../../../src/capacity/certificate.ts'
import { until } from '../../support/until.ts'
import { capacity } from './measured.ts'

const long = process.env.VISAVIS_TEST_LONG === '1'

/** Ten rooms are the demand; twelve are carried. */
const carried = 12
const asked = [
  ...['--region', 'corse', '--registered', '1000', '--volunteers', '60', '--portfolio', '5', '--on-shift', '1'],
  ...['--working-days', '1', '--appointments-per-month', '1', '--appointment-minutes', '30'],
  ...['--busy-hour-share', '0.33333', '--overrun-share', '0', '--callbacks-per-month', '0', '--online-share', '0.1'],
  ...['--margin', '0', '--most', '1.5', '--minutes', '30', '--no-storm', '--repeats', long ? '5' : '1'],
  // How soon anything is depends on whatever else the machine does; what the server refuses does not.
  ...objectiveNames.flatMap((name) => (name === 'errorShare' ? [] : [`--${flagOf(name)}`, '1e9'])),
]
/** Of the people that are asked for. */
const volunteers = 60

t.test(
  'what a node carries is found, proven by fresh runs, signed, and kept to',
  { timeout: long ? 1_800_000 : 390_000 },
  async (t) => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    const files = t.testdir({
      'key.pem': privateKey.export({ format: 'pem', type: 'pkcs8' }),
      'keys.json': JSON.stringify({ keys: [keyOf(publicKey)] }),
    })
    await using node = await startVisavis({
      env: {
        ...{ ...withoutLimits, VISAVIS_SYNTHETIC_PARTICIPANTS: 'true', VISAVIS_PRESENCE_GRACE_MS: '1000' },
        // All who are in rooms are sessions of one operator.
        ...{ VISAVIS_SESSIONS_PER_PERSON: String(2 * carried), VISAVIS_CAPACITY_KEYS: join(files, 'keys.json') },
      },
    })
    const args = [...asked, '--nodes', node.url, '--key', join(files, 'key.pem')]
    const folder = join(files, 'report')
    const { code, out } = await capacity(t, { args, folder, env: { VISAVIS_AGENCY_TOKEN: agencyToken } })
    t.match(
      out,
      long ? /^LAUNCH: corse, 60 volunteers/m : /^NOT PROVEN: corse, 60 volunteers[\s\S]+only 1 of 5 repeats/m,
    )
    t.equal(code, long ? 0 : 2, out)

    const read = (name: string) => readFileSync(join(folder, name), 'utf8')
    t.strictSame(readdirSync(folder).sort(), ['certificate.json', 'report.html', 'series.json'])
    const handed = JSON.parse(read('certificate.json')) as Certificate
    t.ok(verifyCertificate(handed, { now: Date.now(), keys: [keyOf(publicKey)] }).ok)
    t.match(handed, { region: 'corse', enrolledIn: ['corse'], inputs: { nodes: [node.url] } })
    t.match(handed, {
      commit: /./,
      machine: { fingerprint: /^[\w-]{32}$/ },
      versions: { visavis: /^\d/, node: process.version, redis: /^\d/, mediasoup: /^\d/, browser: null },
    })
    t.equal(handed.expiresAt - handed.issuedAt, 30 * 86_400_000)
    const report = read('report.html')
    t.match(report, handed.id)
    t.notMatch(report, /<script|src=|href=|url\(|NaN|undefined/, 'one file, without anything from elsewhere')

    const { steps } = JSON.parse(read('series.json')) as { steps: readonly Noted[] }
    t.ok(steps.length >= 6 && steps.every(({ watched }) => watched.samples.length > 0))
    for (const { phase, load, outcome, faults, breaks } of steps) {
      const run = `${phase} of ${load.rooms} rooms is ${outcome}: ${faults.slice(0, 3).join()}`
      // On a machine that others fill a run may prove nothing; it never proves what is not so.
      if (load.rooms <= carried) t.ok(outcome !== 'broken' && faults.length === 0, run)
      else t.ok(outcome !== 'held' && /connected 24 times/.test(faults.join()), run)
      if (outcome === 'broken') t.match(breaks, [{ objective: 'errorShare' }])
    }

    const { low, high } = (handed.results as { factor: { low: number; high: number } }).factor
    t.ok(low >= 1 && 10 * low <= carried + 0.5, `low end ${low}`)
    t.ok(10 * high > carried, `high end ${high}`)
    const { parameters, limits } = parseCapacity(args)
    process.env.VISAVIS_AGENCY_TOKEN = agencyToken
    await using deployment = await namedDeployment([node.url], ['corse'])
    /** That proved something: of the command's own two, or another one. */
    const fresh = async (factor: number) => {
      const made = steps.find((step) => step.phase === 'confirmation' && Math.abs(step.factor - factor) < 1e-9)
      if (!long && made !== undefined && made.outcome !== 'unproven') return made
      return until(
        async () => {
          const run = await runStep({
            ...{ deployment, demand: demandOf(parameters), factor, seconds: 2, limits, burst: 4, generators: 1 },
            ...{ linkMbits: 10_000, canary: undefined, excuseOthers: false },
          })
          return run.outcome === 'unproven' ? undefined : run
        },
        { what: `a run at ${factor} that proves something`, timeoutMs: 200_000 },
      )
    }
    const inside = await fresh(0.9 * low)
    t.equal(inside.outcome, 'held', `0.9 of the low end: ${inside.faults.join()}`)
    t.equal((await fresh(1.1 * high)).outcome, 'broken', '1.1 of the high end')
    if (!long) return

    const headers = { authorization: `Bearer ${agencyToken}`, 'content-type': 'application/json' }
    const put = (path: string, body: unknown) =>
      fetch(`${node.url}/api/regions/corse/${path}`, { method: 'PUT', headers, body: JSON.stringify(body) })
    const accepted = await put('capacity/certificate', handed)
    t.match(await accepted.json(), { capacity: Math.floor(volunteers * low) })
    const [{ advisor } = { advisor: '' }] = await deployment.people(1, 2)
    let n = 0
    const refused = await until(
      async () => {
        n += 1
        const answer = await put(`people/volunteer-${n}`, { role: 'jobseeker', name: `V ${n}`, advisor })
        return answer.ok ? undefined : answer
      },
      { what: 'the certified number', timeoutMs: 120_000 },
    )
    t.equal(refused.status, 409)
    t.match(await refused.json(), { error: { message: /^corse follows as many jobseekers as it is certified for/ } })
  },
)
