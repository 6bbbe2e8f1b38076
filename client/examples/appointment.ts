/** Books the first free slot as a sample jobseeker, moves it, and cancels it. Run: node appointment.ts [server] */
import { connect, developmentToken } from '../index.ts'

const url = process.argv[2] ?? 'http://127.0.0.1:3000'
const visavis = connect({ url, token: async () => (await developmentToken(url, 'jobseeker-1')).token })
await visavis.opened
const { appointments } = visavis
appointments.onChange(() => console.log(`${appointments.ahead.length} ahead`))

const weekMs = 7 * 24 * 60 * 60 * 1_000
const { slots } = await appointments.slots({ from: visavis.now(), until: visavis.now() + weekMs })
const [first, second] = slots
if (first === undefined || second === undefined) throw new Error('there is no free slot in the next seven days')

const booked = await appointments.book({ from: first.from, modality: 'webcam', subject: 'Mon CV' })
console.log(`booked for ${new Date(booked.from).toISOString()}, version ${booked.sequence}`)
const moved = await appointments.move(booked.id, { from: second.from, reason: 'Un entretien ce jour-là' })
console.log(`moved to ${new Date(moved.from).toISOString()}, version ${moved.sequence}`)
const cancelled = await appointments.cancel(booked.id, 'J’ai trouvé un emploi')
console.log(`${cancelled.state}, version ${cancelled.sequence}`)

visavis.close()
