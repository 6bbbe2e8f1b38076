/** An export has what an erasure takes away: every word that the service keeps of somebody is in their archive. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { unzip } from '../support/zip.ts'
import { agencyToken, apiOf, canaries, erased, fill, region } from './stage.ts'

t.setTimeout(240_000)

t.test('every word that an erasure looks for is in the export, but for those that are nobody’s any more', async (t) => {
  const node = await testNode(t, { VISAVIS_AGENCY_TOKEN: agencyToken, VISAVIS_ATTENDANCE_VERDICT_MS: '0' })
  await fill(apiOf(node.url))
  const response = await fetch(`${node.url}/api/regions/${region}/people/${erased}/export?notes=yes`, {
    headers: { authorization: `Bearer ${agencyToken}` },
  })
  t.equal(response.status, 200)
  const files = unzip(Buffer.from(await response.arrayBuffer()))
  const everything = Buffer.concat([...files.values()]).toString('utf8')
  t.same(
    Object.entries(canaries).flatMap(([place, word]) => (everything.includes(word) ? [] : [place])),
    ['deleted'],
  )
})
