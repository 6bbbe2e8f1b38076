/** `visavis verify <file> [--head …] [--keys …]`: checks an attendance record offline. Exit code 0: good, 1: not, 2: could not look. */
import { parseArgs } from 'node:util'
import type { PublicKey } from './attendance/seal.ts'
import { parseHead, type Verification, verifyRecord } from './attendance/verify.ts'
import { readJson } from './json-file.ts'
import type { Head } from './protocol/index.ts'

export const verifyUsage = `visavis verify <record.json> [--head <n>:<hash> | --head <heads.json>]… [--keys <keys.json>] [--json]

  Checks an attendance record, offline: the chain of its entries, what they committed to, the service's seals, and that each
  verdict follows from the rule.
  --head   a head that you or your device have kept; more than one may be given. Only with one can a change be seen
           that was made by somebody who holds the service's key.
  --keys   the keys that the service publishes (/api/attendance/keys), instead of those in the file
  --json   the findings as JSON

  Exit code 0: all is as it should be. 1: something is not. 2: it could not be looked at.`

/** @returns the exit code. */
export async function verifyCommand(args: readonly string[], print: (line: string) => void): Promise<number> {
  let asked: Asked
  try {
    asked = await read(args)
  } catch (error) {
    print(`cannot verify: ${error instanceof Error ? error.message : String(error)}`)
    print('')
    print(verifyUsage)
    return 2
  }
  const { file, heads, keys, json } = asked
  const result = verifyRecord(file, { heads, keys })
  if (json) print(JSON.stringify(result, undefined, 2))
  else for (const line of lines(result)) print(line)
  return result.ok ? 0 : 1
}

interface Asked {
  readonly file: unknown
  readonly heads: readonly Head[]
  readonly keys: readonly PublicKey[] | undefined
  readonly json: boolean
}

async function read(args: readonly string[]): Promise<Asked> {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: { head: { type: 'string', multiple: true }, keys: { type: 'string' }, json: { type: 'boolean' } },
    allowPositionals: true,
  })
  const [name, ...more] = positionals
  if (name === undefined || more.length > 0) throw new Error('name one file')
  const keys = values.keys === undefined ? undefined : keysOf(await readJson(values.keys))
  const file = await readJson(name)
  const { appointment } = (file as { record?: { appointment?: unknown } } | null)?.record ?? {}
  const heads = (await Promise.all((values.head ?? []).map((given) => readHeads(given, appointment)))).flat()
  return { file, heads, keys, json: values.json === true }
}

/**
 * A head as it is spelt, or a file of the kind the client keeps. Those of another appointment prove nothing of this one.
 * @throws Error for what is no head, and for a file that has none of this appointment.
 */
async function readHeads(given: string, appointment: unknown): Promise<Head[]> {
  if (/^\d+:/.test(given)) return [parseHead(given)]
  const found = await readJson(given)
  const all = Array.isArray(found) ? (found as unknown[]) : [found]
  const own = all.filter((head) => {
    const { appointment: of = appointment } = Object(head) as { appointment?: unknown }
    return of === appointment
  })
  if (own.length === 0) throw new Error(`there is no head of this appointment in ${given}`)
  return own.map((head) => {
    const { n, hash } = Object(head) as Partial<Head>
    return parseHead(typeof head === 'string' ? head : `${n}:${hash}`)
  })
}

const keysOf = (value: unknown): readonly PublicKey[] => {
  const keys = (value as { keys?: unknown }).keys
  if (!Array.isArray(keys)) throw new Error('the file of keys has none')
  return keys as PublicKey[]
}

const lines = ({ ok, findings, remarks }: Verification): string[] => [
  ...findings.map((finding) => `${finding.ok ? 'ok    ' : 'WRONG '} ${finding.what}`),
  ...remarks.map((remark) => `note   ${remark}`),
  '',
  ok ? 'The record is good.' : 'The record is NOT good.',
]
