/** The supervisor's page on a tablet and on a very large screen: nothing is cut off. */
import t from 'tap'
import { nolwenn } from './supervisor-stage.ts'
import { everything, type Look, lookAt } from './supervisor-states.ts'

const looks: readonly Look[] = [
  { supervisor: nolwenn, width: 800, colorScheme: 'light' },
  { supervisor: nolwenn, width: 2_200, colorScheme: 'light' },
]

t.test('with everything there is', async (t) => {
  const stage = await everything(t)
  for (const look of looks) {
    await t.test(`${look.width} px, ${look.colorScheme}`, async (t) => {
      await (await lookAt(t, stage, look)).context().close()
    })
  }
})
