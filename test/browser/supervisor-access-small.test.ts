/** The supervisor's page on the smallest screens: axe finds nothing, nothing is cut off. */
import t from 'tap'
import { claire, nolwenn } from './supervisor-stage.ts'
import { everything, type Look, lookAt } from './supervisor-states.ts'

const looks: readonly Look[] = [
  { supervisor: nolwenn, width: 320, colorScheme: 'light', axe: {} },
  { supervisor: claire, width: 320, colorScheme: 'dark' },
]

t.test('with everything there is', async (t) => {
  const stage = await everything(t)
  for (const look of looks) {
    await t.test(`${look.width} px, ${look.colorScheme}`, async (t) => {
      await (await lookAt(t, stage, look)).context().close()
    })
  }
})
