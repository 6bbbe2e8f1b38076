// What a long TAP output says in short: how many assertions passed, and everything known of those that failed.

/**
 * @param tap the raw output of a whole run, subtests indented by four blanks each
 * @returns passed, failed: counts of the innermost assertions; failures: for each, where it stands and what it says
 */
export function verdictOf(tap) {
  const lines = tap.split('\n')
  const path = []
  const failures = []
  let passed = 0
  for (let n = 0; n < lines.length; n += 1) {
    const { indent, text } = split(lines[n])
    const level = indent.length / 4
    if (text.startsWith('# Subtest: ')) {
      path.length = level
      path[level] = text.slice('# Subtest: '.length)
    }
    // The line that closes a subtest repeats what the ones within have said.
    const closes = path.length > level
    const result = /^(not )?ok \d+(?: - (.*))?$/.exec(withoutDirective(text))
    if (result === null) continue
    const title = [...path.slice(0, level), result[2] ?? ''].join(' > ')
    path.length = Math.min(path.length, level)
    if (result[1] === undefined) passed += closes ? 0 : 1
    else if (!isSkipped(text)) failures.push({ level, closes, text: [title, ...block(lines, n + 1)].join('\n') })
  }
  const innermost = failures.filter(({ closes }, n) => !closes || isOnlyWitness(failures, n))
  return { passed, failed: innermost.length, failures: innermost.map(({ text }) => text) }
}

/** A file or subtest that failed although nothing within it did: it timed out, crashed, or made the wrong number. */
function isOnlyWitness(failures, n) {
  const { level } = failures[n]
  const before = failures[n - 1]
  return before === undefined || before.level <= level
}

const split = (line) => {
  const text = line.trimStart()
  return { indent: line.slice(0, line.length - text.length), text }
}

const withoutDirective = (text) => text.replace(/ # (?:time=|SKIP|TODO).*$/i, '')

const isSkipped = (text) => / # (?:SKIP|TODO)\b/i.test(text)

/** The YAML between --- and ... that may follow. */
function block(lines, from) {
  if (lines[from]?.trim() !== '---') return []
  const end = lines.findIndex((line, n) => n > from && line.trim() === '...')
  return lines.slice(from + 1, end < 0 ? from + 1 : end)
}
