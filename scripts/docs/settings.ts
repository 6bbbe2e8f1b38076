/** docs/settings.md from the settings table. */
import { type Setting, schema } from '../../config/schema.ts'

export function settingsPage(): string {
  const rows = Object.values(schema).map((setting) => row(setting as Setting<unknown>))
  return `# Settings

<!-- Generated from config/schema.ts by "npm run docs". Do not edit. -->

Environment variables. All mistakes are reported at once when the node starts; a \`VISAVIS_\` variable that is not in this
table is a mistake too. Secrets are never printed.

| variable | default | expected | meaning |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

const row = ({ env, shape, default: value, meaning, secret }: Setting<unknown>): string =>
  `| \`${env}\` | ${show(value)} | ${shape.expects}${secret ? ' (secret)' : ''} | ${meaning} |`.replaceAll('\n', ' ')

const show = (value: unknown): string => {
  if (value === undefined || (Array.isArray(value) && value.length === 0)) return ''
  return `\`${String(value)}\``
}
