/** An export has what an erasure takes away: every word that the service keeps of somebody is in their archive. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { until } from '../support/until.ts'
import { unzip } from '../support/zip.ts'
import { agencyToken, apiOf, canaries, erased, fill, region } from './stage.ts'

t.setTimeout(240_000)

t.test('every word that an erasure looks for is in the export, but for those that are nobody’s any more', async (t) => {
  const node = await testNode(t, {
    VISAVIS_AGENCY_TOKEN: agencyToken,
    VISAVIS_ATTENDANCE_VERDICT_MS: '0',
    VISAVIS_REQUESTS_PER_SECOND: '1000',
  })
  await fill(apiOf(node.url))
  // One that Redis was too busy for is cut short, and asked for again.
  const files = await until(
    async () => {
      const response = await fetch(`${node.url}/api/regions/${region}/people/${erased}/export?notes=yes`, {
        headers: { authorization: `Bearer ${agencyToken}` },
      })
      const archive = response.ok ? await response.arrayBuffer().catch(() => undefined) : undefined
      return archive && unzip(Buffer.from(archive))
    },
    { what: 'a whole export', timeoutMs: 120_000 },
  )
  const everything = Buffer.concat([...files.values()]).toString('utf8')
  t.same(
    Object.entries(canaries).flatMap(([place, word]) => (everything.includes(word) ? [] : [place])),
    // A deleted text is left in files of Redis alone, and why somebody was handed over in two feeds for two weeks.
    ['deleted', 'transfer'],
  )
  t.match(String(files.get('manifest.json')), 'Why a jobseeker was handed over', 'what is left out is said')
})
