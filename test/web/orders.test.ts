/** In which order people and canned replies are shown. */
import t from 'tap'
import type { ChannelSummary, Reply } from '../../client/index.ts'
import { byLongestWait, byNewest } from '../../web/advisor/order.ts'
import { matching } from '../../web/replies/matching.ts'

const person = (name: string, rest: Partial<ChannelSummary>): ChannelSummary => ({
  channel: name,
  jobseeker: { id: name, name },
  advisor: { id: 'anne', name: 'Anne' },
  position: { epoch: 'e', offset: 0 },
  newest: 0,
  readOffset: 0,
  unread: 0,
  answerWithinMs: 1_000,
  readBy: [],
  ...rest,
})
const at = (moment: number) => ({ last: { offset: 1, key: 'k', from: 'x', text: 'x', at: moment } })
const names = (people: readonly ChannelSummary[]) => people.map(({ channel }) => channel)

t.test('unread first, then the newest message, then by name', async (t) => {
  const people = [person('Zoé', {}), person('Abel', {}), person('Neuf', at(9)), person('Lu', { ...at(1), unread: 2 })]
  t.same(names(byNewest(people)), ['Lu', 'Neuf', 'Abel', 'Zoé'])
})

t.test('who has waited longest for an answer comes first, who waits for none last', async (t) => {
  const people = [person('Aucun', at(9)), person('Court', { waitingSince: 5 }), person('Long', { waitingSince: 1 })]
  t.same(names(byLongestWait(people)), ['Long', 'Court', 'Aucun'])
})

t.test('a canned reply is found by words of it, whatever their case and accents; its title counts most', async (t) => {
  const reply = (title: string, text: string): Reply => ({
    id: title,
    scope: 'own',
    title,
    text,
    author: 'anne',
    updatedAt: 1,
    updatedBy: 'anne',
  })
  const replies = [reply('Pièces', 'pour cet ÉTÉ'), reply('Congés d’été', 'à bientôt')]
  t.same(
    matching(replies, 'ete').map(({ title }) => title),
    ['Congés d’été', 'Pièces'],
  )
  t.same(matching(replies, 'piec pour').length, 1)
  t.same(matching(replies, '').length, 2)
  t.same(matching(replies, 'rien'), [])
})
