/** README.md and client/README.md with the client's examples as they are in the files that tests run. */
import { readFileSync } from 'node:fs'

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8')

export function readmePage(): string {
  const example = `<!-- example -->\n\`\`\`ts\n${read('client/example.ts').trim()}\n\`\`\`\n<!-- /example -->`
  return read('README.md').replace(/<!-- example -->[\s\S]*<!-- \/example -->/, () => example)
}

/** As whoever has installed the package writes them. */
export function clientReadmePage(): string {
  return read('client/README.md').replace(
    /(<!-- example: (\S+) -->)[\s\S]*?<!-- \/example -->/g,
    (_, opening: string, file: string) =>
      `${opening}\n\`\`\`ts\n${installed(read(`client/${file}`)).trim()}\n\`\`\`\n<!-- /example -->`,
  )
}

export const installed = (example: string): string => example.replace(/'\.\.?\/index\.ts'/, "'@visavis/client'")
