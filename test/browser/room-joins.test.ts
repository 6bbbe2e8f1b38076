/** What a join makes a browser do. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { openBrowser } from './chromium.ts'
import { enterBySdk, type Talk } from './room-sdk.ts'

t.test(
  'what a browser can do is found out once: the next join makes one connection each way, and no more',
  async (t) => {
    const node = await testNode(t)
    const page = await enterBySdk(await openBrowser(t), node, 'jobseeker-1')
    const made = await page.evaluate(async () => {
      const talk = globalThis as unknown as Talk
      talk.room.leave()
      let count = 0
      globalThis.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(configuration?: RTCConfiguration) {
          super(configuration)
          count += 1
        }
      }
      const { stream } = await talk.sdk.openCamera()
      talk.room = talk.visavis.rooms.join('jobseeker-1', { stream })
      await talk.room.ready
      return count
    })
    t.equal(made, 2)
  },
)
