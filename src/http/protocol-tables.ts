/** The tables of errors and close codes in Markdown, for every document that describes the protocol. Pure. */
import { explainedCloseCodes, explainedErrors, standardCloseCodes } from '../protocol/index.ts'

export const errorTable = (): string => `| code | again later? | HTTP | meaning |
| --- | --- | --- | --- |
${Object.entries(explainedErrors)
  .map(([code, { retry, status, meaning }]) => `| \`${code}\` | ${retry ? 'yes' : 'no'} | ${status} | ${meaning} |`)
  .join('\n')}`

export const closeTable =
  (): string => `4000–4499: connect again, with backoff. 4500–4999: do not connect again without a change (a new token, a new page).

| code | name | meaning |
| --- | --- | --- |
${Object.entries(explainedCloseCodes)
  .map(([name, { code, meaning }]) => `| ${code} | ${name} | ${meaning} |`)
  .join('\n')}
${Object.entries(standardCloseCodes)
  .map(([code, meaning]) => `| ${code} | (WebSocket) | ${meaning} |`)
  .join('\n')}`

/** Both tables under headings, as they end the description of a document. */
export const tables = (): string => `## Errors\n\n${errorTable()}\n\n## Close codes\n\n${closeTable()}`
