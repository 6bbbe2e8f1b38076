import t from 'tap'
import { namedDeployment, ownDeployment } from '../../../bench/capacity/deployment.ts'
import { parseCapacity } from '../../../bench/capacity/options.ts'
import { presets } from '../../../bench/capacity/parameters.ts'
import { openSocket } from '../../../bench/socket.ts'
import { agencyToken } from '../../../bench/visavis.ts'
import regions from '../../../config/regions.json' with { type: 'json' }

t.test('the people of the load are enrolled in the regions asked for, in turn', { timeout: 390_000 }, async (t) => {
  await using deployment = await ownDeployment(['corse', 'mayotte', 'atlantis'], 1)
  const portfolios = await deployment.people(2, 2)
  const peopleOf = async (region: string) => {
    const headers = { authorization: `Bearer ${agencyToken}` }
    const answer = await fetch(`${deployment.nodes[0]}/api/regions/${region}/people?limit=100`, { headers })
    return ((await answer.json()) as { people: { id: string }[] }).people.map(({ id }) => id).sort()
  }
  const those = (of: typeof portfolios) =>
    of.flatMap(({ advisor, channels }) => [advisor, ...channels.map(({ channel }) => channel)]).sort()
  t.same(await peopleOf('corse'), those(portfolios.filter((_, n) => n % 2 === 0)))
  t.same(await peopleOf('mayotte'), those(portfolios.filter((_, n) => n % 2 === 1)))
  await t.rejects(deployment.people(3, 2), { message: /atlantis/ }, 'a region that there is not')

  process.env.VISAVIS_AGENCY_TOKEN = agencyToken
  await using elsewhere = await namedDeployment(deployment.nodes, ['martinique'])
  for (const { token, channels } of await elsewhere.people(1, 1)) {
    for (const one of [token, ...channels.map(({ token }) => token)]) {
      const session = await openSocket(deployment.nodes[0] ?? '', one)
      await session.close()
    }
  }
  t.equal((await peopleOf('martinique')).length, 2, 'of nodes that somebody else has started, too')
})

t.test('a preset has regions of its own, which a region that is given stands above', async (t) => {
  const known = regions.map(({ id }) => id)
  for (const { title, regions } of Object.values(presets)) {
    t.ok(regions.length > 0 && regions.every((region) => known.includes(region)), title)
  }
  t.same(parseCapacity(['--preset', 'nation']).enrolledIn, known)
  t.match(parseCapacity(['--preset', 'nation', '--region', 'corse']), { enrolledIn: ['corse'], region: 'corse' })
  t.same(parseCapacity(['--region', 'normandie']).enrolledIn, ['normandie'])
})
