/** A node behind NAT: browsers know the announced address alone, and reach it by UDP, and by TCP where no UDP gets through. */
import t from 'tap'
import { testNode } from '../support/node.ts'
import { mayMakeNamespaces, roughLine } from '../support/rough-line.ts'
import { until } from '../support/until.ts'
import { anne, executablePath, jeanne, openBrowser, seesAndHears } from './chromium.ts'
import { openSdkPage, ways } from './sdk-page.ts'

/** For documentation (RFC 5737): nobody has it. */
const announced = '203.0.113.7'
t.setTimeout(400_000)

const may = await mayMakeNamespaces()
t.test(
  'two people talk to a node behind NAT',
  { skip: may ? false : 'making network namespaces takes root' },
  async (t) => {
    const line = await roughLine(t)
    await line.hide(announced)
    const node = await testNode(t, {
      VISAVIS_HOST: line.here,
      VISAVIS_MEDIA_LISTEN_IP: line.here,
      VISAVIS_MEDIA_ANNOUNCED_ADDRESS: announced,
      VISAVIS_DEV_SIGN_IN: 'true',
      VISAVIS_DEV_SIGN_IN_ON_PUBLIC_ADDRESS: 'true',
    })
    const url = `http://${announced}:${new URL(node.url).port}`
    const trust = [`--unsafely-treat-insecure-origin-as-secure=${url}`]
    const browser = await openBrowser(t, trust, await line.within(executablePath))
    const pages = [await openSdkPage(browser, url, jeanne), await openSdkPage(browser, url, anne)]
    const talk = () => Promise.all(pages.map((page, n) => seesAndHears(page, `page ${n}`, 60_000)))
    const taken = async () => (await Promise.all(pages.map(ways))).flat().map((way) => way.split(' → ')[1])
    await talk()
    t.same(
      await until(async () => {
        const found = await taken()
        return found.length === 4 && found
      }),
      Array.from({ length: 4 }, () => `udp ${announced}`),
    )

    await line.set({ noudp: 1 })
    await until(
      async () => {
        const found = await taken()
        return found.length === 4 && found.every((way) => way === `tcp ${announced}`)
      },
      { timeoutMs: 120_000, everyMs: 100, what: 'media over TCP' },
    )
    await talk()
  },
)
