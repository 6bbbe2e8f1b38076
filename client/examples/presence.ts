/** Shows how the connection is, and whether the advisor is there. Run: node presence.ts [server] */
import { connect, developmentToken } from '../index.ts'

const url = process.argv[2] ?? 'http://127.0.0.1:3000'
const visavis = connect({ url, token: async () => (await developmentToken(url, 'jobseeker-1')).token })
visavis.onState((state, before) => console.log(`connection: ${before} → ${state}`))
await visavis.opened

const advisor = visavis.chat.channels[0]?.advisor ?? { id: '', name: 'nobody' }
visavis.presence.onChange(() =>
  console.log(`${advisor.name} is ${visavis.presence.of(advisor.id)?.state ?? 'unknown'}`),
)
console.log(`${advisor.name} is ${visavis.presence.of(advisor.id)?.state ?? 'unknown'}`)

visavis.close()
