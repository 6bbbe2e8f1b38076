/** README.md with the client example as it is in client/example.ts, which a test runs. */
import { readFileSync } from 'node:fs'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

export function readmePage(): string {
  const example = `<!-- example -->\n\`\`\`ts\n${read('client/example.ts').trim()}\n\`\`\`\n<!-- /example -->`
  return read('README.md').replace(/<!-- example -->[\s\S]*<!-- \/example -->/, () => example)
}
