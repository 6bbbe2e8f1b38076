import t from 'tap'
import { failsBy } from './bench.ts'

t.test('a chat run whose checks fail exits 1 and gives no figure', async (t) => {
  await failsBy(t, 'chat', ['every_message_once_in_order', 'every_page_whole'])
})
