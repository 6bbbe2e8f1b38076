/** Sends a chat message as a sample jobseeker and prints what comes back. Run: node client/example.ts [server] */
import { connect, developmentToken } from './index.ts'

const url = process.argv[2] ?? 'http://127.0.0.1:3000'
const visavis = connect({ url, token: async () => (await developmentToken(url, 'jobseeker-1')).token })
const { identity } = await visavis.opened

const channel = visavis.chat.channel(identity.person)
channel.onChange(() => console.log(`${channel.messages.length} messages, ${channel.unsent.length} on their way`))

const message = await channel.send('Bonjour ! Pouvons-nous nous parler demain ?')
console.log(`${identity.name} wrote message ${message.offset}: ${message.text}`)

visavis.close()
