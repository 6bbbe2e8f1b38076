/** When others hear that somebody is writing. */
import t from 'tap'
import { Typing } from '../../client/typing.ts'

t.test('a burst of letters is told once, and the next message from its first letter', async (t) => {
  let told = 0
  const typing = new Typing({ tell: () => (told += 1), onChange: () => {} })
  t.teardown(() => typing.close())
  typing.type()
  typing.type()
  t.equal(told, 1)
  typing.sent('somebody else', false)
  typing.type()
  t.equal(told, 1, 'what others send changes nothing')
  typing.sent('oneself', true)
  typing.type()
  t.equal(told, 2)
})

t.test('who has sent what they wrote is not writing any more', async (t) => {
  let changes = 0
  const typing = new Typing({ tell: () => {}, onChange: () => (changes += 1) })
  t.teardown(() => typing.close())
  typing.heard('jeanne')
  t.same(typing.people, ['jeanne'])
  typing.sent('jeanne', false)
  t.same([typing.people, changes], [[], 2])
})
