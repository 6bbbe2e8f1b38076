/** A jobseeker asks to be called back; their advisor takes the callback and completes it. Run: node callback.ts [server] */
import { type Callback, connect, developmentToken } from '../index.ts'

const url = process.argv[2] ?? 'http://127.0.0.1:3000'
const signIn = (person: string) => connect({ url, token: async () => (await developmentToken(url, person)).token })
const jobseeker = signIn('jobseeker-1')
await jobseeker.opened
const advisor = signIn(jobseeker.chat.channels[0]?.advisor?.id ?? 'advisor-anne')
await advisor.opened

/** The list is complete as soon as the connection is open, and events keep it up to date. */
const offered = new Promise<Callback>((resolve) => {
  advisor.callbacks.onChange(() => {
    const callback = advisor.callbacks.list.find(({ id }) => advisor.callbacks.offerOf(id) !== undefined)
    if (callback !== undefined) resolve(callback)
  })
})
await jobseeker.callbacks.request({ medium: 'phone', phone: '06 12 34 56 78', reason: 'My training' })

const { id, jobseekerName, phone } = await offered
await advisor.callbacks.accept(id)
console.log(`calling ${jobseekerName} on ${phone}`)
const { state } = await advisor.callbacks.complete(id, { disposition: 'answered' })
console.log(`the callback is ${state}`)

jobseeker.close()
advisor.close()
