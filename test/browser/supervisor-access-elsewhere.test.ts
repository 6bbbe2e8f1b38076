/** The supervisor's page on a tablet and on a very large screen: colours are told apart in the dark, nothing is cut off. */
import t from 'tap'
import { claire, nolwenn } from './supervisor-stage.ts'
import { everything, type Look, lookAt } from './supervisor-states.ts'

const looks: readonly Look[] = [
  // Only colours differ in the dark.
  { supervisor: claire, width: 800, colorScheme: 'dark', axe: { rule: 'color-contrast' } },
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
