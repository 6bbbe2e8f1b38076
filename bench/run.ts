/** npm run bench -- <scenario|all|list> [options]: see bench/README.md. */
import { readFile, writeFile } from 'node:fs/promises'
import { parseArguments } from './arguments.ts'
import { capacityCommand, capacityQuestion } from './capacity/command.ts'
import { terminalOn } from './capacity/terminal.ts'
import { comparisonTable, reportIn } from './compare.ts'
import { defaultGenerators } from './generators.ts'
import { keepMeasured, resultsCommand } from './latest/command.ts'
import { commit, describeMachine } from './machine.ts'
import { watchNeighbours } from './neighbours.ts'
import { choosePeers, type PeerName, versionsOf } from './peer.ts'
import { failedChecks, type Report, table, toReport } from './report.ts'
import type { Scenario } from './scenario.ts'
import { callbacks } from './scenarios/callbacks.ts'
import { chat } from './scenarios/chat.ts'
import { connect } from './scenarios/connect.ts'
import { deflate } from './scenarios/deflate.ts'
import { fanout } from './scenarios/fanout.ts'
import { http } from './scenarios/http.ts'
import { rooms } from './scenarios/rooms.ts'
import { soakCommand, soakQuestion } from './soak/command.ts'

const scenarios: readonly Scenario[] = [chat, connect, fanout, deflate, http, rooms, callbacks]

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 2
})

/** @returns 0 when every check passed, 1 when one failed, 2 when a scenario could not be run. */
async function main(argv: readonly string[]): Promise<number> {
  if (argv[0] === 'capacity') return capacityCommand(argv.slice(1), terminalOn(process.stdout))
  if (argv[0] === 'results') return resultsCommand(argv.slice(1), console.log)
  if (argv[0] === 'soak') return soakCommand(argv.slice(1), console.log)
  const { what, json, compare, keep, peers: asked, generators = defaultGenerators(), ...options } = parseArguments(argv)
  if (what === 'list') {
    const others = [
      { name: 'capacity', question: capacityQuestion },
      { name: 'soak', question: soakQuestion },
    ]
    const questions = [...scenarios, ...others]
    for (const { name, question } of questions) console.log(`${name.padEnd(10)} ${question}`)
    return 0
  }
  const chosen = choose(what, asked)
  const former: unknown = compare === undefined ? undefined : JSON.parse(await readFile(compare, 'utf8'))
  const formers = new Map(former === undefined ? [] : chosen.map(({ name }) => [name, reportIn(former, name)]))
  // A signal ends the process by its exit handlers, which end everything that was started.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(2))

  const [id, machine] = await Promise.all([commit(), describeMachine()])
  const memory = `${(machine.memoryBytes / 2 ** 30).toFixed(1)} GiB`
  const versions = `node ${machine.node}, redis ${machine.redis}, mediasoup ${machine.mediasoup}, commit ${id}`
  console.log(`${machine.cpu}, ${machine.cores} cores, ${memory}; ${versions}`)
  if (options.smoke) console.log('A smoke run: it shows that the benchmarks work, and its figures mean nothing.')
  const reports: Report[] = []
  for (const scenario of chosen) {
    console.log(`\n${scenario.name}: ${scenario.question}`)
    const neighbours = await watchNeighbours()
    // A run that is spoilt on purpose gives no figure that a peer's could stand beside.
    const beside = asked ?? (options.sabotage === undefined ? undefined : [])
    const { peers, notes } = choosePeers(scenario.peers, beside)
    const versions = await versionsOf(peers)
    if (peers.length > 0) console.log(`  beside ${describeVersions(peers, versions)}`)
    const result = await scenario.run({ ...options, peers, generators, say: (line) => console.log(`  … ${line}`) })
    const about = { commit: id, machine, versions, ...(options.smoke && { isSmoke: true }) }
    const report = toReport(scenario, result, about)
    reports.push(report)
    console.log(table(report, [...result.notes, ...notes, ...(options.smoke ? [] : await neighbours())]))
    // At once: a later scenario that cannot be run takes nothing away from this one.
    if (keep) await keepMeasured(report, console.log)
    const before = formers.get(scenario.name)
    if (before !== undefined) console.log(comparisonTable(before, report))
  }
  if (json !== undefined) await writeFile(json, `${JSON.stringify(what === 'all' ? reports : reports[0], null, 2)}\n`)
  const failed = reports.flatMap((report) => failedChecks(report).map((check) => `${report.scenario}: ${check}`))
  if (failed.length > 0) console.error(`\nfailed checks: ${failed.join(', ')}`)
  return failed.length === 0 ? 0 : 1
}

/** @throws Error when there is none of that name, or none beside those peers. */
function choose(what: string, peers: readonly PeerName[] | undefined): readonly Scenario[] {
  const named = what === 'all' ? scenarios : scenarios.filter(({ name }) => name === what)
  if (named.length === 0) throw new Error(`there is no scenario ${what}; try: list`)
  const beside = named.filter((scenario) => peers?.every((peer) => scenario.peers.includes(peer)) ?? true)
  if (beside.length > 0) return beside
  const offered = named.map(({ name, peers }) => `${name} has ${peers.join(', ') || 'none'}`)
  throw new Error(`--peer: no scenario runs beside ${peers?.join(' and ')}: ${offered.join('; ')}`)
}

function describeVersions(peers: readonly PeerName[], versions: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(versions).map((pair) => pair.join(' '))
  return `${peers.join(', ')} (${pairs.join(', ')})`
}
