/** Pure: which results may be shown. */
import { failedChecks, type Report } from '../report.ts'

/** @throws Error for what is no result, or one that its own checks have voided. */
export function keptReport(given: unknown, file: string): Report {
  const { scenario, commit, machine, metrics, ratios, checks } = (given ?? {}) as Partial<Report>
  const isWhole =
    typeof scenario === 'string' && /^[a-z0-9-]+$/.test(scenario) && typeof commit === 'string' && isObject(machine)
  if (!isWhole || ![metrics, ratios, checks].every(isObject))
    throw new Error(`${file} holds something that is no result of a benchmark`)
  const report = given as Report
  if (report.isSmoke) throw new Error(`${file}: ${scenario} is of a smoke run, whose figures mean nothing`)
  const failed = failedChecks(report)
  if (failed.length > 0) throw new Error(`${file}: ${scenario} has no result: ${failed.join(', ')}`)
  for (const [name, { value, low, high }] of Object.entries({ ...report.metrics, ...report.ratios })) {
    if (![value, low, high].every(Number.isFinite)) throw new Error(`${file}: ${name} of ${scenario} is no number`)
  }
  return report
}

const isObject = (value: unknown): boolean => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Of its file, and of the table: results of one scenario on several subjects stand beside each other. */
export const nameOf = ({ scenario, subject }: Report): string =>
  subject === undefined ? scenario : `${scenario}-${subject.replace(/[^a-z0-9-]/g, '')}`
